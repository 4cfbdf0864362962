package pinfold.kernel.cost;

/**
 * Every constant of the cost model: nanoseconds, where the number comes from, and whether it was fitted to a published
 * figure (calibrated) or is an assumption that a sensitivity run should vary. They are frozen: docs/decisions/0008-cost-freeze.md says what
 * was fitted to what, and when one may move.
 */
public enum Cost {
  // VFIO maps 16 GiB of present 4 KiB pages in 0.280 s (6.16-rc4): 66.8 ns per page. The first pin of preallocated memory
  // also moves every page to the active list, for which the LRU lock's constants stand; the five below share the rest, and
  // only the sum is fitted.
  GUP_CALL(1_200, Basis.CALIBRATED, "fixed part of one GUP call; sum fitted to VFIO map, 16 GiB in 0.280 s"),
  GUP_WALK_PAGE(12, Basis.CALIBRATED, "page-table walk per page in GUP; sum fitted as above"),
  PIN_PAGE(9, Basis.CALIBRATED, "try_grab_folio and mark_accessed per page; sum fitted as above"),
  COLLECT_PAGE(3, Basis.CALIBRATED, "collect_longterm_unpinnable_folios per page; sum fitted as above"),
  VFIO_MAP_PAGE(7, Basis.CALIBRATED, "pfn bookkeeping and IOMMU mapping per page; sum fitted as above"),
  UNPIN_PAGE(15, Basis.CALIBRATED, "gup_test put: 31,676 us for 8 GiB (6.15)"),

  FAULT_PAGE(450, Basis.ASSUMED, "minor fault of one zeroed 4 KiB page without lock waits"),
  FAULT_THP(60_000, Basis.ASSUMED, "fault of one zeroed 2 MiB folio"),
  FAULT_PRIVATE_FILE_PAGE(3_760, Basis.CALIBRATED,
      "write fault of a private file page, copied, with both threads of every core at it; time not spent spinning in the batch-size rows"),
  MAP_PAGE(120, Basis.ASSUMED, "fault of a page that is in the page cache"),
  WALK_PAGE(8, Basis.ASSUMED, "page-table walk per page outside GUP"),
  SYSCALL(150, Basis.ASSUMED, "entry and exit of a system call"),
  TOUCH_PAGE(40, Basis.ASSUMED, "folio_mark_accessed of one page"),
  READ_PAGE(180, Basis.ASSUMED, "copy of 4 KiB between the page cache and user memory"),
  MADVISE_PAGE(50, Basis.ASSUMED, "madvise per page"),
  MLOCK_PAGE(40, Basis.ASSUMED, "mlock and munlock per page"),
  UNMAP_PAGE(45, Basis.ASSUMED, "zap per page"),
  PUT_PAGE(15, Basis.ASSUMED, "last put and free to the pcp list per page"),
  ENQUEUE_PAGE(1, Basis.ASSUMED, "storing an entry in a batch; all but this is part of the operation that stores it"),
  DRAIN_EMPTY(15, Basis.ASSUMED, "lru_add_drain() with all batches empty"),

  LRU_LOCK_FIXED(120, Basis.ASSUMED, "lru_lock round without its pages, when nobody else wants the lock"),
  LRU_LOCK_PAGE(30, Basis.ASSUMED, "the same per page put on a list or taken off one"),
  // will-it-scale page_fault2, 104 processes, 2 nodes (LKP, 15 March 2024): 8,839,851 faults/s with batches of 15 and releases of 32,
  // 8,423,518 with 15 and 15. Two numbers, two constants: fixed parts of 316 ns together with LRU_LOCK_FIXED, and 98 ns a page with
  // LRU_LOCK_PAGE, adding and releasing taken to be equal.
  LRU_LOCK_HANDOVER(196, Basis.CALIBRATED, "what the fixed part of a round takes more when lru_lock was waited for; batch-size rows"),
  LRU_LOCK_PAGE_MISS(68, Basis.CALIBRATED, "what each page takes more then, its neighbours on the list in other caches; batch-size rows"),
  ISOLATE_PAGE(110, Basis.ASSUMED, "folio_isolate_lru of one folio, lru_lock held"),

  MIGRATE_UNMAP_PAGE(350, Basis.ASSUMED, "rmap walk, migration entry, TLB share per page"),
  MIGRATE_TRY_PAGE(60, Basis.ASSUMED, "a move attempt that the reference check refuses"),
  MIGRATE_MOVE_PAGE(550, Basis.ASSUMED, "copy of 4 KiB, flags, mapping switch per page"),
  MIGRATE_MOVE_THP(150_000, Basis.ASSUMED, "copy of 2 MiB"),
  MIGRATE_REMAP_PAGE(150, Basis.ASSUMED, "migration entry back to a PTE per page"),
  MIGRATE_CALL(2_500, Basis.ASSUMED, "fixed part of migrate_pages(), one batched TLB flush"),

  PCP_REFILL(400, Basis.ASSUMED, "zone->lock round of a pcp refill or free, fixed part"),
  PCP_REFILL_PAGE(18, Basis.ASSUMED, "the same per page"),
  ZONE_RETRY(100_000, Basis.ASSUMED, "how long a CPU takes a zone for empty after its watermark said no; ours, to save messages"),

  CMA_BITMAP(300, Basis.ASSUMED, "cma->lock and the search of an area's bitmap"),
  ISOLATE_PAGEBLOCK(500, Basis.ASSUMED, "zone->lock, set_migratetype_isolate() or unset, free pages moved, per pageblock"),
  CONTIG_SCAN_PAGE(20, Basis.ASSUMED, "isolate_migratepages_block() per page in use, without the isolation"),
  DRAIN_PCP(150, Basis.ASSUMED, "drain_pages_zone() of one CPU, without its pages"),
  RECLAIM_CLEAN_PAGE(250, Basis.ASSUMED, "shrink_folio_list() of a clean page, without the unmap"),

  COMPACT_ZONE(1_500, Basis.ASSUMED, "fixed part of compact_zone() of one zone: about three rounds of a lock and their bookkeeping"),
  COMPACT_PAGEBLOCK(40, Basis.ASSUMED, "isolate_migratepages() per pageblock looked at: type and hint, one cache line each"),
  COMPACT_FREE_PAGE(4, Basis.ASSUMED, "isolate_freepages_block() per page looked at: one flag of neighbouring struct pages"),
  COMPACT_ISOLATE_FREE(80, Basis.ASSUMED, "__isolate_free_page(): watermark check and list removal; a fault's zeroing is not in it"),

  RECLAIM_CALL(900, Basis.ASSUMED, "fixed part of a round of reclaim: one try_to_free_pages() priority, one shrink_list()"),
  LRU_SCAN_PAGE(25, Basis.ASSUMED, "isolate_lru_folios() per folio, lru_lock held"),
  REFERENCED_PAGE(140, Basis.ASSUMED, "folio_referenced(): rmap walk and accessed bit per page"),
  RECLAIM_PAGE(60, Basis.ASSUMED, "shrink_folio_list() per folio without rmap walks and I/O"),
  SWAP_SLOT(40, Basis.ASSUMED, "folio_alloc_swap() and swap cache per page"),
  SWAP_UNMAP_PAGE(300, Basis.ASSUMED, "try_to_unmap(): rmap walk, swap entry, TLB share per page"),
  SWAP_WRITE_PAGE(3_000, Basis.ASSUMED, "a page compressed and stored by zram, on the CPU that reclaims"),
  SWAP_READ_PAGE(1_500, Basis.ASSUMED, "a page found in zram and decompressed"),
  SWAP_SUBMIT_PAGE(500, Basis.ASSUMED, "a page of swap I/O from bio to the device's queue, on the CPU that asks"),
  SWAP_INTERRUPT(1_500, Basis.ASSUMED, "an interrupt of the swap device, without its pages"),
  END_WRITEBACK_PAGE(150, Basis.ASSUMED, "folio_start_writeback() or folio_end_writeback() per page"),
  LOOK_AROUND_PAGE(3, Basis.ASSUMED, "lru_gen_look_around() per page table entry"),
  AGE_PAGE(10, Basis.ASSUMED, "MGLRU's aging: walk of the page tables per page"),

  OOM_BADNESS(500, Basis.ASSUMED, "oom_badness() of one task"),
  OOM_LOCK_TAKEN(4_000_000, Basis.ASSUMED, "sleep of an allocation that finds oom_lock taken: a jiffy, here of 250 HZ"),

  DRAIN_ALL_FIXED(1_000, Basis.ASSUMED, "lru_add_drain_all() without CPUs to drain"),
  DRAIN_ALL_CPU(60, Basis.ASSUMED, "cpu_needs_drain() per online CPU"),
  DRAIN_ALL_QUEUE(700, Basis.ASSUMED, "queue_work_on() and wake-up per CPU to drain"),
  KWORKER_WAKE(25_000, Basis.ASSUMED, "a woken kworker until it runs on a CPU that can be preempted"),
  KWORKER_RUN(900, Basis.ASSUMED, "two context switches and the work item"),
  RCU_EXPEDITED(60_000, Basis.ASSUMED, "synchronize_rcu_expedited()"),
  RCU_NORMAL(30_000_000, Basis.ASSUMED, "synchronize_rcu(): tens of ms a call on an idle board of four cores (evidence 3.4, order only)"),
  FORK_EXEC(700_000, Basis.ASSUMED, "fork, exec and exit of a compiler's process, without its own page faults"),
  CONTEXT_SWITCH(1_200, Basis.ASSUMED, "from one task to another"),
  FAIR_SLICE(3_000_000, Basis.ASSUMED, "base_slice_ns of the fair class");

  /** Where a constant comes from. */
  public enum Basis {
    CALIBRATED,
    ASSUMED
  }

  private final long nanos;
  private final Basis basis;
  private final String source;

  Cost(long nanos, Basis basis, String source) {
    this.nanos = nanos;
    this.basis = basis;
    this.source = source;
  }

  /** Default, ns. */
  public long nanos() {
    return nanos;
  }

  public Basis basis() {
    return basis;
  }

  public String source() {
    return source;
  }
}
