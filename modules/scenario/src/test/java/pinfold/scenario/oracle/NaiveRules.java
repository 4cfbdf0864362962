package pinfold.scenario.oracle;

/**
 * The four recorded builds of Linux 6.12.117 and the switches in which they differ, then kernels that nobody recorded, from the
 * specification alone. Each names the product's variant that it stands for.
 */
public enum NaiveRules {
  /** Before 33dfe9204f29. */
  A("linux-6.12-before-33dfe", false, DrainRule.LRU_FLAG, 31),
  /** With 33dfe9204f29: PG_lru is cleared when a folio is queued. */
  B("linux-6.12.43", true, DrainRule.LRU_FLAG, 31),
  /** The series of September 2025: the reference count decides; a small folio's pin is taken for one reference. */
  C1("linux-6.12.57", false, DrainRule.REFCOUNT_PLUS_ONE, 31),
  /** C1 with the pin of a small folio counted as 1024 references. */
  C2("linux-6.12.117", false, DrainRule.REFCOUNT_PLUS_PIN, 31),
  /** A with batches of 15. */
  SMALL_BATCHES("linux-6.8", false, DrainRule.LRU_FLAG, 15),
  /** A that drains all CPUs in every call with an unpinnable folio. */
  ALWAYS("yangge-v1", false, DrainRule.ALWAYS, 31),
  /** B that drains also for mlocked folios. */
  LRU_OR_MLOCKED("will-2025", true, DrainRule.LRU_OR_MLOCKED, 31),
  /** B that keeps its pins when nothing could be isolated. */
  EMPTY_LIST_IS_SUCCESS("linux-6.14", true, DrainRule.LRU_FLAG, 31),
  /** B with the reference count's rule and no local drain. */
  NO_LOCAL_DRAIN("linux-6.12.49", true, DrainRule.REFCOUNT_PLUS_ONE_ALL_AT_ONCE, 31),
  /** C1 whose drain of all CPUs begins with the caller's. */
  LOCAL_BEFORE_ALL("linux-6.18", false, DrainRule.REFCOUNT_PLUS_ONE, 31);

  enum DrainRule {
    LRU_FLAG,
    ALWAYS,
    LRU_OR_MLOCKED,
    REFCOUNT_PLUS_ONE,
    REFCOUNT_PLUS_ONE_ALL_AT_ONCE,
    REFCOUNT_PLUS_PIN;

    boolean drainsLocalFirst() {
      return this == REFCOUNT_PLUS_ONE || this == REFCOUNT_PLUS_PIN;
    }
  }

  /** Name of the product's variant. */
  public final String variant;
  final boolean clearLruAtQueue;
  final DrainRule drainRule;
  /** Slots of a batch; the entry that takes the last one flushes it. */
  final int capacity;

  NaiveRules(String variant, boolean clearLruAtQueue, DrainRule drainRule, int capacity) {
    this.variant = variant;
    this.clearLruAtQueue = clearLruAtQueue;
    this.drainRule = drainRule;
    this.capacity = capacity;
  }

  boolean emptyListIsSuccess() {
    return this == EMPTY_LIST_IS_SUCCESS;
  }

  boolean drainAllDrainsLocalFirst() {
    return this == LOCAL_BEFORE_ALL;
  }
}
