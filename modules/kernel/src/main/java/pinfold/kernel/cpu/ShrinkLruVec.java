package pinfold.kernel.cpu;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * One round of classic reclaim on one lruvec (mm/vmscan.c: shrink_node(), shrink_lruvec(), 6.12): up to 32 pages of each list in
 * turn, until the round's share of each is scanned or enough is reclaimed.
 */
final class ShrinkLruVec extends Frame {
  private static final int LISTS = 4;
  private static final int ACTIVE_ANON = 1;
  /** Where statistics begin among the results of {@link BurstOp#LRUVEC_READ}. */
  private static final int STATISTICS = 6;

  private final ScanControl control;
  private final int node;
  private int[] left;
  private int[] targets;
  private int list;
  private int reclaimed;
  private boolean adjusted;

  ShrinkLruVec(ScanControl control, int node) {
    this.control = control;
    this.node = node;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        return read(cpu, 1);
      }
      case 1 -> {
        prepare(cpu);
        at = nothingLeft() ? 4 : 2;
        return Signal.RUN;
      }
      case 2 -> {
        if (list == LISTS) {
          return endOfTurn();
        }
        int pages = Math.min(left[list], ScanControl.SWAP_CLUSTER_MAX);
        left[list] -= pages;
        int now = list++;
        if (pages == 0) {
          return Signal.RUN;
        }
        if ((now & 1) == 0) {
          at = 3;
          return cpu.call(new ShrinkInactiveList(control, node, now, pages));
        }
        if (now == ACTIVE_ANON && !control.mayDeactivateAnon) {
          control.skippedDeactivate = true;
          return Signal.RUN;
        }
        return cpu.call(new ShrinkActiveList(control, node, now, pages));
      }
      case 3 -> {
        reclaimed += (int) cpu.result();
        at = 2;
        return Signal.PREEMPTIBLE;
      }
      case 4 -> {
        control.nrReclaimed += reclaimed;
        return read(cpu, 5);
      }
      case 5 -> {
        at = 6;
        return inactiveAnonIsLow(cpu) && cpu.directory().hasSwap()
            ? cpu.call(new ShrinkActiveList(control, node, ACTIVE_ANON, ScanControl.SWAP_CLUSTER_MAX)) : Signal.RUN;
      }
      default -> {
        return cpu.ret(0);
      }
    }
  }

  private Signal read(Cpu cpu, int next) {
    at = next;
    cpu.ops().add(BurstOp.LRUVEC_READ.word(0, control.memcg));
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private static boolean inactiveAnonIsLow(Cpu cpu) {
    return ScanCount.inactiveIsLow(cpu.burstResult(STATISTICS), cpu.burstResult(STATISTICS + 1));
  }

  /** prepare_scan_control() and get_scan_count(). */
  private void prepare(Cpu cpu) {
    long[] sizes = new long[LISTS];
    for (int i = 0; i < LISTS; i++) {
      sizes[i] = cpu.burstResult(i);
    }
    control.anonCost = cpu.burstResult(LISTS);
    control.fileCost = cpu.burstResult(LISTS + 1);
    control.mayDeactivateAnon = control.forceDeactivate || inactiveAnonIsLow(cpu);
    left = ScanCount.of(control, sizes, cpu.directory().hasSwap());
    targets = left.clone();
  }

  private boolean nothingLeft() {
    return left[0] == 0 && left[2] == 0 && left[3] == 0;
  }

  /** Whether lists are left to scan, and after the goal is met, how much less of the one and of the other type. */
  private Signal endOfTurn() {
    list = 0;
    if (nothingLeft()) {
      at = 4;
      return Signal.RUN;
    }
    if (reclaimed < control.nrToReclaim || adjusted) {
      return Signal.RUN;
    }
    long anon = (long) left[0] + left[1];
    long file = (long) left[2] + left[3];
    if (anon == 0 || file == 0) {
      at = 4;
      return Signal.RUN;
    }
    int smaller = file > anon ? 0 : 2;
    long scanTarget = (long) targets[smaller] + targets[smaller + 1] + 1;
    long percentage = (file > anon ? anon : file) * 100 / scanTarget;
    left[smaller] = 0;
    left[smaller + 1] = 0;
    for (int other = 2 - smaller; other < 4 - smaller; other++) {
      int scanned = targets[other] - left[other];
      left[other] = (int) (targets[other] * (100 - percentage) / 100);
      left[other] -= Math.min(left[other], scanned);
    }
    adjusted = true;
    return Signal.RUN;
  }
}
