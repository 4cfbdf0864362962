package pinfold.kernel.node;

/** Why a burst came back. */
public enum BurstStatus {
  /** Every element was executed. */
  DONE,
  /** gup-fast met a folio that may not be pinned. */
  NOT_PINNABLE,
  /** The drain rule wants lru_add_drain_all() before it goes on with the element where the burst stopped. */
  WANTS_DRAIN_ALL,
  /** The drain rule wants one CPU drained, which the argument names. */
  WANTS_DRAIN_OWNER,
  /** As many pages are isolated as may be at a time; the argument is the page where to go on. */
  CLUSTER_FULL,
  /** A page that compaction cannot move is in an aligned block of which others are isolated already; the argument is where it ends. */
  BLOCK_FAILED,
  /** A folio that the swap cache or the page cache had is gone. */
  GONE,
  /** The page cache's folio is still being read; the argument is its pfn. */
  UNDER_READ;

  private static final BurstStatus[] ALL = values();

  public static BurstStatus of(int ordinal) {
    return ALL[ordinal];
  }
}
