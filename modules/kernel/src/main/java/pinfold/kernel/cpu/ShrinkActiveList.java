package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shrink_active_list() (mm/vmscan.c, 6.12): folios from the tail of an active list become inactive, referenced or not, and lose their
 * accessed bits. (Executable file pages would stay; there are none.)
 */
final class ShrinkActiveList extends Frame implements HoldsFolios {
  private final ScanControl control;
  private final int node;
  private final int list;
  private final int pages;
  private final LongList isolated = new LongList();

  ShrinkActiveList(ScanControl control, int node, int list, int pages) {
    this.control = control;
    this.node = node;
    this.list = list;
    this.pages = pages;
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at++) {
      case 0 -> {
        return cpu.call(new DrainBatches(true));
      }
      case 1 -> {
        cpu.ops().add(BurstOp.LRU_ISOLATE.word(pages, control.memcg << 3 | list));
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      case 2 -> {
        ShrinkInactiveList.takeIsolated(cpu, isolated);
        return isolated.isEmpty() ? cpu.ret(0) : cpu.call(new References(isolated));
      }
      case 3 -> {
        for (int i = 0; i < isolated.size(); i++) {
          cpu.ops().add(BurstOp.LRU_PUTBACK.word(MigratePages.pfn(isolated.get(i)), BurstOp.DEACTIVATE));
        }
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      default -> {
        cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_ACTIVE, 0, pair(isolated.size(), isolated.size()),
            pair(control.priority, list >>> 1), node);
        isolated.clear();
        return cpu.ret(0);
      }
    }
  }
}
