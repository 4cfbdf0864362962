package pinfold.kernel.variant;

/** Which folios of the oldest generation MGLRU moves on instead of trying to isolate them (mm/vmscan.c: sort_folio()). */
public enum SortRule {
  /** Those in a zone that may not be reclaimed from. A folio whose PG_lru is clear is tried, and skipped. */
  PLAIN {
    @Override
    public boolean ineligible(boolean lru) {
      return false;
    }
  },
  /**
   * 6.11.5 to v6.16 (0885ef470560, reverted by 8d79ed36bfc8): also those whose PG_lru is clear, because a batch holds them. A scan gives
   * up after 64 folios that it skipped, so under {@link #PLAIN} as many at the tail stop it.
   */
  NON_LRU_INELIGIBLE {
    @Override
    public boolean ineligible(boolean lru) {
      return !lru;
    }
  };

  /**
   * Whether the folio goes to the next generation.
   *
   * @param lru PG_lru
   */
  public abstract boolean ineligible(boolean lru);
}
