package pinfold.experiment.explain;

import static pinfold.kernel.trace.TraceRecord.high;
import static pinfold.kernel.trace.TraceRecord.low;

import java.util.Locale;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.PageFlags;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceEvent.FlushOutcome;
import pinfold.kernel.trace.TraceEvent.FlushReason;
import pinfold.kernel.trace.TraceEvent.MigrateObstacle;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.scenario.trace.PageFlagNames;

/** A record about a folio in words: what happened, which rule decided, and who it was done to. */
final class FolioWords {
  private static final BurstOp[] OPERATIONS = BurstOp.values();
  private static final FlushReason[] FLUSH_REASONS = FlushReason.values();
  private static final FlushOutcome[] FLUSH_OUTCOMES = FlushOutcome.values();
  private static final MigrateObstacle[] OBSTACLES = MigrateObstacle.values();
  private static final Action[] ACTIONS = Action.values();
  private static final Progress[] PROGRESSES = Progress.values();
  private static final String[] LISTS = {"inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable"};
  private static final long HOLDER = 0x7FFF_FFFFL;
  private static final int PIN = 1024;

  private final Directory directory;
  private final VariantRules rules;
  private final int batchCapacity;

  FolioWords(Directory directory, VariantRules rules, int batchCapacity) {
    this.directory = directory;
    this.rules = rules;
    this.batchCapacity = batchCapacity;
  }

  /** What happened, empty for a record that says nothing which another does not. */
  String what(TraceRecord record) {
    long a = record.a();
    long b = record.b();
    long c = record.c();
    return switch (record.event()) {
      case MM_PAGE_ALLOC -> "allocated " + order(high(a)) + place(record.pfn());
      case MM_PAGE_FREE -> "freed";
      case MM_PAGE_ALLOC_ZONE_LOCKED -> "taken from the zone's free lists" + (b == 0 ? "" : " for the CPU's own");
      case MM_PAGE_PCPU_DRAIN -> "given back to the zone's free lists";
      case PAGE_REF_SET -> "comes to be with " + references(high(b)) + mapped(low(b));
      case PAGE_REF_MOD, PAGE_REF_MOD_AND_TEST -> changed(record);
      case FOLIO_FLAGS -> flags(a, b);
      case FOLIO_BATCH_ADD -> "queued in the " + BatchKind.of(high(a)).kernelName() + tag(high(a), low(a)) + " batch of CPU " + record.cpu()
          + ", entry " + high(b) + " of " + batchCapacity;
      case FOLIO_BATCH_FLUSH -> "leaves the " + BatchKind.of(high(a)).kernelName() + tag(high(a), low(a)) + " batch of CPU "
          + record.cpu() + ", "
          + why(record) + outcome(FLUSH_OUTCOMES[high(b)]);
      case MM_LRU_INSERTION -> "put on the list " + LISTS[high(a)];
      case MM_LRU_ACTIVATE -> "put on the active list";
      case K_FOLIO_ISOLATE_LRU -> (a & PageFlags.LRU) != 0 ? "isolated" : "cannot be isolated: PG_lru is clear";
      case GUP_DRAIN_RULE -> "the drain rule is asked " + afterDrain(PROGRESSES[low(c) >>> 8]) + " and says: "
          + said(ACTIONS[low(c) & 0xFF]);
      case MIGRATE_TRY -> tried(record);
      case MIGRATE_DESTINATION -> "takes the place of folio 0x" + Long.toHexString(a);
      case SET_MIGRATION_PTE -> "page " + (a >>> 12) + " of the address space: a migration entry in place of the mapping";
      case REMOVE_MIGRATION_PTE -> "page " + (a >>> 12) + " of the address space: mapped here again";
      default -> "";
    };
  }

  /** The rule that decided, empty where no variant differs. */
  String rule(TraceRecord record) {
    long a = record.a();
    long b = record.b();
    long c = record.c();
    return switch (record.event()) {
      case FOLIO_BATCH_ADD -> rules.queued(BatchKind.of(high(a)), low(a), FLUSH_REASONS[low(b)]);
      case FOLIO_BATCH_FLUSH -> rules.flushed(BatchKind.of(high(a)), FLUSH_OUTCOMES[high(b)]);
      case GUP_DRAIN_RULE -> rules.asked(a, high(b), low(b), high(c) - 1, PROGRESSES[low(c) >>> 8], ACTIONS[low(c) & 0xFF]);
      default -> "";
    };
  }

  /** Where it happened. */
  Lane to(TraceRecord record) {
    return switch (record.event()) {
      case MM_PAGE_ALLOC, MM_PAGE_FREE, MM_PAGE_ALLOC_ZONE_LOCKED, MM_PAGE_PCPU_DRAIN -> Lane.zone(directory.zoneOfPfn(record.pfn()));
      case SET_MIGRATION_PTE, REMOVE_MIGRATION_PTE -> Lane.SPACE;
      case FOLIO_BATCH_ADD, FOLIO_BATCH_FLUSH -> Lane.cpu(record.cpu());
      default -> Lane.node(directory.nodeOfPfn(record.pfn()));
    };
  }

  /** The operation that a record begins, empty for any other record. */
  static String operation(TraceRecord record) {
    return record.event() == TraceEvent.FOLIO_OPERATION ? OPERATIONS[(int) record.a()].name().toLowerCase(Locale.ROOT) : "";
  }

  /** Who held it back, as {@code the lru_activate batch of CPU 3}; empty if no batch is known to. */
  static String holder(TraceRecord record) {
    long holder = record.c() & HOLDER;
    return holder == 0 ? "" : "the " + BatchKind.of((int) (holder - 1) & 7).kernelName() + " batch of CPU " + (holder - 1 >>> 3);
  }

  static MigrateObstacle obstacle(TraceRecord record) {
    return OBSTACLES[high(record.c())];
  }

  static Action action(TraceRecord record) {
    return ACTIONS[low(record.c()) & 0xFF];
  }

  static String said(Action action) {
    return switch (action) {
      case ISOLATE -> "isolate it";
      case DRAIN_LOCAL -> "drain this CPU first";
      case DRAIN_OWNER -> "drain the CPU that queued it first";
      case DRAIN_ALL -> "drain all CPUs first";
    };
  }

  private static String afterDrain(Progress drained) {
    return switch (drained) {
      case NONE -> "(nothing drained yet)";
      case LOCAL -> "(own CPU drained)";
      case OWNER -> "(own and owner's CPU drained)";
      case ALL -> "(all CPUs drained)";
    };
  }

  private static String why(TraceRecord record) {
    return switch (FLUSH_REASONS[low(record.b())]) {
      case FULL -> "which is full";
      case LARGE -> "which keeps no large folio";
      case DISABLED -> "which keeps nothing now";
      case DRAIN -> record.task() == 0 ? "drained by the CPU's worker" : "drained";
      case NONE, OTHER_NODE -> "which another node flushed";
    };
  }

  private static String outcome(FlushOutcome outcome) {
    return switch (outcome) {
      case DONE -> "";
      case NOT_ON_LRU -> ", and is passed over";
      case DEAD -> ", dead";
    };
  }

  private static String tried(TraceRecord record) {
    int count = high(record.a());
    int needed = low(record.a());
    return switch (obstacle(record)) {
      case NONE -> "moves to 0x" + Long.toHexString(record.b());
      case LOCKED -> "does not move: it is locked, as a device reads it";
      case TRUNCATED -> "does not move: its file was truncated";
      case WRITEBACK -> "does not move: it is under writeback";
      case MAPPED -> "does not move: somebody is unmapping it";
      case REFERENCES -> "does not move: " + references(count) + ", of which " + needed + (needed == 1 ? " is" : " are") + " accounted for"
          + (holder(record).isEmpty() ? ", by no batch" : "; " + holder(record) + " has it");
    };
  }

  private static String changed(TraceRecord record) {
    int change = low(record.c());
    int count = high(record.b());
    String how = change >= PIN ? "pinned " + times(change / PIN) + ", " : change <= -PIN ? "unpinned " + times(-change / PIN) + ", " : "";
    return how + "references " + (count - change) + " -> " + count;
  }

  private static String times(int pins) {
    return pins == 1 ? "once" : pins + " times";
  }

  private static String references(int count) {
    return count == 1 ? "1 reference" : count + " references";
  }

  private static String mapped(int maps) {
    return maps == 0 ? "" : ", mapped" + (maps == 1 ? "" : " " + maps + " times");
  }

  private static String flags(long before, long after) {
    long set = after & ~before & PageFlagNames.ALL;
    long cleared = before & ~after & PageFlagNames.ALL;
    return (set == 0 ? "" : "PG_" + PageFlagNames.text(set).replace("|", ", PG_") + " set") + (set != 0 && cleared != 0 ? ", " : "")
        + (cleared == 0 ? "" : "PG_" + PageFlagNames.text(cleared).replace("|", ", PG_") + " cleared");
  }

  private static String tag(int kind, int tag) {
    return BatchKind.of(kind) != BatchKind.MLOCK ? "" : tag == 0 ? " (munlock)" : tag == FolioBatches.TAG_NEW ? " (new)" : "";
  }

  private static String order(int order) {
    return order == 0 ? "" : "(order " + order + ") ";
  }

  private String place(int pfn) {
    int zone = directory.zoneOfPfn(pfn);
    return "from zone " + zone + " (node " + directory.nodeOfPfn(pfn) + ", " + directory.zones().get(zone).type()
        + (directory.bornInCma(pfn) ? ", CMA" : "") + ")";
  }
}
