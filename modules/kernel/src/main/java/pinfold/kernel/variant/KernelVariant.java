package pinfold.kernel.variant;

/**
 * One kernel, as far as kernels differ here: a value for each switch of kernel-model.md 0.4, each rule in its own class.
 *
 * @param name name of its file, as in {@code linux-6.10}
 * @param batchCapacity slots of a folio batch: 15 up to v6.9-rc1, 31 from v6.9-rc2 (PAGEVEC_SIZE, include/linux/pagevec.h)
 * @param releaseBatch folios that release_pages() or folios_put() lets go of under one hold of lru_lock: 32 up to v6.8 (SWAP_CLUSTER_MAX),
 * since v6.9-rc1 the slots of a folio batch (99fbb6bfc16f)
 * @param clearLruAtQueue PG_lru is cleared when a folio is queued on a non-add batch (33dfe9204f29)
 * @param flushTestsLru the flush of a non-add batch skips a folio whose PG_lru is already clear
 * @param deactivateFileTestsLru deactivate_file_folio() refuses a folio with PG_lru clear
 * @param drainRule what GUP drains before it isolates
 * @param emptyListIsSuccess GUP keeps its pins when nothing could be isolated (1aaf8c122918, reverted)
 * @param drainAllDrainsLocalFirst lru_add_drain_all() drains the caller's CPU before it takes the mutex (v6.18)
 * @param drainAllPiggybacks lru_add_drain_all() returns early when another's drain began and ended while it waited (v5.5,
 * eef1a429f234)
 * @param mglruNonLruIneligible MGLRU moves folios with PG_lru clear on (0885ef470560)
 * @param filterDeadOnAddFlush the lru_add flush frees folios that only the batch still holds (2026)
 * @param migratePasses how often migrate_pages() tries
 * @param migrateDrain after which moves migrate_pages() drains its CPU
 * @param thpPcpLists THP lists per pcp: 2 since bf14ed81f571, before that 1
 * @param pcpHighAutoTuned pcp->high tunes itself (v6.7)
 * @param faultLock what a page fault locks
 * @param lruCacheDisable how folios are kept out of batches while whole ranges migrate
 * @param compactionCma whether free CMA counts as room for compaction
 * @param cmaHalfRule movable requests take CMA first while more than half of the free pages are there (v5.8, 16867664936e); before that
 * only when no movable page is left
 */
public record KernelVariant(
    String name,
    int batchCapacity,
    int releaseBatch,
    boolean clearLruAtQueue,
    boolean flushTestsLru,
    boolean deactivateFileTestsLru,
    DrainRule drainRule,
    boolean emptyListIsSuccess,
    boolean drainAllDrainsLocalFirst,
    boolean drainAllPiggybacks,
    boolean mglruNonLruIneligible,
    boolean filterDeadOnAddFlush,
    MigratePasses migratePasses,
    MigrateDrain migrateDrain,
    int thpPcpLists,
    boolean pcpHighAutoTuned,
    FaultLock faultLock,
    LruCacheDisable lruCacheDisable,
    CompactionCma compactionCma,
    boolean cmaHalfRule) {

  public KernelVariant {
    if (batchCapacity < 1 || batchCapacity > 63) {
      throw new IllegalArgumentException(name + ": batch capacity " + batchCapacity + " is not between 1 and 63");
    }
    if (releaseBatch < 1 || releaseBatch > 63) {
      throw new IllegalArgumentException(name + ": release batch " + releaseBatch + " is not between 1 and 63");
    }
  }

  /** What MGLRU moves on instead of isolating it. */
  public SortRule sortRule() {
    return mglruNonLruIneligible ? SortRule.NON_LRU_INELIGIBLE : SortRule.PLAIN;
  }
}
