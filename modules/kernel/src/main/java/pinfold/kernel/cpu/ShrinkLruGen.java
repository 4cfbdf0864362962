package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * One round of MGLRU's reclaim on the lruvec of a memory cgroup (mm/vmscan.c: lru_gen_shrink_lruvec(), try_to_shrink_lruvec(),
 * evict_folios(), 6.12): evicts from the oldest generation until the round's share is scanned, or has the lruvec aged.
 */
final class ShrinkLruGen extends Frame implements HoldsFolios {
  /** Numbers of enum lru_list in {@link BurstOp#RECLAIM_DONE}. */
  private static final int INACTIVE_ANON = 0;
  private static final int INACTIVE_FILE = 2;
  /** MIN_NR_GENS. */
  private static final int MIN_GENERATIONS = 2;

  private final ScanControl control;
  private final int node;
  private final LongList isolated = new LongList();
  private int toScan;
  private int scanned;
  private int delta;
  private int taken;
  private int list;
  private boolean retried;
  private ShrinkFolioList shrink;

  ShrinkLruGen(ScanControl control, int node) {
    this.control = control;
    this.node = node;
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        at = 1;
        return cpu.call(new DrainBatches(true));
      }
      case 1 -> {
        at = 2;
        cpu.ops().add(BurstOp.GEN_READ.word(0, control.argument(0)));
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      case 2 -> {
        return decide(cpu);
      }
      case 3 -> {
        delta = (int) (cpu.burstResult(0) >>> 32);
        taken = (int) (cpu.burstResult(0) & (1 << BurstOp.UNQUEUED_SHIFT) - 1);
        list = (cpu.burstResult(0) & BurstOp.OF_FILES) != 0 ? INACTIVE_FILE : INACTIVE_ANON;
        control.nrScanned += taken;
        int unqueued = (int) (cpu.burstResult(0) & BurstOp.OF_FILES - 1) >>> BurstOp.UNQUEUED_SHIFT;
        control.tally.passed(list == INACTIVE_FILE ? taken : 0, unqueued);
        for (int i = 1; i < cpu.burstResults(); i++) {
          isolated.add(cpu.burstResult(i));
        }
        at = isolated.isEmpty() ? 6 : 4;
        if (isolated.isEmpty()) {
          return Signal.RUN;
        }
        retried = false;
        shrink = new ShrinkFolioList(control, isolated, node);
        return cpu.call(shrink);
      }
      case 4 -> {
        shrink.addPutbacks(cpu.ops(), BurstOp.REJECT | (retried ? 0 : BurstOp.MAY_RETRY));
        cpu.ops().add(BurstOp.RECLAIM_DONE.word(0, control.argument(BurstOp.GENERATIONAL | list)));
        cpu.ops().add(BurstOp.doneWord(taken, shrink.reclaimed(), shrink.written()));
        at = 5;
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      case 5 -> {
        isolated.clear();
        control.nrReclaimed += shrink.reclaimed();
        cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, pair(taken, shrink.reclaimed()),
            pair(shrink.keptReferenced(), shrink.notUnmapped()),
            (long) node << 56 | (long) control.priority << 48 | (long) shrink.activated() << 16 | list >>> 1);
        return retry(cpu);
      }
      case 6 -> {
        scanned += delta;
        at = 1;
        return delta > 0 && scanned < toScan ? Signal.PREEMPTIBLE : end(cpu);
      }
      default -> {
        // Aging leaves the eviction to the next round.
        return end(cpu);
      }
    }
  }

  /** Folios that have become clean while they were isolated, so that their end of writeback could not rotate them, are tried once more. */
  private Signal retry(Cpu cpu) {
    for (int i = 0; i < cpu.burstResults(); i++) {
      isolated.add(cpu.burstResult(i));
    }
    if (isolated.isEmpty()) {
      at = 6;
      return Signal.RUN;
    }
    at = 4;
    retried = true;
    shrink = new ShrinkFolioList(control, isolated, node);
    return cpu.call(shrink);
  }

  /** get_nr_to_scan() and should_run_aging(). */
  private Signal decide(Cpu cpu) {
    boolean canSwap = canSwap(cpu);
    long maxSeq = cpu.burstResult(0);
    long minSeq = cpu.burstResult(canSwap ? 1 : 2);
    long total = cpu.burstResult(3);
    long young = cpu.burstResult(4);
    long old = cpu.burstResult(5);
    boolean cold = minSeq + MIN_GENERATIONS <= maxSeq;
    boolean ages = !cold || minSeq + MIN_GENERATIONS == maxSeq
        && (young * MIN_GENERATIONS > total || old * (MIN_GENERATIONS + 2) < total);
    toScan = (int) ((cold ? total : 0) >> control.priority);
    if (ages && control.priority != ScanControl.DEF_PRIORITY) {
      at = 7;
      return cpu.call(new AgeLruGen(control, node, maxSeq, canSwap));
    }
    if (toScan == 0) {
      return end(cpu);
    }
    at = 3;
    cpu.ops().add(BurstOp.GEN_ISOLATE.word(canSwap ? cpu.swappiness() : 0, control.argument(0)));
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal end(Cpu cpu) {
    control.tally.wakeFlusher(cpu);
    return cpu.ret(0);
  }

  private boolean canSwap(Cpu cpu) {
    return control.maySwap && cpu.directory().hasSwap() && cpu.swappiness() > 0;
  }
}
