package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shrink_inactive_list() (mm/vmscan.c, 6.12): drains this CPU's batches, isolates from the tail of an inactive list, reclaims what
 * can be, and puts back the rest. Returns the pages reclaimed.
 */
final class ShrinkInactiveList extends ShrinkList {
  private int scanned;
  private ShrinkFolioList shrink;

  ShrinkInactiveList(ScanControl control, int node, int list, int pages) {
    super(control, node, list, pages);
  }

  @Override
  Signal isolated(Cpu cpu, int scannedPages) {
    scanned = scannedPages;
    if (isolated.isEmpty()) {
      return cpu.ret(0);
    }
    shrink = new ShrinkFolioList(control, isolated, node);
    return cpu.call(shrink);
  }

  @Override
  Signal putBack(Cpu cpu) {
    shrink.addPutbacks(cpu.ops(), 0);
    cpu.ops().add(BurstOp.RECLAIM_DONE.word(0, control.argument(list)));
    cpu.ops().add(BurstOp.doneWord(scanned, shrink.reclaimed(), shrink.written()));
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  @Override
  Signal done(Cpu cpu) {
    isolated.clear();
    cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, pair(scanned, shrink.reclaimed()),
        pair(shrink.keptReferenced(), shrink.notUnmapped()),
        (long) node << 56 | (long) control.priority << 48 | (long) shrink.activated() << 16 | list >>> 1);
    return cpu.ret(shrink.reclaimed());
  }
}
