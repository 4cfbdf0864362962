package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shrink_active_list() (mm/vmscan.c, 6.12): folios from the tail of an active list become inactive, referenced or not, and lose their
 * accessed bits. (Executable file pages would stay; there are none.)
 */
final class ShrinkActiveList extends ShrinkList {
  ShrinkActiveList(ScanControl control, int node, int list, int pages) {
    super(control, node, list, pages, 1);
  }

  @Override
  Signal isolated(Cpu cpu, int scannedPages) {
    return isolated.isEmpty() ? cpu.ret(0) : cpu.call(new References(isolated));
  }

  @Override
  Signal putBack(Cpu cpu) {
    for (int i = 0; i < isolated.size(); i++) {
      cpu.ops().add(BurstOp.LRU_PUTBACK.word(MigratePages.pfn(isolated.get(i)), BurstOp.DEACTIVATE));
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
