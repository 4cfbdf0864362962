package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shrink_active_list() (mm/vmscan.c, 6.12): folios from the tail of an active list become inactive, referenced or not, and lose their
 * accessed bits; pages of files that were accessed where they are mapped stay active, as they are taken to be code (VM_EXEC).
 */
final class ShrinkActiveList extends ShrinkList {
  private References references;

  ShrinkActiveList(ScanControl control, int node, int list, int pages) {
    super(control, node, list, pages, 1);
  }

  @Override
  Signal isolated(Cpu cpu, int scannedPages) {
    if (isolated.isEmpty()) {
      return cpu.ret(0);
    }
    references = new References(isolated);
    return cpu.call(references);
  }

  @Override
  Signal putBack(Cpu cpu) {
    for (int i = 0; i < isolated.size(); i++) {
      boolean code = !MigratePages.anonymous(isolated.get(i)) && list > 1 && (references.argument(i) & BurstOp.MAPS_MASK) > 0;
      cpu.ops().add(BurstOp.LRU_PUTBACK.word(MigratePages.pfn(isolated.get(i)), code ? 0 : BurstOp.DEACTIVATE));
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  @Override
  Signal done(Cpu cpu) {
    cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_ACTIVE, 0, pair(isolated.size(), isolated.size()),
        pair(control.priority, list >>> 1), node);
    isolated.clear();
    return cpu.ret(0);
  }
}
