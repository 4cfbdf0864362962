package pinfold.scenario.trace;

import static pinfold.kernel.trace.TraceRecord.high;
import static pinfold.kernel.trace.TraceRecord.low;

import java.util.Locale;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.FlushOutcome;
import pinfold.kernel.trace.TraceEvent.FlushReason;
import pinfold.kernel.trace.TraceEvent.MigrateObstacle;
import pinfold.kernel.trace.TraceEvent.VmPhase;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * The fields of an event as the kernel prints them (include/trace/events/*.h, 6.12).
 *
 * <p>Pointers are numbers that stand for the page frame, as the kernel's hashed ones do. Where the model has no fact a field is
 * fixed: gfp_flags names the kind of memory alone, mapping is null, the offset and size of a probed function are 0, and the pte
 * of a migration event is the page frame's address with the present bit.
 */
final class EventText {
  private static final String CELLS = "MasbdB";
  private static final String[] GFP = {"GFP_HIGHUSER_MOVABLE", "GFP_USER", "GFP_USER|__GFP_RETRY_MAYFAIL|__GFP_MOVABLE"};
  private static final String[] REASONS = {"longterm_pin", "syscall_or_cpuset", "contig_range", "compaction", "compaction"};
  private static final String MODE = "MIGRATE_SYNC";
  private static final String[] MODES = {MODE, MODE, MODE, "MIGRATE_ASYNC", "MIGRATE_SYNC_LIGHT"};
  private static final String[] LISTS = {"inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable"};
  private static final int PAGEBLOCK_ORDER = 9;
  private static final int PAGE_SHIFT = 12;

  private static final long HOLDER = 0x7FFF_FFFFL;
  private static final BurstOp[] OPERATIONS = BurstOp.values();
  private static final FlushReason[] FLUSH_REASONS = FlushReason.values();
  private static final FlushOutcome[] FLUSH_OUTCOMES = FlushOutcome.values();
  private static final MigrateObstacle[] OBSTACLES = MigrateObstacle.values();
  private static final Action[] ACTIONS = Action.values();
  private static final Progress[] PROGRESSES = Progress.values();
  private static final VmPhase[] PHASES = VmPhase.values();

  private final boolean countsSplitFolios;

  /** @param countsSplitFolios mm_migrate_pages has the field nr_split, which 6.1 lacks */
  EventText(boolean countsSplitFolios) {
    this.countsSplitFolios = countsSplitFolios;
  }

  /** What follows {@code name: } on the line. */
  String fields(TraceRecord record) {
    long a = record.a();
    long b = record.b();
    long c = record.c();
    return switch (record.event()) {
      case MM_LRU_INSERTION -> "folio=" + pointer(record) + pfn(record) + " lru=" + high(a) + " flags=" + cells(low(a));
      case MM_LRU_ACTIVATE -> "folio=" + pointer(record) + pfn(record);
      case MM_LRU_ADD_DRAIN -> "cpu=" + high(a) + " nr=" + low(a);
      case MM_LRU_ADD_DRAIN_ALL -> "force=" + a;
      case MM_PAGE_ALLOC -> page(record) + " order=" + high(a) + " migratetype=" + low(a) + " gfp_flags=" + GFP[(int) b];
      case MM_PAGE_FREE -> page(record) + " order=" + a;
      case MM_PAGE_ALLOC_ZONE_LOCKED -> page(record) + " order=" + high(a) + " migratetype=" + low(a) + " percpu_refill=" + b;
      case MM_PAGE_PCPU_DRAIN -> page(record) + " order=" + high(a) + " migratetype=" + low(a);
      case MM_PAGE_ALLOC_EXTFRAG -> page(record) + " alloc_order=" + high(a) + " fallback_order=" + low(a)
          + " pageblock_order=" + PAGEBLOCK_ORDER + " alloc_migratetype=" + high(b) + " fallback_migratetype=" + low(b)
          + " fragmenting=" + (low(a) < PAGEBLOCK_ORDER ? 1 : 0) + " change_ownership=" + c;
      case MM_MIGRATE_PAGES_START -> "mode=" + MODES[(int) a] + " reason=" + REASONS[(int) a];
      case MM_MIGRATE_PAGES -> "nr_succeeded=" + high(a) + " nr_failed=" + low(a)
          + " nr_thp_succeeded=" + high(b) + " nr_thp_failed=" + low(b) + " nr_thp_split=0"
          + (countsSplitFolios ? " nr_split=0" : "") + " mode=" + MODES[(int) c] + " reason=" + REASONS[(int) c];
      case SET_MIGRATION_PTE -> pte(record, 0);
      case REMOVE_MIGRATION_PTE -> pte(record, 1);
      case PAGE_REF_SET, PAGE_REF_MOD -> reference(record);
      case PAGE_REF_MOD_AND_TEST -> reference(record) + " ret=" + (high(b) == 0 ? 1 : 0);
      case MM_VMSCAN_KSWAPD_WAKE -> "nid=" + high(a) + " order=" + low(a);
      case MM_VMSCAN_KSWAPD_SLEEP -> "nid=" + a;
      case MM_VMSCAN_DIRECT_RECLAIM_BEGIN -> "order=" + a + " gfp_flags=" + GFP[0];
      case MM_VMSCAN_DIRECT_RECLAIM_END -> "nr_reclaimed=" + a;
      case MM_VMSCAN_MEMCG_RECLAIM_BEGIN -> "order=0 gfp_flags=" + GFP[0];
      case MM_VMSCAN_MEMCG_RECLAIM_END -> "nr_reclaimed=" + a;
      case MM_VMSCAN_LRU_ISOLATE -> "classzone=" + high(c) + " order=0 nr_requested=" + high(a) + " nr_scanned=" + low(a)
          + " nr_skipped=" + high(b) + " nr_taken=" + low(b) + " lru=" + LISTS[low(c)];
      case MM_VMSCAN_LRU_SHRINK_INACTIVE -> "nid=" + (c >>> 56) + " nr_scanned=" + high(a) + " nr_reclaimed=" + low(a)
          + " nr_dirty=0 nr_writeback=0 nr_congested=0 nr_immediate=0"
          + " nr_activate_anon=" + ((c & 1) == 0 ? activated(c) : 0) + " nr_activate_file=" + ((c & 1) == 0 ? 0 : activated(c))
          + " nr_ref_keep=" + high(b) + " nr_unmap_fail=" + low(b) + " priority=" + (c >>> 48 & 0xFF)
          + " flags=" + writeback(c & 1);
      case MM_VMSCAN_LRU_SHRINK_ACTIVE -> "nid=" + c + " nr_taken=" + high(a) + " nr_active=0 nr_deactivated=" + low(a)
          + " nr_referenced=0 priority=" + high(b) + " flags=" + writeback(low(b));
      case K_FOLIO_ISOLATE_LRU ->
          probe(record.event()) + " flags=0x" + Long.toHexString(a) + " ref=" + high(b) + " mapc=" + low(b);
      case K_LRU_ADD_DRAIN, K_LRU_ADD_DRAIN_CPU, K_LRU_ADD_DRAIN_ALL, K_LRU_ADD_DRAIN_PER_CPU, K_FOLIO_BATCH_MOVE_LRU,
          K_FOLIO_MARK_ACCESSED, K_FOLIO_ADD_LRU, K___GUP_LONGTERM_LOCKED, K_MIGRATE_PAGES -> probe(record.event());
      case FOLIO_OPERATION -> pfn(record).substring(1) + " op=" + lower(OPERATIONS[(int) a]);
      case FOLIO_FLAGS -> pfn(record).substring(1) + " set=" + flags(b & ~a) + " cleared=" + flags(a & ~b) + " flags=" + flags(b);
      case FOLIO_BATCH_ADD -> pfn(record).substring(1) + " batch=" + BatchKind.of(high(a)).kernelName() + " tag=" + low(a)
          + " nr=" + high(b) + " flush=" + FLUSH_REASONS[low(b)].text() + " flags=" + flags(c);
      case FOLIO_BATCH_FLUSH -> pfn(record).substring(1) + " batch=" + BatchKind.of(high(a)).kernelName() + " tag=" + low(a)
          + " result=" + FLUSH_OUTCOMES[high(b)].text() + " reason=" + FLUSH_REASONS[low(b)].text() + " flags=" + flags(c);
      case GUP_DRAIN_RULE -> pfn(record).substring(1) + " drained=" + lower(PROGRESSES[low(c) >>> 8]) + " action="
          + lower(ACTIONS[low(c) & 0xFF]) + " count=" + high(b) + " expected=" + low(b) + " queued_on=" + (high(c) - 1) + " flags="
              + flags(a);
      case GUP_ROUND -> "round=" + high(a) + " nr_pinned=" + low(a) + " nr_unpinnable=" + high(b) + " nr_isolated=" + low(b);
      case MIGRATE_TRY -> pfn(record).substring(1) + " count=" + high(a) + " expected=" + low(a) + " result="
          + OBSTACLES[high(c)].text() + " to=0x" + Long.toHexString(b) + " late=" + (low(c) >>> 31)
          + ((c & HOLDER) == 0 ? "" : " queued_on=" + ((c & HOLDER) - 1 >>> 3) + " batch=" + BatchKind.of((int) (c & HOLDER) - 1 & 7)
              .kernelName());
      case MIGRATE_DESTINATION -> pfn(record).substring(1) + " from=0x" + Long.toHexString(a);
      case VM_PHASE -> "vm=" + high(a) + " phase=" + lower(PHASES[low(a)]);
    };
  }

  private static long activated(long c) {
    return c >>> 16 & 0xFFFF_FFFFL;
  }

  private static String writeback(long file) {
    return (file == 0 ? "RECLAIM_WB_ANON" : "RECLAIM_WB_FILE") + "|RECLAIM_WB_ASYNC";
  }

  /** Whether interrupts are off where the event is: under lru_lock and zone->lock. */
  static boolean irqsOff(TraceEvent event) {
    return switch (event) {
      case MM_LRU_INSERTION, MM_LRU_ACTIVATE, MM_VMSCAN_LRU_ISOLATE, MM_PAGE_ALLOC_ZONE_LOCKED, MM_PAGE_PCPU_DRAIN,
          MM_PAGE_ALLOC_EXTFRAG -> true;
      default -> false;
    };
  }

  private static String page(TraceRecord record) {
    return "page=" + (record.pfn() == 0 ? "(null)" : pointer(record)) + pfn(record);
  }

  private static String pfn(TraceRecord record) {
    return " pfn=0x" + Integer.toHexString(record.pfn());
  }

  /** 32 bits that differ for different page frames, behind 32 zeros: what %p prints. */
  private static String pointer(TraceRecord record) {
    int x = record.pfn() * 0x9E3779B1;
    x = (x ^ x >>> 15) * 0x85EBCA6B;
    x ^= x >>> 13;
    String digits = Integer.toHexString(x);
    return "0000000000000000".substring(digits.length()) + digits;
  }

  private static String cells(int bits) {
    StringBuilder text = new StringBuilder();
    for (int cell = 0; cell < CELLS.length(); cell++) {
      text.append((bits >>> cell & 1) != 0 ? CELLS.charAt(cell) : cell == 1 ? 'f' : ' ');
    }
    return text.toString();
  }

  private static String pte(TraceRecord record, int present) {
    long pte = (long) record.pfn() << PAGE_SHIFT | present;
    return "addr=" + Long.toHexString(record.a()) + ", pte=" + Long.toHexString(pte) + " order=" + record.b();
  }

  private static String reference(TraceRecord record) {
    return pfn(record).substring(1) + " flags=" + flags(record.a()) + " count=" + high(record.b())
        + " mapcount=" + low(record.b()) + " mapping=0000000000000000 mt=" + high(record.c()) + " val=" + low(record.c());
  }

  private static String flags(long word) {
    return PageFlagNames.text(word);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String probe(TraceEvent event) {
    return "(" + event.eventName().substring(2) + "+0x0/0x0)";
  }
}
