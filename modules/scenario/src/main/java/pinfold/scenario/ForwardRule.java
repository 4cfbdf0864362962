package pinfold.scenario;

import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.FolioView;

/** A reader's rule, stopped with a clear message where it would make GUP drain in a circle. */
record ForwardRule(DrainRule rule) implements DrainRule {
  /** @throws IllegalStateException if the rule orders a drain that the call has had, or of a CPU that nobody knows */
  @Override
  public Action decide(FolioView folio, Progress progress) {
    Action action = rule.decide(folio, progress);
    boolean forward = switch (action) {
      case ISOLATE -> true;
      case DRAIN_LOCAL -> progress.compareTo(Progress.LOCAL) < 0;
      case DRAIN_OWNER -> progress.compareTo(Progress.OWNER) < 0;
      case DRAIN_ALL -> progress.compareTo(Progress.ALL) < 0;
    };
    if (!forward) {
      throw new IllegalStateException("drain rule " + rule.getClass().getName() + " answered " + action
          + " when the call had drained " + progress + ": a call drains LOCAL, OWNER and ALL at most once each, in this order, "
          + "so the answer must be a later one or ISOLATE");
    }
    if (action == Action.DRAIN_OWNER && folio.lastQueuedOnCpu() < 0) {
      throw new IllegalStateException("drain rule " + rule.getClass().getName()
          + " answered DRAIN_OWNER for a folio that no batch is known to hold: ask lastQueuedOnCpu() first");
    }
    return action;
  }

  @Override
  public String name() {
    return rule.name();
  }

  @Override
  public String source() {
    return rule.source();
  }
}
