package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import pinfold.cli.terminal.ExperimentDisplay;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentRunner;
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
      ExperimentResult result;
      try (ExperimentDisplay display = session.experimentDisplay(plan)) {
        result = new ExperimentRunner(plan, directory, ExperimentRunner.local(), display).run(sideBySide);
      }
      new ExperimentFiles(result).writeTo(directory, session.build());
      print(new ExperimentText(result), result, session);
      session.err().println("pinfold: wrote " + target);
      return result.failures().isEmpty();
    }
  }

  private static void print(ExperimentText text, ExperimentResult result, Session session) {
    session.out().println(result.plan().experiment().question());
    session.out().println();
    text.answer().forEach(sentence -> session.out().println("  " + sentence));
    session.out().println();
    session.out().println(text.table().render(session.terminal().columns()));
    text.differences().forEach(session.out()::println);
    if (!text.failures().isEmpty()) {
      session.out().println("\nRuns without a result:");
      text.failures().forEach(line -> session.out().println("  " + line));
    }
    if (!result.isWhole()) {
      session.err().println("pinfold: ended early; the same command goes on with the rest");
    }
  }
}
