package pinfold.kernel.node;

/**
 * What an element of a burst does to its folio. An element is one long: pfn in bits 0–29, 26 bits of argument, the
 * operation in bits 56–63; {@link #takesSecondWord} operations are followed by a second long.
 */
public enum BurstOp {
  /** New anonymous folio, mapped once; argument {@link #VMA_LOCKED}, {@link #LARGE}, {@link #COPIES_FILE}; second word: rmap handle. */
  NEW_ANON,
  /** New shmem folio: in the page cache, then mapped once. Second word: rmap handle. */
  NEW_SHMEM,
  /** New page-cache folio that is not mapped. Second word: rmap handle. */
  NEW_FILE,
  /**
   * A page-cache folio is mapped once more. Second word: the rmap handle that it must have. Stops the burst if it is not in the page cache
   * at that page any more, or not yet.
   */
  MAP,
  /** folio_mark_accessed(). */
  TOUCH,
  /** A long-term pin of the slow path; argument: pages of a large folio, or 0 for a small one. */
  PIN,
  /** A long-term pin of gup-fast: stops the burst at the first folio that may not be pinned. */
  PIN_FAST,
  UNPIN,
  /** One folio of collect_longterm_unpinnable_folios(): result word for each folio isolated. */
  COLLECT,
  /**
   * Whether the drain rule wants no drain for the folio; stops the burst at the first for which it does. Changes nothing, costs
   * nothing.
   */
  ASK,
  /** MADV_COLD. */
  COLD,
  /** MADV_FREE. */
  LAZYFREE,
  MLOCK,
  MUNLOCK,
  /** Unmapped by munmap, exit or MADV_DONTNEED; the reference stays until {@link #PUT}. */
  ZAP,
  /** A reference goes; those that stand behind each other are let go of as release_pages() does it. */
  PUT,
  /** An extra reference, as a pipe or a driver takes one. */
  GET,
  /** lru_add_drain(); no folio. */
  DRAIN,
  /** The PTE became a migration entry. */
  MIGRATE_UNMAP,
  /**
   * Move to the folio of the second word, in as many passes as the burst says. Result word: {@link #MOVED}, with {@link #IN_SWAP_CACHE} if
   * it was there; or who is to blame.
   */
  MIGRATE_MOVE,
  /** The migration entry became a PTE to the old folio again. */
  MIGRATE_REMAP,
  /** folio_isolate_lru(): result word for each folio isolated, as {@link #COLLECT} makes it. */
  ISOLATE,
  /** Back to the LRU after an isolation. */
  PUTBACK,
  /**
   * What a deferred burst could not do: an entry goes into a batch; its reference was taken already. Argument: kind << 2 | tag.
   */
  ENQUEUE,
  /** folio_activate(), folio_rotate_reclaimable(), deactivate_file_folio(), for scripts. */
  ROTATE,
  DEACTIVATE_FILE,
  /**
   * isolate_migratepages_block() for alloc_contig_range(), from a page up to the one of the second word. Result words as
   * {@link #COLLECT} makes them, each followed by {@link #CLEAN_FILE} if the folio could be dropped instead of moved. The burst
   * stops when it has 32 pages, with those of the argument; its own argument is then the page where to go on.
   */
  ISOLATE_RANGE,
  /**
   * isolate_migratepages_block() for compaction, over a run of pages that are not in the buddy, up to the one of the second word. Result
   * words as {@link #COLLECT} makes them. Argument: {@link #stopsAtFailure}, {@link #FINISH_BLOCK}, {@link #SKIP_WRITEBACK}. Stops the
   * burst when it has 32 pages and need not finish the pageblock, behind an aligned block of which it has pages, and at a failure.
   */
  COMPACT_SCAN,
  /**
   * An isolated clean folio of the file lists is dropped if nobody else holds it. Argument: as for {@link #MIGRATE_UNMAP}, and
   * {@link #PTE_DIRTY}. Result word 1 if it is gone, 0 if it stays.
   */
  DISCARD,
  /**
   * pread() of one page of the page cache. The argument of the first of a folio batch is how many READ elements the batch has, that of the
   * others 0: all its folios are taken hold of when it begins, and let go of when the last is copied. Second word: the rmap handle that
   * the folio must have; if it has not, somebody moved or dropped it since the cache was looked up, and the result word is the pfn.
   */
  READ,
  /**
   * mapping_evict_folio() (mm/truncate.c, 6.12): a folio of the page cache is dropped if nobody else holds it and it is clean and
   * not mapped; if not, deactivate_file_folio(). Second word as of {@link #READ}. Result word 1 if it is gone, 0 if it stays,
   * {@link #PASSED_BY} if it is locked (find_lock_entries(), mm/filemap.c), so that nothing was tried.
   */
  INVALIDATE,

  // Reclaim: {@link NodeReclaim}.
  /**
   * What get_scan_count() reads of an lruvec; argument: {@link #OF_ALL} or 0; in place of the pfn the memory cgroup above it that is
   * reclaimed from, 0 if that is its own. Results: pages of the four lists up to the zone; the costs of anonymous memory and of files,
   * and the pages as statistics have them, both of that cgroup with all below it, or of all if so asked; the pages of the node; and
   * {@link #ANON_REFAULTED} and {@link #FILE_REFAULTED}, of whom the statistics are, with {@link #CONGESTED} and {@link #TASKS_SLEEP}. Here
   * and below arguments name memory cgroup and zone, see {@link #MEMCG_SHIFT}.
   */
  LRUVEC_READ,
  /** Pages of the four lists that are in a zone, of all memory cgroups; argument: index of the zone in the machine. Results: these. */
  ZONE_LRU_READ,
  /**
   * isolate_lru_folios(); in place of the pfn how many pages to scan, and in the bits from {@link #CALLS_SHIFT} on how many calls may
   * follow, each only if the one before has taken a single large folio. Argument: list. Results: calls that followed << 56 |
   * scanned << 32 | taken, or -1 alone where others have isolated too many; then each folio as {@link #COLLECT} makes it.
   */
  LRU_ISOLATE,
  /**
   * folio_check_references(); argument: page tables that accessed it, {@link #VMA_LOCKED}, {@link #PASSED_OVER},
   * {@link #KSWAPD_ASKS}. Result: a {@link Verdict}, with what it was counted as.
   */
  CHECK_REFERENCES,
  /** The folio enters the swap cache (add_to_swap()). Result: 1, or 0 if it is in it. */
  SWAP_CACHE,
  /**
   * Unmapped by reclaim: written if dirty and freed, if nobody else holds it. Argument: page tables that lost it, {@link #NEW_SLOT},
   * {@link #FOR_ALL}, {@link #LEVELS_SHIFT}. Result: a {@link Verdict}, with {@link Verdict#HAS_SHADOW} also a shadow. With an SSD the
   * write only begins, and the folio stays.
   */
  RECLAIM,
  /**
   * move_folios_to_lru(); argument: {@link #ACTIVATE}, {@link #DEACTIVATE}, {@link #REJECT}, {@link #MAY_RETRY}. Result, with the last
   * alone: the folio as {@link #COLLECT} makes it if it should be tried once more; it stays isolated then.
   */
  LRU_PUTBACK,
  /** MGLRU: results: max_seq, min_seq of both types; then pages in all, in max_seq, and in max_seq - 2. */
  GEN_READ,
  /**
   * MGLRU's isolate_folios() and try_to_inc_min_seq(); in place of the pfn the swappiness, 0 if anonymous memory may not be reclaimed.
   * Results: what evict_folios() takes for scanned << 32 | {@link #OF_FILES} | unqueued dirty << {@link #UNQUEUED_SHIFT} | taken, then
   * as {@link #LRU_ISOLATE}.
   */
  GEN_ISOLATE,
  /** MGLRU's folio_update_gen(): the page was accessed. Second word: max_seq when the page tables were walked. */
  GEN_PROMOTE,
  /**
   * MGLRU's inc_max_seq(); argument: 1 if anonymous memory may be reclaimed. Second word: the max_seq to begin the next of. Result: 1
   * if so.
   */
  GEN_NEXT,
  /**
   * The end of a round on one list; argument: list, with {@link #GENERATIONAL}; second word: {@link #doneWord}.
   */
  RECLAIM_DONE,
  /**
   * A page-table entry leads to a folio of the swap cache again. Second word: rmap handle. Stops the
   * burst if the folio is gone.
   */
  MAP_SWAPCACHE,
  /** A page read from swap: a new anonymous folio, mapped once. As {@link #NEW_ANON}. */
  SWAP_IN,
  /**
   * The folio leaves the swap cache, as its slot was released, unless it is under writeback. Second word: rmap handle.
   */
  DROP_SWAPCACHE,
  /** folio_end_writeback(), in an interrupt. Result word, of a file's folio alone: 1. */
  END_WRITEBACK,
  /**
   * lru_gen_look_around() found it accessed, beside a folio that reclaim looks at. Second word: rmap handle. Argument:
   * {@link #HAS_MM_WALK}.
   */
  LOOK_AROUND,
  /** What stands in the way of MGLRU's scans, for a report. Argument: memory cgroup. Results: see {@link BlockedFolios}. */
  GEN_BLOCKED,
  /**
   * workingset_refault(): the next element makes a folio whose page was evicted before. Argument: {@link #IN_FAULT}. Second word: the
   * shadow that it left.
   */
  SHADOW,
  /**
   * One folio of filemap_get_read_batch(): a reference is taken, and stays. Second word as of {@link #READ}. Stops the burst if the folio
   * is gone, or is still being read.
   */
  READ_GET,
  /**
   * One folio of filemap_map_pages() (mm/filemap.c, 6.12): mapped once more. Second word as of {@link #READ}. Result word 1, or 0 if it is
   * locked or gone, so that nothing was done.
   */
  MAP_AROUND,
  /**
   * A folio whose lock is wanted: if its device reads it a reference is taken, and stays, and the burst stops. Otherwise nothing is done.
   * Second word as of {@link #READ}.
   */
  GET_IF_READ,
  /**
   * pwrite() of one page of a file on a disk: as {@link #READ} of a folio batch of one, and dirty then. Result word: {@link #DIRTIED} |
   * pfn if it was clean, {@link #STILL_READ} | pfn if a device still reads it, so that nothing was done.
   */
  WRITE,
  /**
   * folio_clear_dirty_for_io() and folio_start_writeback(). Second word as of {@link #READ}. Result word 1, or 0 where the folio is not
   * there any more or is being written already.
   */
  START_WRITEBACK,
  /**
   * shmem_writepage(): an isolated page of tmpfs that reclaim has unmapped leaves the page cache for the swap cache, if nobody else holds
   * it, and is written and freed as by {@link #RECLAIM}. Second word: its slot. Argument and result as there; {@link Verdict#SLOT_UNUSED}
   * if it stays in the page cache.
   */
  SHMEM_OUT,
  /**
   * The end of shmem_swapin_folio() for a folio that is still in the swap cache: it enters the page cache. Second word: the rmap handle.
   * Result: 1 if so, 0 if it is gone, 2 if it is under writeback.
   */
  SHMEM_IN,
  /**
   * truncate_inode_folio() of a page that nobody maps: it leaves the page cache, whoever holds it. Second word as of {@link #READ}. Result
   * word 1 if so, 0 if it is not there.
   */
  TRUNCATE;

  /** Bit of a result word of WRITE. */
  public static final long DIRTIED = 1L << 32;
  public static final long STILL_READ = 1L << 33;

  /** Argument: the VMA is VM_LOCKED. */
  public static final int VMA_LOCKED = 1 << 25;
  /** Argument: a 2 MiB folio. */
  public static final int LARGE = 1 << 24;
  /** Argument of MIGRATE_MOVE: the source had PG_mlocked when it was unmapped. */
  public static final int WAS_MLOCKED = 1 << 23;
  /** Argument of NEW_ANON: a copy of a page of the page cache. */
  public static final int COPIES_FILE = 1 << 19;
  /** Argument of NEW_FILE: the file lives in tmpfs or is a memfd. */
  public static final int SHMEM = 1 << 22;
  /** Argument of NEW_FILE: its content is read from swap. */
  public static final int FROM_SWAP = 1 << 18;
  /** Argument of NEW_FILE: a device is about to read it, and it is locked until that is over. */
  public static final int UNDER_READ = 1 << 20;
  /** Argument of READ: {@link #READ_GET} has taken hold of the folio. */
  public static final int IS_HELD = 1 << 20;
  /** Bits of a result of MIGRATE_MOVE. */
  public static final int MOVED = 1;
  public static final int IN_SWAP_CACHE = 2;
  /** Bits of a result of MIGRATE_UNMAP: the folio had PG_mlocked; it is being read. */
  public static final int HAD_MLOCKED = 1;
  public static final int IS_READ = 2;
  /** Argument of ZAP, MIGRATE_UNMAP, MIGRATE_MOVE, MIGRATE_REMAP: number of page tables that map the folio. */
  public static final int MAPS_MASK = 0xFFFF;

  /** Argument of ZAP: the entry was young, and the folio is of a file. */
  public static final int YOUNG = 1 << 18;
  /** Argument of DISCARD and RECLAIM: an entry that maps the lazily freed folio is dirty. */
  public static final int PTE_DIRTY = 1 << 21;
  /** Result word of INVALIDATE, see there. */
  public static final long PASSED_BY = 2;
  /** Result word of ISOLATE_RANGE, see there. */
  public static final long CLEAN_FILE = -1;

  /** Argument of COMPACT_SCAN: go on to the end of the pageblock, however many pages it has. */
  public static final int FINISH_BLOCK = 1 << 4;
  /** Argument of COMPACT_SCAN: pass over what is being written. */
  public static final int SKIP_WRITEBACK = 1 << 5;

  /** Argument of COMPACT_SCAN: blocks of this order, aligned, are given up at their first page that will not go. */
  public static int stopsAtFailure(int order) {
    return order + 1;
  }

  /** The order of such blocks, -1 for none. */
  static int failureOrder(int argument) {
    return (argument & 0xF) - 1;
  }

  /** Option of a burst: see {@link Burst#LATE}. */
  public static final int LATE_OPTION = Burst.LATE;

  /** Option of a burst: see {@link Burst#DEFER}. */
  public static final int DEFER_OPTION = Burst.DEFER;

  /** Argument of LRU_PUTBACK: the folio becomes active. */
  public static final int ACTIVATE = 1;
  /** Argument of LRU_PUTBACK: the folio becomes inactive, and part of the working set. */
  public static final int DEACTIVATE = 2;
  /** Argument of LRU_PUTBACK: MGLRU's evict_folios() could not free the folio. */
  public static final int REJECT = 4;
  /** Argument of LRU_PUTBACK, with REJECT: unless the folio should be tried once more, as writeback has ended meanwhile. */
  public static final int MAY_RETRY = 8;
  /** Argument of ISOLATE: leave the folio as a scan of the oldest folios does. */
  public static final int AS_A_SCAN = 1;
  /** Argument of SHADOW: a page table missed the page, not a file descriptor. */
  public static final int IN_FAULT = 1;
  /** Argument of LOOK_AROUND: the task has an mm_walk, so the generation is changed in place, without the activate batch. */
  public static final int HAS_MM_WALK = 1;

  // Arguments of scans: low bits as each says, then these.
  /** {@link pinfold.kernel.zone.ZoneType} of the highest zone that matters. */
  public static final int ZONE_SHIFT = 3;
  /** Reclaim by kswapd. */
  public static final int BY_KSWAPD = 1 << 6;
  /** Memory cgroup whose lruvec it is, 0 for the root. */
  public static final int MEMCG_SHIFT = 7;
  /** LRU_ISOLATE: see there. */
  public static final int CALLS_SHIFT = 8;
  /** Bit of the first result of GEN_ISOLATE: the folios were on lists of files. */
  public static final long OF_FILES = 1L << 31;
  /** Where that result has how many dirty pages of files it passed that nobody has begun to write. */
  public static final int UNQUEUED_SHIFT = 16;
  /** Argument of LRUVEC_READ: costs and statistics of all memory cgroups. */
  public static final int OF_ALL = 1;

  /** Bits of the last result of LRUVEC_READ: such pages have come back and become active since the last reclaim. */
  public static final int ANON_REFAULTED = 1;
  public static final int FILE_REFAULTED = 2;

  /** Further bits: the lruvec is congested (LRUVEC_NODE_CONGESTED, LRUVEC_CGROUP_CONGESTED); tasks sleep as they reclaimed in vain. */
  public static final int CONGESTED = 4;
  public static final int TASKS_SLEEP = 8;

  /** Argument of RECLAIM_DONE: the lists are MGLRU's, which note no cost. */
  public static final int GENERATIONAL = 4;
  /** Argument of RECLAIM: the folio entered the swap cache just now. */
  public static final int NEW_SLOT = 1 << 20;
  /** Argument of RECLAIM: not the folio's memory cgroup is reclaimed from but the root, and so all of them. */
  public static final int FOR_ALL = 1 << 22;
  /** In the argument of RECLAIM, by how many levels the memory cgroup that is reclaimed from is above the folio's. */
  public static final int LEVELS_SHIFT = 16;
  /** Argument of CHECK_REFERENCES: a page table was locked by somebody else, and reclaim does not wait. */
  public static final int PASSED_OVER = 1 << 21;
  /** Argument of CHECK_REFERENCES: kswapd asks. */
  public static final int KSWAPD_ASKS = 1 << 23;

  private static final BurstOp[] ALL = values();

  public boolean takesSecondWord() {
    return switch (this) {
      case NEW_ANON, NEW_SHMEM, NEW_FILE, MAP, MIGRATE_MOVE, ISOLATE_RANGE, COMPACT_SCAN, READ, INVALIDATE, RECLAIM_DONE, MAP_SWAPCACHE,
          SWAP_IN, DROP_SWAPCACHE, GEN_PROMOTE, GEN_NEXT, LOOK_AROUND, SHADOW, READ_GET, MAP_AROUND, GET_IF_READ, WRITE,
          START_WRITEBACK, SHMEM_OUT, SHMEM_IN, TRUNCATE -> true;
      default -> false;
    };
  }

  /** Whether a {@link FolioLog} says that it began; the others show as steps of their own or are about no folio. */
  boolean isLogged() {
    return switch (this) {
      case PIN, PIN_FAST, UNPIN, DRAIN, ASK, ENQUEUE -> false;
      default -> isOfFolio();
    };
  }

  /** Whether an element names a folio. */
  public boolean isOfFolio() {
    return switch (this) {
      case DRAIN, ISOLATE_RANGE, COMPACT_SCAN, LRUVEC_READ, ZONE_LRU_READ, LRU_ISOLATE, RECLAIM_DONE, GEN_READ, GEN_ISOLATE, GEN_NEXT,
          GEN_BLOCKED, SHADOW -> false;
      default -> true;
    };
  }

  /** Whether an element is about all folios from its pfn to the one of its second word. */
  public boolean scansRange() {
    return this == ISOLATE_RANGE || this == COMPACT_SCAN;
  }

  public long word(int pfn, int argument) {
    return (long) ordinal() << 56 | (long) argument << 30 | pfn;
  }

  /** Second word of RECLAIM_DONE: pages looked at, freed, written; each below a million. */
  public static long doneWord(int scanned, int reclaimed, int written) {
    return (long) scanned << 40 | (long) reclaimed << 20 | written;
  }

  /** The operation of an element. */
  public static BurstOp of(long word) {
    return ALL[(int) (word >>> 56)];
  }

  /** The folio of an element. */
  public static int pfn(long word) {
    return (int) word & (1 << 30) - 1;
  }

  /** The argument of an element. */
  public static int argument(long word) {
    return (int) (word >>> 30) & (1 << 26) - 1;
  }
}
