package pinfold.kernel.cpu;

import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/** unpin_user_pages(): drops one pin per entry, in order, a burst per run of one node. */
final class Unpin extends Frame {
  private static final int BURST_PAGES = 4096;

  private final LongList pinned;
  private int cursor;

  Unpin(LongList pinned) {
    this.pinned = pinned;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (cursor == pinned.size()) {
      return cpu.ret(0);
    }
    int node = cpu.directory().nodeOfPfn(Pte.pfn(pinned.get(cursor)));
    int end = Math.min(pinned.size(), cursor + BURST_PAGES);
    while (cursor < end && cpu.directory().nodeOfPfn(Pte.pfn(pinned.get(cursor))) == node) {
      long entry = pinned.get(cursor);
      int run = 1;
      while (Pte.large(entry) && cursor + run < end && pinned.get(cursor + run) == entry) {
        run++;
      }
      cpu.ops().add(BurstOp.UNPIN.word(Pte.pfn(entry), Pte.large(entry) ? BurstOp.LARGE | run : 0));
      cursor += run;
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }
}
