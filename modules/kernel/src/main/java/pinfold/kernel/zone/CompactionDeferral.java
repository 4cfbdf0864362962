package pinfold.kernel.zone;

import pinfold.engine.StateHash;

/**
 * How often compaction of a zone is passed over after it has failed (mm/compaction.c: defer_compaction(), compaction_deferred(),
 * compaction_defer_reset(), 6.12): up to 2, then 4, ... then 64 times.
 */
final class CompactionDeferral {
  /** COMPACT_MAX_DEFER_SHIFT. */
  private static final int MAX_SHIFT = 6;

  private int considered;
  private int shift;
  private int orderFailed;

  /** Whether compaction for a request of this order is passed over; asking counts. */
  boolean deferred(int order) {
    if (order < orderFailed) {
      return false;
    }
    considered = Math.min(considered + 1, 1 << shift);
    return considered < 1 << shift;
  }

  /** Compaction for this order has failed. */
  void defer(int order) {
    considered = 0;
    shift = Math.min(shift + 1, MAX_SHIFT);
    orderFailed = Math.min(orderFailed, order);
  }

  /** @param allocated the allocation has succeeded; else it is expected to */
  void reset(int order, boolean allocated) {
    if (allocated) {
      considered = 0;
      shift = 0;
    }
    orderFailed = Math.max(orderFailed, order + 1);
  }

  /** Whether it is tried again after as many passes as there can be. */
  boolean restarting(int order) {
    return order >= orderFailed && shift == MAX_SHIFT && considered >= 1 << shift;
  }

  void hashState(StateHash hash) {
    hash.add(considered).add(shift).add(orderFailed);
  }
}
