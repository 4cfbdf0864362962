package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pinfold.cli.terminal.ShrinkDisplay;
import pinfold.experiment.compare.Comparer;
import pinfold.experiment.explain.Failure;
import pinfold.experiment.explain.LitmusSketch;
import pinfold.experiment.explain.Shrinker;
import pinfold.experiment.explain.Shrinker.Smallest;
import pinfold.experiment.results.WholeText;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ScenarioFile;

/** {@code shrink}: reduces a scenario that fails. */
final class ShrinkBackEnd {
  private ShrinkBackEnd() {}

  static boolean run(ShrinkRequest request, Session session) throws IOException {
    NamedRun run = NamedRun.of(request.scenario(), request.variant(), request.point(), request.settings(), session);
    HeapPlan plan = SimulateBackEnd.plan(new Comparer(run.scenario(), List.of(run.variant()), List.of(request.seed())), request.threads(),
        session);
    Smallest smallest;
    try (ShrinkDisplay display = session.shrinkDisplay()) {
      smallest = new Shrinker(request.fails(), run.variant(), SimulateBackEnd.hosts(request.host(), plan.processors()),
          text -> ScenarioFile.parse(text, run.scenario().name(), SimulateBackEnd.searchPath(session)), display)
          .shrink(run.scenario(), request.seed());
    }
    if (smallest.way().isEmpty()) {
      if (session.cancelled()) {
        session.err().println("pinfold: ended before it was known whether the run fails");
        return true;
      }
      String what = request.fails().name().toLowerCase(Locale.ROOT);
      throw new ConfigError("--fails", 0, "fails", what, "the run does not fail so: %s with seed %d under %s".formatted(run.scenario()
          .name(),
          request.seed(), run.variant().name()));
    }
    String head = "# Reduced by pinfold shrink; fails with --variant %s --seed %d: %s.%n".formatted(request.variant(), smallest.seed(),
        smallest.way());
    WholeText.write(request.out(), head + ScenarioFile.briefly(smallest.scenario().effective()));
    Optional<String> litmus = request.fails() == Failure.VM && smallest.whole()
        ? new LitmusSketch(smallest.scenario(), run.variant(), smallest.way(), SimulateBackEnd.hosts(request.host(), 1)).find()
        : Optional.empty();
    smallest.taken().forEach(one -> session.out().println("  " + one));
    session.out().printf("%s under %s with seed %d: %s. %d reductions after %d runs%s.%n", run.scenario().name(), run.variant().name(),
        smallest.seed(), smallest.way(), smallest.taken().size(), smallest.tried(),
        smallest.whole() ? "; nothing more can be taken away" : "; ended early");
    session.err().println("pinfold: wrote " + request.out());
    if (litmus.isPresent()) {
      Path file = litmusFile(request.out());
      WholeText.write(file, litmus.get());
      session.err().println("pinfold: wrote " + file + ", a litmus test that fails so");
    }
    return true;
  }

  private static Path litmusFile(Path scenario) {
    return scenario.resolveSibling(scenario.getFileName().toString().replaceFirst("\\.conf$", "") + ".litmus");
  }
}
