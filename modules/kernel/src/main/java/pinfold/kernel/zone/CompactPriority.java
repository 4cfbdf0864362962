package pinfold.kernel.zone;

/** enum compact_priority (include/linux/compaction.h, 6.12): how hard direct compaction tries, the hardest first; and kcompactd's way. */
public enum CompactPriority {
  /** The whole zone, whatever is remembered of it; MIN_COMPACT_PRIORITY. */
  SYNC_FULL,
  /** MIGRATE_SYNC_LIGHT; DEF_COMPACT_PRIORITY. */
  SYNC_LIGHT,
  /** MIGRATE_ASYNC: gives up an aligned block at its first page that will not go; INIT_COMPACT_PRIORITY. */
  ASYNC,
  /** None of the kernel's: kcompactd's way, MIGRATE_SYNC_LIGHT for nobody who waits. */
  KCOMPACTD;

  private static final CompactPriority[] ALL = values();

  public static CompactPriority of(int ordinal) {
    return ALL[ordinal];
  }

  /** MIGRATE_ASYNC. */
  public boolean async() {
    return this == ASYNC;
  }

  /** direct_compaction: somebody waits for it. */
  public boolean direct() {
    return this != KCOMPACTD;
  }

  /** ignore_skip_hint, ignore_block_suitable and whole_zone. */
  public boolean everything() {
    return this == SYNC_FULL;
  }
}
