package pinfold.kernel.cpu;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/** unpin_user_pages(): drops one pin per entry, a burst per node for each lot of entries; the list is empty afterwards. */
final class Unpin extends Frame implements HoldsFolios {
  private static final int BURST_PAGES = 4096;

  private final LongList pinned;
  private int cursor;
  private int node;

  Unpin(LongList pinned) {
    this.pinned = pinned;
  }

  /** Of a lot of which some node has had its burst, each entry may be unpinned or not. */
  @Override
  public void report(Holdings to) {
    to.pins(pinned, cursor, false);
    for (int i = cursor; node > 0 && i < Math.min(pinned.size(), cursor + BURST_PAGES); i++) {
      to.inMotion(Pte.pfn(pinned.get(i)));
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    while (cursor < pinned.size()) {
      int end = Math.min(pinned.size(), cursor + BURST_PAGES);
      for (; node < cpu.directory().nodes(); node++) {
        addOps(cpu, end);
        if (!cpu.ops().isEmpty()) {
          return cpu.sendBurst(node++, 0, Progress.NONE, 0, 0);
        }
      }
      node = 0;
      cursor = end;
    }
    pinned.clear();
    return cpu.ret(0);
  }

  private void addOps(Cpu cpu, int end) {
    for (int i = cursor; i < end; i++) {
      long entry = pinned.get(i);
      if (cpu.directory().nodeOfPfn(Pte.pfn(entry)) != node) {
        continue;
      }
      int run = 1;
      while (Pte.large(entry) && i + run < end && pinned.get(i + run) == entry) {
        run++;
      }
      cpu.ops().add(BurstOp.UNPIN.word(Pte.pfn(entry), Pte.large(entry) ? BurstOp.LARGE | run : 0));
      i += run - 1;
    }
  }
}
