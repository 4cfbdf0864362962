package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;

/**
 * The kernel side of move_pages() and migrate_pages() (mm/migrate.c: do_pages_move(), mm/mempolicy.c: do_migrate_pages(), 6.12):
 * with the LRU batches disabled, isolate the folios, migrate them, put back what would not move. Destinations are ordinary user
 * pages of the same node. Returns how many folios stayed, isolated or not.
 */
final class MovePages extends Frame implements HoldsFolios {
  private final int[] pfns;
  private final LongList isolated = new LongList();
  private int notIsolated;
  private long failed;

  MovePages(int[] pfns) {
    this.pfns = pfns;
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at++) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        return cpu.call(new LruCacheSwitch(true));
      }
      case 1 -> {
        long[] words = new long[pfns.length];
        for (int i = 0; i < pfns.length; i++) {
          words[i] = BurstOp.ISOLATE.word(pfns[i], 0);
        }
        return cpu.call(new HeldFolios(words, isolated, false));
      }
      case 2 -> {
        notIsolated = pfns.length - isolated.size();
        return cpu.call(new MigratePages(isolated, PageRequest.USER, new PinRecord()));
      }
      case 3 -> {
        failed = notIsolated + cpu.result();
        return cpu.call(new Putback(isolated));
      }
      case 4 -> {
        return cpu.call(new LruCacheSwitch(false));
      }
      default -> {
        return cpu.ret(failed);
      }
    }
  }
}
