package pinfold.scenario;

import java.util.List;

/**
 * A kernel variant as its file says it: one plain value for each switch of the kernel model.
 *
 * @param name name of its file, as in {@code linux-6.10}
 * @param title one line for people
 * @param commits the commits or mails that tell it from the variant it extends
 * @param tags the kernels it stands for
 * @param batchCapacity slots of a per-CPU folio batch
 * @param releaseBatch folios whose last references go under one hold of lru_lock
 * @param clearLruAtQueue queueing on a batch other than lru_add and mlock clears PG_lru
 * @param flushTestsLru the flush of such a batch skips a folio whose PG_lru is clear
 * @param deactivateFileTestsLru deactivate_file_folio() refuses a folio whose PG_lru is clear
 * @param drainRule what GUP drains before it isolates: a name of {@link VariantFile#DRAIN_RULES} or a class name
 * @param localDrainFirst GUP drains its own CPU before all of them
 * @param pinRefsInExpectation how many references GUP's drain rule expects of its own pin
 * @param drainOnlyIfMayBeCached GUP's drain rule passes over large folios, which no batch keeps
 * @param emptyListIsSuccess GUP keeps its pins when it could isolate nothing
 * @param drainAllDrainsLocalFirst lru_add_drain_all() drains its own CPU before it takes the mutex
 * @param drainAllPiggybacks lru_add_drain_all() returns early when another's drain began and ended while it waited
 * @param mglruNonLruIneligible MGLRU moves folios with PG_lru clear to the next generation
 * @param filterDeadOnAddFlush the lru_add flush frees folios that only the batch still holds
 * @param migratePasses how often migrate_pages() tries
 * @param migrateDrain after which moves migrate_pages() drains its CPU
 * @param thpPcpLists THP lists of a per-CPU page list, 1 or 2
 * @param mlockBatch how mlock reaches the LRU
 * @param pcpHigh how pcp->high is found
 * @param faultLock what a page fault locks
 * @param lruCacheDisable how folios are kept out of batches while whole ranges migrate
 * @param compactionCma whether free CMA counts as room for compaction
 * @param cmaHalfRule movable requests take CMA first while more than half of the free pages are there
 */
public record VariantSpec(
    String name,
    String title,
    List<String> commits,
    List<String> tags,
    int batchCapacity,
    int releaseBatch,
    boolean clearLruAtQueue,
    boolean flushTestsLru,
    boolean deactivateFileTestsLru,
    String drainRule,
    boolean localDrainFirst,
    PinRefs pinRefsInExpectation,
    boolean drainOnlyIfMayBeCached,
    boolean emptyListIsSuccess,
    boolean drainAllDrainsLocalFirst,
    boolean drainAllPiggybacks,
    boolean mglruNonLruIneligible,
    boolean filterDeadOnAddFlush,
    MigratePasses migratePasses,
    MigrateDrain migrateDrain,
    int thpPcpLists,
    MlockBatch mlockBatch,
    PcpHigh pcpHigh,
    FaultLock faultLock,
    LruCacheDisable lruCacheDisable,
    CompactionCma compactionCma,
    boolean cmaHalfRule) {

  public VariantSpec {
    commits = List.copyOf(commits);
    tags = List.copyOf(tags);
  }

  /** The switches alone: what a run depends on. */
  public VariantSpec withoutWords() {
    return new VariantSpec("", "", List.of(), List.of(), batchCapacity, releaseBatch, clearLruAtQueue, flushTestsLru, deactivateFileTestsLru,
        drainRule, localDrainFirst, pinRefsInExpectation, drainOnlyIfMayBeCached, emptyListIsSuccess, drainAllDrainsLocalFirst,
        drainAllPiggybacks, mglruNonLruIneligible, filterDeadOnAddFlush, migratePasses, migrateDrain, thpPcpLists, mlockBatch, pcpHigh,
        faultLock, lruCacheDisable, compactionCma, cmaHalfRule);
  }

  /** The two PG_lru switches as the one rule that they make; the loader admits no other pair. */
  public PgLruRule pgLruRule() {
    return clearLruAtQueue ? PgLruRule.CLEARED_AT_QUEUE : PgLruRule.CLEARED_IN_FLUSH;
  }

  /** What GUP's drain rule adds to the expected reference count of a folio that the call itself has pinned. */
  public enum PinRefs implements Labelled {
    /** One, though a pin adds 1024 to a small folio: every small folio looks held by somebody else. */
    ONE,
    /** What a pin really adds: 1024 to a small folio, 1 to a large one (2026). */
    BIAS;

    @Override
    public String label() {
      return name();
    }
  }

  /** How often migrate_pages() tries a folio. */
  public enum MigratePasses implements Labelled {
    /** v6.1: ten times, unmapping and restoring it each time. */
    TEN,
    /** v6.12: three times with its batch, then seven times alone. */
    ASYNC3_SYNC7;

    @Override
    public String label() {
      return name();
    }
  }

  /** After which moves migrate_pages() calls lru_add_drain() on its CPU. */
  public enum MigrateDrain implements Labelled {
    /** After every folio that was mapped (v5.18 to v6.6). */
    MAPPED,
    /** After every folio that was mlocked (eebb3dabbb5c, v6.7). */
    MLOCKED;

    @Override
    public String label() {
      return name();
    }
  }

  /** How mlock reaches the LRU. v5.17 and before, which had no batch, is not modelled. */
  public enum MlockBatch implements Labelled {
    /** Through a batch per CPU (2fbb0c10d1e8, v5.18). */
    PER_CPU;

    @Override
    public String label() {
      return name();
    }
  }

  /** How pcp->high is found. */
  public enum PcpHigh implements Labelled {
    /** From the zone's size and watermarks, once. */
    FIXED,
    /** It follows the load between two bounds (v6.7). */
    AUTO_TUNED;

    @Override
    public String label() {
      return name();
    }
  }

  /** What a page fault locks. */
  public enum FaultLock implements Labelled {
    /** mmap_lock for read (v6.3 and before). */
    MMAP,
    /** Its VMA (v6.4; 0bff0aaea03e). */
    VMA;

    @Override
    public String label() {
      return name();
    }
  }

  /** Whether free CMA counts when compaction asks for room to move pages to. */
  public enum CompactionCma implements Labelled {
    /** Always (984fdba6a32e). */
    ALWAYS,
    /** Always, but costly asynchronous requests that may not use CMA need room outside it too (6268f0a166eb, v6.14). */
    COSTLY_ASYNC,
    /** Only for requests that may use CMA (yangge, December 2024; in no kernel). */
    AS_REQUEST;

    @Override
    public String label() {
      return name();
    }
  }

  /** What alloc_contig_range() and move_pages() do about batches before they isolate. */
  public enum LruCacheDisable implements Labelled {
    /** One drain of all CPUs (v5.12 and before). */
    DRAIN_ONCE,
    /** Batches are disabled, and a work item runs on every CPU (d479960e44f2, v5.13). */
    WORK_ITEM,
    /** Batches are disabled, and an RCU grace period is waited for (ff042f4a9b05, v5.18). */
    RCU,
    /** The same with an expedited grace period (31733463372e, v5.19). */
    RCU_EXPEDITED;

    @Override
    public String label() {
      return name();
    }
  }
}
