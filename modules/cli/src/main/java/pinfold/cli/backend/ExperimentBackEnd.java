package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pinfold.cli.terminal.ExperimentDisplay;
import pinfold.experiment.batch.CostSensitivity;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.plan.CostPlan;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.ExperimentFiles;
import pinfold.experiment.report.ExperimentText;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.scenario.ExperimentConfig;
import pinfold.scenario.ExperimentFile;

/** {@code experiment}: has the runs of an experiment done that are missing, and prints and writes what they come to. */
final class ExperimentBackEnd {
  private ExperimentBackEnd() {}

  /** Returns false if some run failed. */
  static boolean run(ExperimentRequest request, Session session) throws IOException {
    int processors = request.threads() == 0 ? Runtime.getRuntime().availableProcessors() : request.threads();
    List<Path> searchPath = SimulateBackEnd.searchPath(session);
    ExperimentConfig experiment = ExperimentFile.load(request.experiment(), searchPath, processors);
    Plan plan = Plan.of(experiment, searchPath);
    int sideBySide = plan.sideBySide(processors, Runtime.getRuntime().maxMemory());
    Path target = request.out().orElse(Path.of("results").resolve(experiment.name()));
    try (ExperimentDirectory directory = ExperimentDirectory.open(target, session.build(), experiment.name())) {
      Set<String> wanted = new HashSet<>();
      ExperimentResult result = run(plan, directory, sideBySide, wanted, session);
      Optional<Plan> costs = result.isWhole() ? CostPlan.of(plan) : Optional.empty();
      Optional<ExperimentResult> varied = costs.isEmpty() ? Optional.empty()
          : Optional.of(run(costs.get(), directory, sideBySide, wanted, session));
      boolean whole = result.isWhole() && varied.map(ExperimentResult::isWhole).orElse(true);
      if (whole) {
        directory.keepRuns(wanted);
      }
      ExperimentText text = new ExperimentText(result, varied.filter(ExperimentResult::isWhole).map(CostSensitivity::new));
      new ExperimentFiles(result, text).writeTo(directory, session.build());
      print(text, session);
      if (!whole) {
        session.err().println("pinfold: ended early; the same command goes on with the rest");
      }
      session.err().println("pinfold: wrote " + target);
      return result.failures().isEmpty();
    }
  }

  private static ExperimentResult run(Plan plan, ExperimentDirectory directory, int sideBySide, Set<String> wanted, Session session)
      throws IOException {
    try (ExperimentDisplay display = session.experimentDisplay(plan)) {
      ExperimentRunner runner = new ExperimentRunner(plan, directory, ExperimentRunner.local(), display);
      ExperimentResult result = runner.run(sideBySide);
      wanted.addAll(runner.identities());
      return result;
    }
  }

  private static void print(ExperimentText text, Session session) {
    session.out().println(text.question());
    session.out().println();
    text.answer().forEach(sentence -> session.out().println("  " + sentence));
    session.out().println();
    session.out().println(text.table().render(session.terminal().columns()));
    text.differences().forEach(session.out()::println);
    if (!text.sensitivity().isEmpty()) {
      session.out().println();
      text.sensitivity().forEach(session.out()::println);
    }
    if (!text.failures().isEmpty()) {
      session.out().println("\nRuns without a result:");
      text.failures().forEach(line -> session.out().println("  " + line));
    }
  }
}
