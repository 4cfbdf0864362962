package pinfold.kernel.node;

import pinfold.engine.StateHash;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.LongList;

/**
 * What a node's reclaim found of writeback, and the tasks that sleep for it (struct pglist_data: flags, reclaim_wait,
 * nr_writeback_throttled; reclaim_throttle(), mm/vmscan.c, 6.12).
 */
final class ReclaimThrottle {
  /** SWAP_CLUSTER_MAX (include/linux/swap.h): pages written for each task that sleeps, before all wake. */
  private static final int CLUSTER = 32;
  // A waiter in the list.
  private static final int WHO = 0;
  private static final int REASON = 1;
  private static final int NUMBER = 2;
  private static final int WORDS = 3;

  private final MemoryNode node;
  private final LruVecs lruvecs;
  private final Counters counters;
  private final boolean hasSwap;
  private boolean writeback;
  private boolean dirty;
  /** By lruvec. */
  private final boolean[] congested;
  /** kswapd has given up. */
  private boolean hopeless;
  /** Who sleeps, in order of arrival: entity &lt;&lt; 32 | task; reason; number. */
  private final LongList waiters = new LongList();
  private long numbers;
  /** Pages written since somebody has begun to wait for writeback. */
  private long written;

  ReclaimThrottle(MemoryNode node, LruVecs lruvecs, Counters counters, boolean hasSwap) {
    this.node = node;
    this.lruvecs = lruvecs;
    this.counters = counters;
    this.hasSwap = hasSwap;
    this.congested = new boolean[lruvecs.size()];
  }

  /** PGDAT_WRITEBACK: kswapd has met folios under writeback alone. */
  boolean writeback() {
    return writeback;
  }

  /** PGDAT_DIRTY: kswapd has met dirty files alone that nobody had begun to write. */
  boolean dirty() {
    return dirty;
  }

  /** What {@link BurstOp#LRUVEC_READ} says of an lruvec. */
  int marks(int lruvec) {
    return (congested[lruvec] ? BurstOp.CONGESTED : 0) | (sleeping(ThrottleReason.NOPROGRESS) > 0 ? BurstOp.TASKS_SLEEP : 0);
  }

  void mark(int lruvec, int marks) {
    writeback |= (marks & WritebackMarks.WRITEBACK) != 0;
    dirty |= (marks & WritebackMarks.DIRTY) != 0;
    congested[lruvec] |= (marks & WritebackMarks.CONGESTED) != 0;
  }

  /** clear_pgdat_congested(), as a zone is balanced; or of a memory cgroup alone, as somebody has reclaimed from it. */
  void clear(int lruvec) {
    writeback &= lruvec != 0;
    dirty &= lruvec != 0;
    congested[lruvec] = false;
  }

  void setHopeless(boolean now) {
    hopeless = now;
  }

  /** Whether the task has to sleep; then {@link #wake} or {@link #timeOut} ends it. */
  boolean sleeps(long who, ThrottleReason reason) {
    if ((reason == ThrottleReason.NOPROGRESS || reason == ThrottleReason.CONGESTED) && skips()) {
      return false;
    }
    if (reason == ThrottleReason.WRITEBACK && sleeping(reason) == 0) {
      written = 0;
    }
    waiters.add(who);
    waiters.add(reason.ordinal());
    waiters.add(numbers);
    node.scheduleTimeout(reason.timeoutNanos, numbers++);
    return true;
  }

  /** skip_throttle_noprogress(): near the end of memory, or where less than half of what reclaim may have is dirty or being written. */
  private boolean skips() {
    long pending = counters.get(VmCounter.NR_WRITEBACK) + counters.get(VmCounter.NR_DIRTY);
    long reclaimable = 0;
    for (int list = hasSwap ? LruVec.INACTIVE_ANON : LruVec.INACTIVE_FILE; list <= LruVec.ACTIVE_FILE; list++) {
      reclaimable += lruvecs.pages(list);
    }
    return hopeless || 2 * pending <= reclaimable;
  }

  /** acct_reclaim_writeback(): a folio was written. */
  void written(int pages) {
    int sleeping = waiters.isEmpty() ? 0 : sleeping(ThrottleReason.WRITEBACK);
    if (sleeping > 0) {
      written += pages;
      if (written > (long) CLUSTER * sleeping) {
        wake(ThrottleReason.WRITEBACK);
      }
    }
  }

  private int sleeping(ThrottleReason reason) {
    int sleeping = 0;
    for (int i = 0; i < waiters.size(); i += WORDS) {
      sleeping += waiters.get(i + REASON) == reason.ordinal() ? 1 : 0;
    }
    return sleeping;
  }

  /** Wakes all who sleep for this. */
  void wake(ThrottleReason reason) {
    for (int i = 0; i < waiters.size(); ) {
      if (waiters.get(i + REASON) == reason.ordinal()) {
        end(i);
      } else {
        i += WORDS;
      }
    }
  }

  void timeOut(long number) {
    for (int i = 0; i < waiters.size(); i += WORDS) {
      if (waiters.get(i + NUMBER) == number) {
        end(i);
        return;
      }
    }
  }

  private void end(int at) {
    node.answerThrottled(waiters.get(at + WHO), true);
    for (int word = WORDS - 1; word >= 0; word--) {
      waiters.remove(at + word);
    }
  }

  /** Nothing where nobody ever slept or marked anything: such runs keep their digests. */
  void hashState(StateHash hash) {
    boolean marked = writeback || dirty || hopeless;
    for (boolean one : congested) {
      marked |= one;
    }
    if (!marked && numbers == 0) {
      return;
    }
    hash.add((writeback ? 1 : 0) | (dirty ? 2 : 0) | (hopeless ? 4 : 0)).add(numbers).add(written)
        .addAll(waiters.words(), 0, waiters.size());
    for (boolean one : congested) {
      hash.add(one ? 1 : 0);
    }
  }
}
