package pinfold.experiment;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import pinfold.experiment.batch.CostSensitivity;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.batch.NowhereToRunException;
import pinfold.experiment.batch.RunExecutor;
import pinfold.experiment.plan.CostPlan;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.ExperimentFiles;
import pinfold.experiment.report.ExperimentText;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.experiment.results.RunStore;

/** All that an experiment asks for: its runs, then those with other costs, and what they come to. */
public final class ExperimentJob {
  private final Plan plan;
  private final RunExecutor executor;
  private final Function<Plan, ExperimentListener> listeners;

  /** @param listeners is told of each of the two plans */
  public ExperimentJob(Plan plan, RunExecutor executor, Function<Plan, ExperimentListener> listeners) {
    this.plan = plan;
    this.executor = executor;
    this.listeners = listeners;
  }

  /**
   * What came out.
   *
   * @param varied runs with other costs, if that was asked and it came to that
   * @param identities of all runs that were asked for
   */
  public record Answer(ExperimentResult result, Optional<ExperimentResult> varied, Set<String> identities) {
    /** Whether no run is missing. */
    public boolean isWhole() {
      return result.isWhole() && varied.map(ExperimentResult::isWhole).orElse(true);
    }

    /** Whether some run ended without a result. */
    public boolean hasFailures() {
      return !result.failures().isEmpty() || varied.map(more -> !more.failures().isEmpty()).orElse(false);
    }

    /** In words and tables. */
    public ExperimentText text() {
      return new ExperimentText(result, varied.filter(ExperimentResult::isWhole).map(CostSensitivity::new));
    }

    /** Writes the tables and, if no run is missing, removes runs that are not asked for any more. */
    public void writeTo(ExperimentDirectory directory, String build) throws IOException {
      if (isWhole()) {
        directory.keepRuns(identities);
      }
      new ExperimentFiles(result, text()).writeTo(directory, build);
    }
  }

  /**
   * Does what is missing in a store.
   *
   * @param sideBySide runs at the same time
   * @throws IOException if runs cannot be kept; what was finished stays
   * @throws NowhereToRunException if no more can be done; what was finished stays
   */
  public Answer run(RunStore store, int sideBySide) throws IOException, NowhereToRunException {
    Set<String> identities = new HashSet<>();
    ExperimentResult result = run(plan, store, sideBySide, identities);
    Optional<Plan> costs = result.isWhole() ? CostPlan.of(plan) : Optional.empty();
    Optional<ExperimentResult> varied = costs.isEmpty() ? Optional.empty() : Optional.of(run(costs.get(), store, sideBySide, identities));
    return new Answer(result, varied, identities);
  }

  private ExperimentResult run(Plan of, RunStore store, int sideBySide, Set<String> identities) throws IOException, NowhereToRunException {
    try (ExperimentListener listener = listeners.apply(of)) {
      ExperimentRunner runner = new ExperimentRunner(of, store, executor, listener);
      ExperimentResult result = runner.run(sideBySide);
      identities.addAll(runner.identities());
      return result;
    }
  }
}
