package pinfold.experiment.explain;

import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.trace.PageFlags;
import pinfold.kernel.trace.TraceEvent.FlushOutcome;
import pinfold.kernel.trace.TraceEvent.FlushReason;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.KernelVariant;

/** Which switch of a variant decided what is seen, and what it says, in words; switches by their names in variant files. */
final class VariantRules {
  private final KernelVariant variant;

  VariantRules(KernelVariant variant) {
    this.variant = variant;
  }

  /** Of an entry that was queued. */
  String queued(BatchKind kind, int tag, FlushReason flush) {
    String now = switch (flush) {
      case FULL -> "batch-capacity = " + variant.batchCapacity() + ": with this entry the batch is full, so it is flushed now";
      case LARGE -> "no batch keeps a large folio (all variants): it is flushed now";
      case DISABLED -> "lru-cache-disable = " + variant.lruCacheDisable() + ": batches keep nothing until lru_cache_enable()";
      case NONE, DRAIN, OTHER_NODE -> "";
    };
    String stays = switch (kind) {
      case LRU_ADD -> "PG_lru is clear until the flush, as the folio is on no list (all variants)";
      case MLOCK -> tag == FolioBatches.TAG_NEW ? "PG_lru is clear until the flush, as the folio is on no list (all variants)"
          : "an mlock batch leaves PG_lru as it is (all variants)";
      default -> variant.clearLruAtQueue()
          ? "clear-lru-at-queue = true: PG_lru was cleared as it was queued, so everybody sees that a batch has it"
          : "clear-lru-at-queue = false: PG_lru stays set while the batch has it";
    };
    return now.isEmpty() ? stays : now;
  }

  /** Of an entry that was flushed. */
  String flushed(BatchKind kind, FlushOutcome outcome) {
    return switch (outcome) {
      case NOT_ON_LRU -> "flush-tests-lru = true: PG_lru was clear, so somebody else has the folio and the flush passes over it";
      case DEAD -> "filter-dead-on-add-flush = true: nobody but the batch held it, so it is freed and never put on a list";
      case DONE -> kind == BatchKind.LRU_ADD || kind == BatchKind.MLOCK ? ""
          : variant.flushTestsLru() ? "flush-tests-lru = true: PG_lru was set, so the flush takes the folio" : "";
    };
  }

  /** Why a drain of all CPUs takes so many of them, or none. */
  String drainAll() {
    return variant.drainAllDrainsLocalFirst()
        ? "drain-all-drains-local-first = true: the caller's CPU first, then the CPUs whose batches are not empty"
        : variant.drainAllPiggybacks() ? "drain-all-piggybacks = true: returns early where another's drain began and ended meanwhile" : "";
  }

  /** What a folio that does not move owes to the variant. */
  String tries() {
    return "migrate-passes = " + variant.migratePasses();
  }

  /**
   * The drain rule's answer.
   *
   * @param flags of {@link PageFlags}
   * @param expected references that caches and mappings account for
   */
  String asked(long flags, int refcount, int expected, int lastQueuedOn, Progress drained, Action action) {
    DrainRule rule = variant.drainRule();
    boolean lru = (flags & PageFlags.LRU) != 0;
    boolean large = (flags & PageFlags.HEAD) != 0;
    String name = "drain-rule = " + rule.name();
    String spent = drained == Progress.ALL ? "; this call has had its drain of all CPUs" : "";
    return switch (rule) {
      case DrainRules.LruFlag any -> name + ": it drains for a folio with PG_lru clear; this one has it " + (lru ? "set" : "clear")
          + (lru ? "" : spent);
      case DrainRules.Always any -> name + ": it drains all CPUs at the first folio that must move" + spent;
      case DrainRules.LruOrMlocked any -> name + ": it drains for a folio with PG_lru clear or PG_mlocked set; PG_lru is " + said(lru)
          + ", PG_mlocked " + said((flags & PageFlags.MLOCKED) != 0) + spent;
      case DrainRules.MlockedNotUnevictable any -> name
          + ": it drains for a folio with PG_lru clear, or PG_mlocked set and PG_unevictable clear; "
          + "PG_lru is " + said(lru) + ", PG_mlocked " + said((flags & PageFlags.MLOCKED) != 0) + ", PG_unevictable "
          + said((flags & PageFlags.UNEVICTABLE) != 0) + spent;
      case DrainRules.Refcount refcounts -> refcount(name, refcounts, large, refcount, expected, action) + spent;
      case DrainRules.OwnerHint any -> name + ": " + (large ? "a large folio, which no batch keeps"
          : counted(refcount, expected, 1024) + (lastQueuedOn < 0 ? "; no CPU is known to have it" : "; CPU " + lastQueuedOn
              + " queued it last")) + spent;
      default -> name + " answered " + action + " after " + drained;
    };
  }

  private static String refcount(String name, DrainRules.Refcount rule, boolean large, int refcount, int expected, Action action) {
    if (large && rule.onlyIfMayBeCached()) {
      return name + ", drain-only-if-may-be-cached = true: a large folio, which no batch keeps";
    }
    String bias = large ? "" : ", pin-refs-in-expectation = " + (rule.pinBias() ? "BIAS" : "ONE");
    String local = action == Action.DRAIN_LOCAL ? "; local-drain-first = true: its own CPU first" : "";
    return name + bias + ": " + counted(refcount, expected, large || !rule.pinBias() ? 1 : 1024) + local;
  }

  private static String counted(int refcount, int expected, int pin) {
    int unexpected = refcount - expected - pin;
    return refcount + " references, of which " + expected + " from mappings and caches and " + pin + " from the pin are accounted for: "
        + (unexpected == 0 ? "nobody else holds it" : unexpected + " too many");
  }

  private static String said(boolean set) {
    return set ? "set" : "clear";
  }
}
