package pinfold.kernel.cpu;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.zone.BuddyOrders;

/**
 * One round of classic reclaim on one lruvec (mm/vmscan.c: shrink_lruvec(), 6.12): up to 32 pages of each list in turn, until the
 * round's share of each is scanned or enough is reclaimed.
 */
final class ShrinkLruVec extends Frame {
  private static final int LISTS = 4;
  private static final int MOST_TOGETHER = 64;
  static final int ACTIVE_ANON = 1;
  // Results of LRUVEC_READ behind the sizes of the lists.
  private static final int COSTS = LISTS;
  static final int STATISTICS = COSTS + 2;
  /** Sizes of the lists of all memory cgroups. */
  static final int NODE = STATISTICS + LISTS;
  private static final int REFAULTED = NODE + LISTS;

  private final ScanControl control;
  private final int node;
  private final long[] sizes = new long[LISTS];
  private int[] left;
  private int[] targets;
  private int list;
  private ShrinkInactiveList shrink;
  /** The last scan of an inactive list met large folios alone, and kept them. */
  private boolean keptLargeAlone;
  private int reclaimed;

  ShrinkLruVec(ScanControl control, int node) {
    this.control = control;
    this.node = node;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        at = 1;
        int above = control.isGlobal() || control.target == control.memcg ? 0 : control.target;
        return read(cpu, control, node, above, control.isGlobal() ? BurstOp.OF_ALL : 0);
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
          shrink = new ShrinkInactiveList(control, node, now, pages, callsTogether(now));
          return cpu.call(shrink);
        }
        if (!control.mayDeactivate(now > ACTIVE_ANON)) {
          control.skippedDeactivate = true;
          return Signal.RUN;
        }
        return cpu.call(new ShrinkActiveList(control, node, now, pages));
      }
      case 3 -> {
        left[list - 1] -= (shrink.calls() - 1) * ScanControl.SWAP_CLUSTER_MAX;
        keptLargeAlone = shrink.keptLargeAlone();
        shrink = null;
        reclaimed += (int) cpu.result();
        at = 2;
        return Signal.PREEMPTIBLE;
      }
      case 4 -> {
        control.nrReclaimed += reclaimed;
        at = 5;
        return read(cpu, control, node, 0, 0);
      }
      case 5 -> {
        noteMarks(cpu);
        at = 6;
        return inactiveIsLow(cpu, 0) && cpu.directory().hasSwap()
            ? cpu.call(new ShrinkActiveList(control, node, ACTIVE_ANON, ScanControl.SWAP_CLUSTER_MAX)) : Signal.RUN;
      }
      default -> {
        return cpu.ret(0);
      }
    }
  }

  /** How many calls for an inactive list may go together: where no other list has a turn between, and no more than a 32nd of the list. */
  private int callsTogether(int now) {
    boolean alone = keptLargeAlone;
    for (int other = 0; other < LISTS; other++) {
      alone &= other == now || left[other] == 0;
    }
    long most = Math.min(MOST_TOGETHER, sizes[now] / (32 * BuddyOrders.PAGEBLOCK_PAGES));
    return alone ? (int) Math.clamp(1 + left[now] / ScanControl.SWAP_CLUSTER_MAX, 1, Math.max(1, most)) : 1;
  }

  /** Reads the lruvec; {@code above}: the cgroup above it whose statistics these are, or 0; {@code low}: 0 or {@link BurstOp#OF_ALL}. */
  static Signal read(Cpu cpu, ScanControl control, int node, int above, int low) {
    cpu.ops().add(BurstOp.LRUVEC_READ.word(above, control.argument(low)));
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private static boolean inactiveIsLow(Cpu cpu, int list) {
    return ScanCount.inactiveIsLow(cpu.burstResult(STATISTICS + list), cpu.burstResult(STATISTICS + list + 1));
  }

  /** prepare_scan_control(), once for all lruvecs of a node, and get_scan_count(). */
  private void prepare(Cpu cpu) {
    for (int i = 0; i < LISTS; i++) {
      sizes[i] = cpu.burstResult(i);
    }
    if (!control.prepared) {
      control.prepared = true;
      control.anonCost = cpu.burstResult(COSTS);
      control.fileCost = cpu.burstResult(COSTS + 1);
      control.mayDeactivateAnon = mayDeactivate(cpu, BurstOp.ANON_REFAULTED, 0);
      control.mayDeactivateFile = mayDeactivate(cpu, BurstOp.FILE_REFAULTED, 2);
      control.cacheTrimMode = cpu.burstResult(STATISTICS + 2) >> control.priority > 0 && !control.mayDeactivateFile;
      long file = cpu.burstResult(NODE + 2) + cpu.burstResult(NODE + 3);
      control.fileIsTiny = control.isGlobal() && file + control.freePages <= control.highPages && !control.mayDeactivateAnon
          && cpu.burstResult(NODE) >> control.priority > 0;
    }
    left = ScanCount.of(control, sizes, cpu.swappiness(), control.maySwap && cpu.directory().hasSwap());
    targets = left.clone();
  }

  /** Pages that come back tell of a new working set, which does not spare the old one. */
  private boolean mayDeactivate(Cpu cpu, int refaulted, int list) {
    return control.forceDeactivate || (cpu.burstResult(REFAULTED) & refaulted) != 0 || inactiveIsLow(cpu, list);
  }

  private void noteMarks(Cpu cpu) {
    long marks = cpu.burstResult(REFAULTED);
    control.congested |= control.memcg == control.target && (marks & BurstOp.CONGESTED) != 0;
    control.tasksSleep |= (marks & BurstOp.TASKS_SLEEP) != 0;
  }

  private boolean nothingLeft() {
    return left[0] == 0 && left[2] == 0 && left[3] == 0;
  }

  /** A task that reclaims for all does its share of every lruvec at first, whatever it gets. */
  private boolean proportional() {
    return control.isGlobal() && !control.isKswapd() && control.priority == ScanControl.DEF_PRIORITY;
  }

  /**
   * Whether lists are left to scan, and after the goal is met, how much less of the one and of the other type. Up to v6.1-rc6 a reclaim
   * that had adjusted its targets once went through with them, whatever it had reclaimed (f53af4285d77).
   */
  private Signal endOfTurn() {
    list = 0;
    if (nothingLeft()) {
      at = 4;
      return Signal.RUN;
    }
    if (reclaimed < control.nrToReclaim || proportional()) {
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
    return Signal.RUN;
  }
}
