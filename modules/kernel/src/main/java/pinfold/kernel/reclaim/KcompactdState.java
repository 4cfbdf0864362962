package pinfold.kernel.reclaim;

import pinfold.engine.StateHash;
import pinfold.kernel.zone.ZoneType;

/** What a node's kcompactd was woken for, and whether it sleeps (kcompactd_max_order and kcompactd_highest_zoneidx, 6.12). */
final class KcompactdState {
  private static final int ANY = ZoneType.COUNT - 1;

  private boolean runs;
  private int maxOrder;
  private int highestZone = ANY;
  /** When it hears of the last answer: what wakes it again must not overtake that. */
  private long answeredAtNanos;

  /** wakeup_kcompactd(): true if it sleeps and is to be woken. */
  boolean wake(int order, int zone) {
    if (order == 0) {
      return false;
    }
    maxOrder = Math.max(maxOrder, order);
    highestZone = Math.min(highestZone, zone);
    boolean slept = !runs;
    runs = true;
    return slept;
  }

  /** The end of kcompactd_do_work(). */
  void worked(int order, int zone) {
    if (maxOrder <= order) {
      maxOrder = 0;
    }
    if (highestZone >= zone) {
      highestZone = ANY;
    }
  }

  /** It sleeps unless there is something to do. */
  void goesOn() {
    runs = maxOrder > 0;
  }

  /** No zone is suitable, so it was not worth to wake it; what it was woken for is kept. */
  void sleeps() {
    runs = false;
  }

  int maxOrder() {
    return maxOrder;
  }

  int highestZone() {
    return highestZone;
  }

  long answeredAtNanos() {
    return answeredAtNanos;
  }

  void answered(long atNanos) {
    answeredAtNanos = atNanos;
  }

  boolean runs() {
    return runs;
  }

  void hashState(StateHash hash) {
    hash.add(runs ? 1 : 0).add(maxOrder).add(highestZone).add(answeredAtNanos);
  }
}
