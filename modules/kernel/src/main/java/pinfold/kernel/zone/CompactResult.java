package pinfold.kernel.zone;

/** enum compact_result (include/linux/compaction.h, 6.12), in its order: of several zones the greatest counts. */
public enum CompactResult {
  NOT_SUITABLE_ZONE,
  /** There is too little room to move pages to. */
  SKIPPED,
  /** It failed lately and is not tried this time. */
  DEFERRED,
  NO_SUITABLE_PAGE,
  /** Not an end: there is more to scan. */
  CONTINUE,
  /** The scanners met, after the whole zone. */
  COMPLETE,
  /** The scanners met, after a part of the zone. */
  PARTIAL_SKIPPED,
  /** Given up: no page to move to before the scanners met. */
  CONTENDED,
  /** A block of the order is free, or was before. */
  SUCCESS;

  private static final CompactResult[] ALL = values();

  public static CompactResult of(int ordinal) {
    return ALL[ordinal];
  }
}
