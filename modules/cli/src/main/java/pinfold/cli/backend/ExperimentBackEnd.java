package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import pinfold.cluster.front.FrontClient;
import pinfold.experiment.ExperimentJob;
import pinfold.experiment.batch.ClusterExecutor;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.batch.NowhereToRunException;
import pinfold.experiment.batch.RunExecutor;
import pinfold.experiment.compare.ClusterRun;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.ExperimentText;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ExperimentFile;

/** {@code experiment}: has the runs of an experiment done that are missing, and prints and writes what they come to. */
final class ExperimentBackEnd {
  private ExperimentBackEnd() {}

  /** Returns false if some run failed. */
  static boolean run(ExperimentRequest request, Session session) throws IOException {
    try {
      return request.cluster().isEmpty() ? here(request, session) : onCluster(request, session);
    } catch (NowhereToRunException e) {
      throw new ConfigError("cluster", 0, "--cluster", request.cluster().text(), e.getMessage()
          + "; what was finished is kept, and the same command goes on with the rest");
    }
  }

  private static boolean here(ExperimentRequest request, Session session) throws IOException, NowhereToRunException {
    int processors = request.threads() == 0 ? Runtime.getRuntime().availableProcessors() : request.threads();
    Plan plan = plan(request, processors, session);
    return run(request, plan, plan.sideBySide(processors, Runtime.getRuntime().maxMemory()), ExperimentRunner.local(), session);
  }

  private static boolean onCluster(ExperimentRequest request, Session session) throws IOException, NowhereToRunException {
    try (FrontClient client = request.cluster().client(session)) {
      int sideBySide = onMembers(client, request);
      Plan plan = plan(request, sideBySide, session);
      return run(request, plan, sideBySide, new ClusterExecutor(client, plan.searchPath()), session);
    }
  }

  private static int onMembers(FrontClient client, ExperimentRequest request) {
    try {
      int most = ClusterRun.sideBySide(client);
      return request.threads() == 0 ? most : request.threads();
    } catch (IOException e) {
      throw new ConfigError("cluster", 0, "--cluster", request.cluster().text(), e.getMessage());
    }
  }

  private static Plan plan(ExperimentRequest request, int processors, Session session) {
    List<Path> searchPath = SimulateBackEnd.searchPath(session);
    return Plan.of(ExperimentFile.load(request.experiment(), searchPath, processors), searchPath);
  }

  private static boolean run(ExperimentRequest request, Plan plan, int sideBySide, RunExecutor executor, Session session)
      throws IOException, NowhereToRunException {
    String name = plan.experiment().name();
    Path target = request.out().orElse(Path.of("results").resolve(name));
    try (LiveView live = LiveView.open(request.serve(), name, 0, session);
        ExperimentDirectory directory = ExperimentDirectory.open(target, session.build(), name)) {
      ExperimentJob.Answer answer = new ExperimentJob(plan, executor, of -> live.watching(of, session.experimentDisplay(of)))
          .run(directory, sideBySide);
      answer.writeTo(directory, session.build());
      print(answer.text(), session);
      if (!answer.isWhole()) {
        session.err().println("pinfold: ended early; the same command goes on with the rest");
      }
      session.err().println("pinfold: wrote " + target);
      return !answer.hasFailures();
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
