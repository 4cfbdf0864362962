package pinfold.kernel.zone;

import pinfold.engine.StateHash;

/**
 * What a zone remembers of compactions before: where the scanners go on, and a hint per pageblock to pass it over
 * (compact_cached_migrate_pfn[], compact_cached_free_pfn, PB_migrate_skip; mm/compaction.c, 6.12).
 */
final class CompactionPositions {
  private static final int BLOCK = BuddyOrders.PAGEBLOCK_PAGES;

  private final int startPfn;
  private final int endPfn;
  private final long[] skip;
  private int cachedMigrateAsync;
  private int cachedMigrateSync;
  private int cachedFree;
  /** compact_init_migrate_pfn: 0 until hints are cleared. */
  private int initMigrate;
  /** compact_blockskip_flush: a direct compaction has gone all the way. */
  private boolean flush;

  CompactionPositions(int startPfn, int spannedPages) {
    this.startPfn = startPfn;
    this.endPfn = startPfn + spannedPages;
    this.skip = new long[(block(endPfn - 1) >>> 6) + 1];
  }

  private int block(int pfn) {
    return (pfn >>> BuddyOrders.PAGEBLOCK_ORDER) - (startPfn >>> BuddyOrders.PAGEBLOCK_ORDER);
  }

  private int lastBlockPfn() {
    return endPfn - 1 & -BLOCK;
  }

  boolean skips(int pfn) {
    return (skip[block(pfn) >>> 6] >>> block(pfn) & 1) != 0;
  }

  void setSkip(int pfn) {
    skip[block(pfn) >>> 6] |= 1L << block(pfn);
  }

  /** Where the migrate scanner begins; what is out of bounds is put right first, as in compact_zone(). */
  int migrateFrom(boolean async) {
    int from = async ? cachedMigrateAsync : cachedMigrateSync;
    if (from < startPfn || from >= endPfn) {
      cachedMigrateAsync = startPfn;
      cachedMigrateSync = startPfn;
      return startPfn;
    }
    return from;
  }

  /** Where the free scanner begins: the first page of a pageblock. */
  int freeFrom() {
    if (cachedFree < startPfn || cachedFree >= endPfn) {
      cachedFree = lastBlockPfn();
    }
    return cachedFree;
  }

  int firstPfn() {
    return startPfn;
  }

  int lastPfn() {
    return lastBlockPfn();
  }

  /** Whether a scan from there covers the zone although it began where the last one ended. */
  boolean isWhole(int migrateFrom) {
    return migrateFrom <= initMigrate;
  }

  /** update_cached_migrate(): pageblock_end_pfn() of a pfn that is an end already, so one pageblock further, as in the source. */
  void scannedTo(int pfn, boolean async) {
    int end = (pfn & -BLOCK) + BLOCK;
    cachedMigrateAsync = Math.max(cachedMigrateAsync, end);
    if (!async) {
      cachedMigrateSync = Math.max(cachedMigrateSync, end);
    }
  }

  /** Whether both kinds of scans would begin at the same place. */
  boolean cachedTogether() {
    return cachedMigrateAsync == cachedMigrateSync;
  }

  void syncFollowsAsync() {
    cachedMigrateSync = cachedMigrateAsync;
  }

  /** update_pageblock_skip(): a pageblock has no more free pages to take. */
  void freeScanned(int blockPfn) {
    setSkip(blockPfn);
    cachedFree = Math.min(cachedFree, blockPfn - BLOCK);
  }

  /** Pages that were not needed go back: the next scan may begin there again. */
  void released(int highestPfn) {
    cachedFree = Math.max(cachedFree, highestPfn & -BLOCK);
  }

  /**
   * reset_cached_positions(): the scanners met.
   *
   * @param direct by a request of an allocator
   */
  void met(boolean direct) {
    cachedMigrateAsync = startPfn;
    cachedMigrateSync = startPfn;
    cachedFree = lastBlockPfn();
    flush |= direct;
  }

  /**
   * __reset_isolation_suitable(), if a direct compaction has gone all the way since the last time. All hints are cleared, where the
   * kernel leaves those of pageblocks in which it sees neither a free page nor one on the LRU; they are set again when met.
   */
  void clearHints() {
    if (!flush) {
      return;
    }
    flush = false;
    java.util.Arrays.fill(skip, 0);
    initMigrate = startPfn;
    cachedMigrateAsync = startPfn;
    cachedMigrateSync = startPfn;
    cachedFree = lastBlockPfn();
  }

  void hashState(StateHash hash) {
    hash.addAll(skip, 0, skip.length);
    hash.add(cachedMigrateAsync).add(cachedMigrateSync).add(cachedFree).add(initMigrate).add(flush ? 1 : 0);
  }
}
