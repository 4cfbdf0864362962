package pinfold.kernel.check;

import pinfold.kernel.Machine;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.FolioLog;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.variant.DrainRules;

/**
 * Recomputes every decision of the variant's drain rule from what happened to the folio before: who queued, flushed, pinned and
 * isolated it. The rule itself looks at PG_lru and the reference count; both come out of these, and here they are not looked at.
 * Rules that look at PG_mlocked, and a user's own, are not recomputed; nor are reference rules on large folios.
 */
final class DrainDecisions {
  private final DrainRule rule;
  private final boolean clearLruAtQueue;
  private final Report report;
  private final PfnCounts entries = new PfnCounts();
  /** Entries for which PG_lru is clear. */
  private final PfnCounts offLru = new PfnCounts();
  private final PfnCounts isolated = new PfnCounts();
  private final PfnCounts taken = new PfnCounts();
  private final PfnCounts pins = new PfnCounts();
  /** References of page-table entries that are gone, and those that were taken by hand. */
  private final PfnCounts loose = new PfnCounts();
  private long decisions;

  DrainDecisions(Machine machine, Report report) {
    this.rule = machine.spec().variant().drainRule();
    this.clearLruAtQueue = machine.spec().variant().clearLruAtQueue();
    this.report = report;
  }

  /** Decisions recomputed so far. */
  long decisions() {
    return decisions;
  }

  /** Takes in one record; throws by way of the report when a decision is not the rule's. */
  void follow(FolioLog log, long number) {
    int pfn = log.pfn(number);
    switch (log.step(number)) {
      case OPERATION -> operation(log.operation(number), pfn);
      case PINNED -> pins.add(pfn, log.argument(number));
      case UNPINNED -> pins.add(pfn, -log.argument(number));
      case QUEUED -> entry(log.argument(number), pfn, 1);
      case FLUSHED -> {
        entry(log.argument(number), pfn, -1);
        taken.set(pfn, 0);
      }
      case TAKEN -> taken.set(pfn, 1);
      case ISOLATED -> isolated.set(pfn, 1);
      case ISOLATION_ENDED -> isolated.set(pfn, 0);
      case DECIDED -> decided(log, number);
      case FREED -> {
        for (PfnCounts counts : new PfnCounts[] {entries, offLru, isolated, taken, pins, loose}) {
          counts.set(pfn, 0);
        }
      }
      case BORN_BY_MIGRATION -> {}
    }
  }

  private void operation(BurstOp operation, int pfn) {
    switch (operation) {
      case ZAP, GET -> loose.add(pfn, 1);
      case PUT -> loose.add(pfn, -1);
      default -> {}
    }
  }

  private void entry(int argument, int pfn, int change) {
    BatchKind kind = BatchKind.of(argument >>> 2);
    entries.add(pfn, change);
    boolean unlinked = kind == BatchKind.LRU_ADD || kind == BatchKind.MLOCK && (argument & 3) == FolioBatches.TAG_NEW;
    if (unlinked || clearLruAtQueue && kind != BatchKind.MLOCK) {
      offLru.add(pfn, change);
    }
  }

  private void decided(FolioLog log, long number) {
    int pfn = log.pfn(number);
    Action expected = expected(pfn, log.progress(number), log.large(number), log.action(number));
    decisions++;
    if (expected != log.action(number)) {
      report.fail("drains", "cpu" + log.cpu(number), pfn, "at " + log.timeNanos(number) + " ns " + rule.name() + " said "
          + log.action(number) + " after " + log.progress(number) + ", " + expected + " was expected: " + entries.get(pfn)
          + " batch entries, of which " + offLru.get(pfn) + " with PG_lru clear, " + pins.get(pfn) + " pins"
          + (isolated.get(pfn) != 0 ? ", isolated" : ""));
    }
  }

  /** What the rule should say; {@code said} where that is not recomputed. */
  private Action expected(int pfn, Progress before, boolean large, Action said) {
    boolean lruClear = offLru.get(pfn) > 0 || isolated.get(pfn) > 0 || taken.get(pfn) > 0;
    return switch (rule) {
      case DrainRules.Always always -> before == Progress.NONE ? Action.DRAIN_ALL : Action.ISOLATE;
      case DrainRules.LruFlag flag -> before == Progress.NONE && lruClear ? Action.DRAIN_ALL : Action.ISOLATE;
      case DrainRules.Refcount refcount when !large ->
          others(pfn) == 0 && pins.get(pfn) == 1 && refcount.pinBias() ? Action.ISOLATE
              : next(refcount.localFirst(), false, before);
      case DrainRules.OwnerHint hint when !large -> others(pfn) == 0 && pins.get(pfn) == 1 ? Action.ISOLATE
          : before == Progress.LOCAL ? ownerOrAll(said) : next(true, true, before);
      default -> said;
    };
  }

  private int others(int pfn) {
    return entries.get(pfn) + isolated.get(pfn) + loose.get(pfn);
  }

  private static Action next(boolean localFirst, boolean ownerNext, Progress before) {
    return switch (before) {
      case NONE -> localFirst ? Action.DRAIN_LOCAL : Action.DRAIN_ALL;
      case LOCAL -> Action.DRAIN_ALL;
      case OWNER -> ownerNext ? Action.DRAIN_ALL : Action.ISOLATE;
      case ALL -> Action.ISOLATE;
    };
  }

  /** Which of the two depends on what the folio remembers. */
  private static Action ownerOrAll(Action said) {
    return said == Action.DRAIN_OWNER ? said : Action.DRAIN_ALL;
  }
}
