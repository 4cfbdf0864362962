package pinfold.kernel.trace;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What can be traced: the kernel's tracepoints that the model has the facts for (include/trace/events, 6.12), and probes
 * {@code k_function} on the entry of the functions that decide the fate of a batched folio, as the recordings have them.
 *
 * <p>A record has a page frame (0 where {@link #ofPage} is false, as there is none) and three longs, whose meaning is given
 * with each event: {@code high|low} are the two ints of a long.
 */
public enum TraceEvent {
  /** a: lru|cells of {@link PageFlags#cells}. */
  MM_LRU_INSERTION("pagemap", "mm_lru_insertion", true),
  MM_LRU_ACTIVATE("pagemap", "mm_lru_activate", true),
  /** Kernels of 2026: a lru_add batch was flushed by a drain. a: CPU|folios. */
  MM_LRU_ADD_DRAIN("pagemap", "mm_lru_add_drain", false),
  /** Kernels of 2026: a drain of all CPUs begins. a: forced. */
  MM_LRU_ADD_DRAIN_ALL("pagemap", "mm_lru_add_drain_all", false),

  /** a: order|migratetype asked for, b: {@link #GFP_USER_MEMORY} and so on; pfn 0 when there was none. */
  MM_PAGE_ALLOC("kmem", "mm_page_alloc", true),
  /** a: order. */
  MM_PAGE_FREE("kmem", "mm_page_free", true),
  /** a: order|migratetype, b: percpu_refill. */
  MM_PAGE_ALLOC_ZONE_LOCKED("kmem", "mm_page_alloc_zone_locked", true),
  /** a: order|migratetype. */
  MM_PAGE_PCPU_DRAIN("kmem", "mm_page_pcpu_drain", true),
  /** a: order|order of the block, b: migratetype asked for|that of the block, c: change_ownership. */
  MM_PAGE_ALLOC_EXTFRAG("kmem", "mm_page_alloc_extfrag", true),

  /** a: reason, {@link #REASON_LONGTERM_PIN} and so on. */
  MM_MIGRATE_PAGES_START("migrate", "mm_migrate_pages_start", false),
  /** a: pages moved|pages failed, b: large folios moved|failed, c: reason. */
  MM_MIGRATE_PAGES("migrate", "mm_migrate_pages", false),
  /** a: address, b: order. */
  SET_MIGRATION_PTE("migrate", "set_migration_pte", true),
  /** a: address, b: order. */
  REMOVE_MIGRATION_PTE("migrate", "remove_migration_pte", true),

  /** kswapd runs. a: node|order. */
  MM_VMSCAN_KSWAPD_WAKE("vmscan", "mm_vmscan_kswapd_wake", false),
  /** kswapd sleeps. a: node. */
  MM_VMSCAN_KSWAPD_SLEEP("vmscan", "mm_vmscan_kswapd_sleep", false),
  /** A task reclaims because its allocation found no page. a: order. */
  MM_VMSCAN_DIRECT_RECLAIM_BEGIN("vmscan", "mm_vmscan_direct_reclaim_begin", false),
  /** a: pages reclaimed. */
  MM_VMSCAN_DIRECT_RECLAIM_END("vmscan", "mm_vmscan_direct_reclaim_end", false),
  /** A reclaim of a memory cgroup begins. */
  MM_VMSCAN_MEMCG_RECLAIM_BEGIN("vmscan", "mm_vmscan_memcg_reclaim_begin", false),
  /** a: pages reclaimed. */
  MM_VMSCAN_MEMCG_RECLAIM_END("vmscan", "mm_vmscan_memcg_reclaim_end", false),
  /** a: requested|scanned, b: skipped|taken, c: classzone|list. */
  MM_VMSCAN_LRU_ISOLATE("vmscan", "mm_vmscan_lru_isolate", false),
  /** a: scanned|reclaimed, b: referenced and kept|not unmapped, c: node << 56 | priority << 48 |
   * activated << 16 | file. */
  MM_VMSCAN_LRU_SHRINK_INACTIVE("vmscan", "mm_vmscan_lru_shrink_inactive", false),
  /** a: taken|deactivated, b: priority|file, c: node. */
  MM_VMSCAN_LRU_SHRINK_ACTIVE("vmscan", "mm_vmscan_lru_shrink_active", false),

  /** A new page's first references. a: page flags, b: count after|mapcount, c: migratetype|change. */
  PAGE_REF_SET("page_ref", "page_ref_set", true),
  /** References were added. As {@link #PAGE_REF_SET}. */
  PAGE_REF_MOD("page_ref", "page_ref_mod", true),
  /** References were dropped. As {@link #PAGE_REF_SET}. */
  PAGE_REF_MOD_AND_TEST("page_ref", "page_ref_mod_and_test", true),

  K_LRU_ADD_DRAIN("kprobes", "k_lru_add_drain", false),
  K_LRU_ADD_DRAIN_CPU("kprobes", "k_lru_add_drain_cpu", false),
  K_LRU_ADD_DRAIN_ALL("kprobes", "k_lru_add_drain_all", false),
  K_LRU_ADD_DRAIN_PER_CPU("kprobes", "k_lru_add_drain_per_cpu", false),
  K_FOLIO_BATCH_MOVE_LRU("kprobes", "k_folio_batch_move_lru", false),
  K_FOLIO_MARK_ACCESSED("kprobes", "k_folio_mark_accessed", true),
  /** folio_add_lru() from another file; new anonymous memory goes through folio_add_lru_vma(), where it is inlined. */
  K_FOLIO_ADD_LRU("kprobes", "k_folio_add_lru", true),
  K___GUP_LONGTERM_LOCKED("kprobes", "k___gup_longterm_locked", false),
  /** a: page flags, b: refcount|_mapcount as stored. */
  K_FOLIO_ISOLATE_LRU("kprobes", "k_folio_isolate_lru", true),
  K_MIGRATE_PAGES("kprobes", "k_migrate_pages", false),

  // What no tracepoint of the kernel tells; the text of these is Pinfold's own.
  /** An operation on a folio begins. a: ordinal of {@link pinfold.kernel.node.BurstOp}. */
  FOLIO_OPERATION("pinfold", "folio_operation", true),
  /** Flags were set or cleared. a: page flags before, b: after. */
  FOLIO_FLAGS("pinfold", "folio_flags", true),
  /** A folio enters a batch of the CPU. a: kind|mlock tag, b: entries then|{@link FlushReason}, c: page flags. */
  FOLIO_BATCH_ADD("pinfold", "folio_batch_add", true),
  /** A folio leaves a batch of the CPU. a: kind|mlock tag, b: {@link FlushOutcome}|{@link FlushReason}, c: page flags before. */
  FOLIO_BATCH_FLUSH("pinfold", "folio_batch_flush", true),
  /** The rule was asked. a: page flags, b: refcount|what caches and mappings account for, c: CPU that queued it last + 1|progress << 8
   * | action. */
  GUP_DRAIN_RULE("pinfold", "gup_drain_rule", true),
  /** A round of __gup_longterm_locked() has looked at its pages. a: round|pages pinned, b: pages that must move|of them isolated folios. */
  GUP_ROUND("pinfold", "gup_round", false),
  /** A move was tried. a: refcount|the one that it needs, b: destination, 0 where it stays, c: {@link MigrateObstacle} << 32 |
   * late << 31 | CPU and kind of who queued it last + 1. */
  MIGRATE_TRY("pinfold", "migrate_try", true),
  /** The page takes the place of another. a: that one. */
  MIGRATE_DESTINATION("pinfold", "migrate_destination", true),
  /** The start of a VM goes on. a: number of the VM|phase of {@link VmPhase}. */
  VM_PHASE("pinfold", "vm_phase", false);

  /** Memory of users: CMA and ZONE_MOVABLE may serve it. */
  public static final int GFP_USER_MEMORY = 0;
  /** Memory that stays where it is. */
  public static final int GFP_KERNEL_MEMORY = 1;

  /** What alloc_contig_range() moves pages to. */
  public static final int GFP_CONTIG_MEMORY = 2;

  /** MR_LONGTERM_PIN. */
  public static final int REASON_LONGTERM_PIN = 0;
  /** MR_SYSCALL. */
  public static final int REASON_SYSCALL = 1;
  /** MR_CONTIG_RANGE. */
  public static final int REASON_CONTIG_RANGE = 2;
  /** MR_COMPACTION in MIGRATE_ASYNC and in MIGRATE_SYNC_LIGHT mode; all the others are MIGRATE_SYNC. */
  public static final int REASON_COMPACTION_ASYNC = 3;
  public static final int REASON_COMPACTION = 4;

  /** Events that kernels before 2026 do not have. */
  public static final Set<TraceEvent> OF_2026 = Collections.unmodifiableSet(EnumSet.of(MM_LRU_ADD_DRAIN, MM_LRU_ADD_DRAIN_ALL));

  /** Why a batch is flushed. */
  public enum FlushReason {
    /** It is not. */
    NONE("kept"),
    FULL("full"),
    LARGE("large_folio"),
    DISABLED("lru_cache_disabled"),
    DRAIN("drain"),
    /** Another node flushed the batch, and this one has learnt it. */
    OTHER_NODE("flushed_on_another_node");

    private final String text;

    FlushReason(String text) {
      this.text = text;
    }

    /** As a trace shows it. */
    public String text() {
      return text;
    }
  }

  /** What a flush did with an entry, besides dropping its reference. */
  public enum FlushOutcome {
    DONE("done"),
    /** PG_lru was clear, so that the folio belongs to somebody else. */
    NOT_ON_LRU("lru_clear"),
    /** Nobody but the batch held it. */
    DEAD("dead");

    private final String text;

    FlushOutcome(String text) {
      this.text = text;
    }

    /** As a trace shows it. */
    public String text() {
      return text;
    }
  }

  /** Why a folio did not move. */
  public enum MigrateObstacle {
    NONE("moved"),
    REFERENCES("unexpected_references"),
    MAPPED("still_mapped"),
    WRITEBACK("writeback"),
    LOCKED("locked"),
    TRUNCATED("truncated");

    private final String text;

    MigrateObstacle(String text) {
      this.text = text;
    }

    /** As a trace shows it. */
    public String text() {
      return text;
    }
  }

  /** Where the start of a VM has come. */
  public enum VmPhase {
    BEGINS, PREALLOCATES, WAITS, PINS, CLEANS_UP, ENDS
  }

  private static final TraceEvent[] ALL = values();

  private final String system;
  private final String eventName;
  private final boolean ofPage;

  TraceEvent(String system, String eventName, boolean ofPage) {
    this.system = system;
    this.eventName = eventName;
    this.ofPage = ofPage;
  }

  /** The directory below events/ that the event is in, as in {@code pagemap:mm_lru_insertion}. */
  public String system() {
    return system;
  }

  /** The name that a trace shows. */
  public String eventName() {
    return eventName;
  }

  /** Whether the event is about one page, so that it can be picked by its page frame number. */
  public boolean ofPage() {
    return ofPage;
  }

  static TraceEvent of(int ordinal) {
    return ALL[ordinal];
  }
}
