package pinfold.scenario.oracle;

/** The four recorded builds of Linux 6.12.117 and the switches in which they differ. */
public enum NaiveRules {
  /** Before 33dfe9204f29. */
  A(false, DrainRule.LRU_FLAG),
  /** With 33dfe9204f29: PG_lru is cleared when a folio is queued. */
  B(true, DrainRule.LRU_FLAG),
  /** The series of September 2025: the reference count decides; a small folio's pin is taken for one reference. */
  C1(false, DrainRule.REFCOUNT_PLUS_ONE),
  /** C1 with the pin of a small folio counted as 1024 references. */
  C2(false, DrainRule.REFCOUNT_PLUS_PIN);

  enum DrainRule {
    LRU_FLAG,
    REFCOUNT_PLUS_ONE,
    REFCOUNT_PLUS_PIN
  }

  final boolean clearLruAtQueue;
  final DrainRule drainRule;

  NaiveRules(boolean clearLruAtQueue, DrainRule drainRule) {
    this.clearLruAtQueue = clearLruAtQueue;
    this.drainRule = drainRule;
  }
}
