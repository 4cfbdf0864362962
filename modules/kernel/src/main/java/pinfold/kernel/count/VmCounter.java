package pinfold.kernel.count;

/**
 * Counters by the names that /proc/vmstat gives them (6.12), and, from {@link #LRU_ADD_DRAIN} to {@link #PAGE_OPERATIONS} and at the
 * end, ours: things that the kernel does but does not count. New ones go to the end, see {@link Counters#hashState}.
 */
public enum VmCounter {
  NR_FREE_PAGES, NR_FREE_CMA,
  NR_INACTIVE_ANON, NR_ACTIVE_ANON, NR_INACTIVE_FILE, NR_ACTIVE_FILE, NR_UNEVICTABLE,
  NR_ISOLATED_ANON, NR_ISOLATED_FILE, NR_ANON_PAGES, NR_FILE_PAGES, NR_SHMEM, NR_MLOCK,
  NR_FOLL_PIN_ACQUIRED, NR_FOLL_PIN_RELEASED,
  NR_SWAPCACHED, NR_WRITEBACK,
  PGSCAN_KSWAPD, PGSCAN_DIRECT, PGSCAN_ANON, PGSCAN_FILE, PGSTEAL_KSWAPD, PGSTEAL_DIRECT, PGSTEAL_ANON, PGSTEAL_FILE,
  PGREFILL, PGSKIP, PSWPIN, PSWPOUT,
  PAGEOUTRUN, ALLOCSTALL, OOM_KILL,
  /** Events of memory cgroups: a charge met the limit; and it could not be met by reclaim. */
  MEMCG_MAX, MEMCG_OOM,
  PGALLOC, PGFREE, PGFAULT, PGACTIVATE, PGDEACTIVATE, PGLAZYFREE, PGLAZYFREED, PGROTATED,
  PGMIGRATE_SUCCESS, PGMIGRATE_FAIL, THP_MIGRATION_SUCCESS, THP_MIGRATION_FAIL, THP_FAULT_ALLOC, THP_FAULT_FALLBACK,
  UNEVICTABLE_PGS_CULLED, UNEVICTABLE_PGS_RESCUED, UNEVICTABLE_PGS_MLOCKED, UNEVICTABLE_PGS_MUNLOCKED,
  UNEVICTABLE_PGS_CLEARED, UNEVICTABLE_PGS_STRANDED,
  CMA_ALLOC_SUCCESS, CMA_ALLOC_FAIL,
  COMPACT_MIGRATE_SCANNED, COMPACT_FREE_SCANNED, COMPACT_ISOLATED,
  /** Calls of lru_add_drain(): on the caller's CPU. */
  LRU_ADD_DRAIN,
  /** Those of them that GUP made while it collected. */
  GUP_LRU_ADD_DRAIN,
  /** Calls of lru_add_drain_all(). */
  LRU_ADD_DRAIN_ALL,
  /** Those that returned early because somebody else's drain covered them. */
  LRU_ADD_DRAIN_ALL_PIGGYBACKED,
  /** CPUs whose worker ran for a drain. */
  CPUS_DRAINED,
  /** Single CPUs drained because a folio named them. */
  OWNER_DRAINS,
  /** Calls of migrate_pages(). */
  MIGRATE_PAGES_CALLS,
  /** Rounds of __gup_longterm_locked(). */
  GUP_ROUNDS,
  /** Move attempts refused because of a reference that nobody expected. */
  MIGRATE_UNEXPECTED_REFS,
  /** Those of them after which migrate_pages() had tried the folio three times: what Linux up to v6.2 called forced attempts. */
  MIGRATE_LATE_FAILURES,
  /** Ranges that cma_alloc() gave up for the next one because something in them would not go (event cma_alloc_busy_retry). */
  CMA_BUSY_RETRIES,
  /** Folios that MGLRU found accessed beside one that reclaim looked at (lru_gen_look_around()), and did something to. */
  LOOKED_AROUND,
  /** Pages charged to memory cgroups, stocks included; and slots of the swap device in use. */
  NR_MEMCG_CHARGED, NR_SWAP_SLOTS,
  /** Times that a task found the swap device's queue full. */
  SWAP_QUEUE_FULL,
  /** Time that tasks slept for it, ns. */
  SWAP_QUEUE_WAIT_NANOS,
  /** Pages that were read from a disk into the page cache. */
  FILE_PAGES_READ,
  /** lruvec nonresident_age (mm/workingset.c). */
  NONRESIDENT_AGE,
  /** Time that somebody spun for lru_lock, ns. */
  LRU_LOCK_WAIT_NANOS,
  /** Times that somebody had to. */
  LRU_LOCK_CONTENDED,
  /** The part of that time that was spent to flush an lru_add batch, ns. */
  LRU_ADD_LOCK_WAIT_NANOS,
  /** The part that was spent to take folios off their lists whose last reference went (release_pages(), folios_put()), ns. */
  LRU_RELEASE_LOCK_WAIT_NANOS,
  /** Times that somebody took lru_lock to do so. */
  LRU_RELEASE_ROUNDS,
  /** Time that folios spent with PG_lru clear because a batch held them, ns, summed when they got it back. */
  LRU_CLEAR_NANOS,
  /** How many folios got it back. */
  LRU_CLEAR_ENDED,
  /** Time that tasks waited for mmap_lock, ns. */
  MMAP_LOCK_WAIT_NANOS,
  /** Times that one had to. */
  MMAP_LOCK_CONTENDED,
  /** Waits on migration entries. */
  MIGRATION_ENTRY_WAITS,
  /** Link latency that no operation's cost covered, ns (architecture: virtual time). */
  WINDOW_EXCESS_NANOS,
  /** Page operations that tasks asked for: faults, touches, reads, writes. */
  PAGE_OPERATIONS,

  // As in /proc/vmstat again.
  /** Pages that came back and had left a shadow; those of them that became active; and those of these that had been active before. */
  WORKINGSET_REFAULT_ANON, WORKINGSET_REFAULT_FILE, WORKINGSET_ACTIVATE_ANON, WORKINGSET_ACTIVATE_FILE,
  WORKINGSET_RESTORE_ANON, WORKINGSET_RESTORE_FILE,
  COMPACT_STALL, COMPACT_FAIL, COMPACT_SUCCESS,

  // And ours.
  /** Time from the begin to the end of direct reclaim, and of direct compaction, of all tasks, ns. */
  ALLOCSTALL_NANOS, COMPACT_STALL_NANOS,
  /** Reads that waited for a page that a device was reading, and the folios before it that they held meanwhile, all together. */
  FILE_READ_WAITS, FILE_READ_WAITS_HELD,
  /** Folios whose migration waited until a device had read them. */
  MIGRATE_READ_WAITS,

  // As in /proc/vmstat: what kcompactd did.
  COMPACT_DAEMON_WAKE, COMPACT_DAEMON_MIGRATE_SCANNED, COMPACT_DAEMON_FREE_SCANNED,

  // As in /proc/vmstat again.
  /** Pages of files that are to be written and not being written; all that became so; all that were written, swap included. */
  NR_DIRTY, NR_DIRTIED, NR_WRITTEN,
  /** Dirty folios that reclaim has marked to be freed as soon as they are written. */
  NR_VMSCAN_IMMEDIATE_RECLAIM,

  // And ours.
  /** Times that reclaim had a task sleep (reclaim_throttle()): for writeback, for others' isolated folios, in vain, for congestion. */
  THROTTLED_WRITEBACK, THROTTLED_ISOLATED, THROTTLED_NOPROGRESS, THROTTLED_CONGESTED,
  /** Time that tasks slept for it, ns. */
  RECLAIM_THROTTLED_NANOS,
  /** Times that a writer of files had to sleep as too much was dirty (balance_dirty_pages()), and for how long, ns. */
  DIRTY_THROTTLED, DIRTY_THROTTLED_NANOS,
  /** Faults of mapped files that waited for a page that a device was reading, with a reference. */
  FILE_FAULT_WAITS;

  private final String statName = name().toLowerCase(java.util.Locale.ROOT);

  /** As in /proc/vmstat. */
  public String statName() {
    return statName;
  }
}
