package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shrink_inactive_list() (mm/vmscan.c, 6.12): drains this CPU's batches, isolates from the tail of an inactive list, reclaims what
 * can be, and puts back the rest. Returns the pages reclaimed.
 */
final class ShrinkInactiveList extends Frame implements HoldsFolios {
  private final ScanControl control;
  private final int node;
  private final int list;
  private final int pages;
  private final LongList isolated = new LongList();
  private int scanned;
  private ShrinkFolioList shrink;

  ShrinkInactiveList(ScanControl control, int node, int list, int pages) {
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
        scanned = takeIsolated(cpu, isolated);
        if (isolated.isEmpty()) {
          return cpu.ret(0);
        }
        shrink = new ShrinkFolioList(isolated, node);
        return cpu.call(shrink);
      }
      case 3 -> {
        shrink.addPutbacks(cpu.ops(), 0);
        cpu.ops().add(BurstOp.RECLAIM_DONE.word(0, control.memcg << 3 | list));
        cpu.ops().add(BurstOp.doneWord(scanned, shrink.reclaimed(), shrink.written()));
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      default -> {
        isolated.clear();
        cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, pair(scanned, shrink.reclaimed()),
            pair(shrink.keptReferenced(), shrink.notUnmapped()),
            (long) node << 56 | (long) control.priority << 48 | (long) shrink.activated() << 16 | list >>> 1);
        return cpu.ret(shrink.reclaimed());
      }
    }
  }

  /** Takes over what {@link BurstOp#LRU_ISOLATE} gave; returns how many pages it looked at. */
  static int takeIsolated(Cpu cpu, LongList into) {
    for (int i = 1; i < cpu.burstResults(); i++) {
      into.add(cpu.burstResult(i));
    }
    return (int) (cpu.burstResult(0) >>> 32);
  }
}
