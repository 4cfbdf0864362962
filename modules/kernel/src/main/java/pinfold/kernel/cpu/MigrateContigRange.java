package pinfold.kernel.cpu;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.ZoneType;

/**
 * __alloc_contig_migrate_range() (mm/page_alloc.c, 6.12): with batches disabled, isolates up to 32 pages at a time, drops those
 * that are clean and moves the others, in up to five tries. Pages that cannot be isolated are passed. Returns 0, -EBUSY when some
 * would not move, or -ENOMEM when there was no page to move to.
 */
final class MigrateContigRange extends Frame implements HoldsFolios {
  /** A list is given to migrate_pages() once and, while something of it stays, up to so many times again. */
  private static final int TRIES = 5;
  /** Pages that one burst looks through. */
  private static final int SCAN_PAGES = 16 * BuddyOrders.PAGEBLOCK_PAGES;

  private final PfnRange range;
  private final LongList isolated = new LongList();
  /** Those of them that may be dropped. */
  private final LongList clean = new LongList();
  private MigratePages migration;
  private int next;
  private int scanEnd;
  private int tries;
  private int outcome;

  MigrateContigRange(PfnRange range) {
    this.range = range;
    this.next = range.startPfn();
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        at = 1;
        yield cpu.call(new LruCacheSwitch(true));
      }
      case 1 -> scan(cpu);
      case 2 -> scanned(cpu);
      case 3 -> {
        at = 4;
        keepIsolated(clean);
        yield clean.isEmpty() ? Signal.RUN : cpu.call(new ReclaimClean(isolated, clean));
      }
      case 4 -> {
        at = 5;
        boolean movable = cpu.directory().zones().get(cpu.directory().zoneOfPfn(range.startPfn())).type() == ZoneType.MOVABLE;
        migration = new MigratePages(isolated, movable ? PageRequest.USER : PageRequest.CONTIG, new PinRecord());
        yield isolated.isEmpty() ? Signal.RUN : cpu.call(migration);
      }
      case 5 -> migrated(cpu);
      case 6 -> {
        at = 7;
        yield isolated.isEmpty() ? Signal.RUN : cpu.call(new Putback(isolated));
      }
      default -> cpu.ret(outcome);
    };
  }

  private Signal scan(Cpu cpu) {
    if (next >= range.endPfn()) {
      return leave(cpu, 0);
    }
    scanEnd = Math.min(range.endPfn(), (next & -SCAN_PAGES) + SCAN_PAGES);
    cpu.ops().add(BurstOp.ISOLATE_RANGE.word(next, isolatedPages()));
    cpu.ops().add(scanEnd);
    at = 2;
    return cpu.sendBurst(cpu.directory().nodeOfPfn(next), 0, Progress.NONE, 0, 0);
  }

  private Signal scanned(Cpu cpu) {
    for (int i = 0; i < cpu.burstResults(); i++) {
      long result = cpu.burstResult(i);
      (result == BurstOp.CLEAN_FILE ? clean : isolated).add(result == BurstOp.CLEAN_FILE ? cpu.burstResult(i - 1) : result);
    }
    next = cpu.burstStatus() == BurstStatus.CLUSTER_FULL ? cpu.burstArgument() : scanEnd;
    boolean full = cpu.burstStatus() == BurstStatus.CLUSTER_FULL || next >= range.endPfn();
    tries = 0;
    at = full ? 3 : 1;
    return Signal.PREEMPTIBLE;
  }

  private int isolatedPages() {
    int pages = 0;
    for (int i = 0; i < isolated.size(); i++) {
      pages += MigratePages.pages(isolated.get(i));
    }
    return pages;
  }

  /** Removes from a list what is not isolated any more. */
  private void keepIsolated(LongList list) {
    for (int i = list.size() - 1; i >= 0; i--) {
      boolean found = false;
      for (int j = 0; j < isolated.size() && !found; j++) {
        found = isolated.get(j) == list.get(i);
      }
      if (!found) {
        list.remove(i);
      }
    }
  }

  private Signal migrated(Cpu cpu) {
    if (migration.outOfMemory()) {
      return leave(cpu, -Errno.ENOMEM);
    }
    if (isolated.isEmpty()) {
      at = 1;
      return Signal.RUN;
    }
    if (++tries == TRIES) {
      return leave(cpu, -Errno.EBUSY);
    }
    at = 3;
    return Signal.PREEMPTIBLE;
  }

  private Signal leave(Cpu cpu, int result) {
    outcome = result;
    at = 6;
    return cpu.call(new LruCacheSwitch(false));
  }
}
