package pinfold.kernel.variant;

/**
 * What keeps folios out of batches while alloc_contig_range(), move_pages() and the like migrate: lru_cache_disable() (mm/swap.c)
 * and what came before it.
 */
public enum LruCacheDisable {
  /**
   * Up to v5.12: migrate_prep(), one lru_add_drain_all(). What is queued behind it stays on a batch and blocks its migration
   * (d479960e44f2 says why that was not enough).
   */
  DRAIN_ONCE(false, Grace.NONE, false),

  /**
   * v5.13 to v5.17 (d479960e44f2): batches are disabled, then a work item runs on every CPU, whether it has something to drain or
   * not, so that all have seen it. One that never schedules blocks the caller.
   */
  WORK_ITEM(true, Grace.NONE, true),

  /** v5.18 (ff042f4a9b05): synchronize_rcu() tells that all CPUs have seen it; then only those with something are drained. */
  RCU(true, Grace.NORMAL, false),

  /** Since v5.19 (31733463372e): the same with synchronize_rcu_expedited(). */
  RCU_EXPEDITED(true, Grace.EXPEDITED, false);

  /** Which grace period is waited for. */
  public enum Grace {
    NONE, NORMAL, EXPEDITED
  }

  private final boolean disables;
  private final Grace grace;
  private final boolean drainsEveryCpu;

  LruCacheDisable(boolean disables, Grace grace, boolean drainsEveryCpu) {
    this.disables = disables;
    this.grace = grace;
    this.drainsEveryCpu = drainsEveryCpu;
  }

  /** Whether batches keep nothing until lru_cache_enable(). */
  public boolean disables() {
    return disables;
  }

  /** What is waited for between disabling and draining. */
  public Grace grace() {
    return grace;
  }

  /** Whether the drain behind it runs on CPUs that have nothing to drain, too. */
  public boolean drainsEveryCpu() {
    return drainsEveryCpu;
  }
}
