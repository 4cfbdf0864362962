package pinfold.kernel.count;

import pinfold.kernel.folio.BatchKind;

/** What is kept as a distribution and not as a sum alone. */
public enum Distribution {
  /** How long a folio that a batch held had PG_lru clear, to 16 ns: from queueing until the flush gave it back. */
  LRU_CLEAR(Unit.NANOSECONDS),
  /** Wait of whoever takes lru_lock, 0 where it was free. */
  LRU_LOCK_WAIT(Unit.NANOSECONDS),
  /** Wait of whoever takes zone->lock, 0 where it was free. */
  ZONE_LOCK_WAIT(Unit.NANOSECONDS),
  /**
   * lru_add_drain_all(), its mutex included, also where another's drain was found to be enough; without the local drain of 6.18.
   */
  DRAIN_ALL(Unit.NANOSECONDS),
  /** The wait for its mutex. */
  DRAIN_ALL_MUTEX_WAIT(Unit.NANOSECONDS),
  /**
   * Entries of the pinning CPU's batch when the first walk of a long-term pin call is over. In the order of {@link BatchKind}.
   */
  PIN_BATCH_LRU_ADD(Unit.FOLIOS),
  PIN_BATCH_MOVE_TAIL(Unit.FOLIOS),
  PIN_BATCH_DEACTIVATE_FILE(Unit.FOLIOS),
  PIN_BATCH_DEACTIVATE(Unit.FOLIOS),
  PIN_BATCH_LAZYFREE(Unit.FOLIOS),
  PIN_BATCH_ACTIVATE(Unit.FOLIOS),
  PIN_BATCH_MLOCK(Unit.FOLIOS);

  private static final Distribution[] PIN_BATCHES = pinBatches();

  /** What its values count. */
  public enum Unit {
    NANOSECONDS("ns"),
    FOLIOS("folios");

    private final String symbol;

    Unit(String symbol) {
      this.symbol = symbol;
    }

    /** As results write it. */
    public String symbol() {
      return symbol;
    }
  }

  private final Unit unit;
  private final String statName = name().toLowerCase(java.util.Locale.ROOT);

  Distribution(Unit unit) {
    this.unit = unit;
  }

  private static Distribution[] pinBatches() {
    BatchKind[] kinds = BatchKind.values();
    Distribution[] found = new Distribution[kinds.length];
    for (BatchKind kind : kinds) {
      found[kind.ordinal()] = valueOf("PIN_BATCH_" + kind.name());
    }
    return found;
  }

  /** How full a batch of this kind is when a CPU pins. */
  public static Distribution pinBatch(BatchKind kind) {
    return PIN_BATCHES[kind.ordinal()];
  }

  public Unit unit() {
    return unit;
  }

  /** As results write it. */
  public String statName() {
    return statName;
  }
}
