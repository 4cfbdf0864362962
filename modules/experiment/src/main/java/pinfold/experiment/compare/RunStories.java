package pinfold.experiment.compare;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pinfold.engine.Host;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;

/** What a person is told of one run that did not go well. */
public final class RunStories {
  private RunStories() {}

  /** All stories of a run, none of one that went well. */
  public static List<String> of(ScenarioConfig scenario, KernelVariant variant, RunResult run) {
    return Stream.of(failure(variant, run), oomKill(scenario, run), stuck(run)).flatMap(Optional::stream).toList();
  }

  /** Of the first VM that failed. */
  static Optional<String> failure(KernelVariant variant, RunResult run) {
    return run.vms().stream().filter(vm -> vm.failure().isPresent()).findFirst()
        .map(vm -> FailureStory.of(variant, vm.name(), run.seed(), vm.failure().get()));
  }

  /** Of the first OOM kill. */
  static Optional<String> oomKill(ScenarioConfig scenario, RunResult run) {
    return run.oomKills().isEmpty() ? Optional.empty() : Optional.of(OomStory.of(run, scenario));
  }

  /** Who waits for whom, where the run did not come to its end. */
  static Optional<String> stuck(RunResult run) {
    return run.stuck().isEmpty() ? Optional.empty() : Optional.of("%s, seed %d: %s after %.3f s of simulated time%s. Who waits for whom:%n  %s%n"
        .formatted(run.variant(), run.seed(),
            run.loadUnfinished() ? "not every background task had done its max-ops" : "not every VM had started or failed",
            run.simulatedNanos() / 1e9,
            run.outcome() == Host.Outcome.QUIESCENT ? ", and nobody could do anything any more" : "",
            String.join("\n  ", run.stuck())));
  }
}
