package pinfold.kernel.cpu;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.ThrottleReason;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * How shrink_active_list() and shrink_inactive_list() (mm/vmscan.c, 6.12) begin: this CPU's batches are drained, then folios isolated.
 * Who finds that others have isolated too many for that (too_many_isolated()) waits once, and then goes without; the kernel looks before
 * it drains, here the node says so when it is to isolate.
 */
abstract class ShrinkList extends Frame implements HoldsFolios {
  final ScanControl control;
  final int node;
  final int list;
  final LongList isolated = new LongList();
  private final int pages;
  /** Calls that go together: one, or more of which each but the last has isolated a single large folio. */
  private int calls;
  private boolean throttled;

  /**
   * @param list of the lruvec, by enum lru_list
   * @param pages how many to look at, from the list's tail
   * @param calls how many calls may go together
   */
  ShrinkList(ScanControl control, int node, int list, int pages, int calls) {
    this.control = control;
    this.node = node;
    this.list = list;
    this.pages = pages;
    this.calls = calls;
  }

  /** Calls that it was. */
  final int calls() {
    return calls;
  }

  @Override
  public final void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected final Signal step(Cpu cpu) {
    switch (at++) {
      case 0 -> {
        return cpu.call(new DrainBatches(true));
      }
      case 1 -> {
        cpu.ops().add(BurstOp.LRU_ISOLATE.word(calls - 1 << BurstOp.CALLS_SHIFT | pages, control.argument(list)));
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      case 2 -> {
        if (cpu.burstResult(0) < 0) {
          if (throttled) {
            return cpu.ret(0);
          }
          throttled = true;
          at = 0;
          return cpu.call(new Throttle(node, ThrottleReason.ISOLATED));
        }
        calls = 1 + (int) (cpu.burstResult(0) >>> 56);
        int scanned = takeIsolated(cpu, isolated);
        control.nrScanned += (int) cpu.burstResult(0);
        return isolated(cpu, scanned);
      }
      case 3 -> {
        return putBack(cpu);
      }
      default -> {
        return done(cpu);
      }
    }
  }

  /** Decides about what was isolated, if anything. */
  abstract Signal isolated(Cpu cpu, int scannedPages);

  /** Gives the lists what stays. */
  abstract Signal putBack(Cpu cpu);

  abstract Signal done(Cpu cpu);

  /** Takes over what {@link BurstOp#LRU_ISOLATE} or its like gave; returns how many pages it looked at. */
  static int takeIsolated(Cpu cpu, LongList into) {
    for (int i = 1; i < cpu.burstResults(); i++) {
      into.add(cpu.burstResult(i));
    }
    return (int) (cpu.burstResult(0) >>> 32) & 0xFFFFFF;
  }
}
