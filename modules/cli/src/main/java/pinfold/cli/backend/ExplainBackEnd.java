package pinfold.cli.backend;

import java.io.IOException;
import java.util.List;
import pinfold.cli.terminal.ProgressDisplay;
import pinfold.experiment.compare.Comparer;
import pinfold.experiment.explain.Explainer;
import pinfold.experiment.explain.Rerun;
import pinfold.experiment.explain.Story;
import pinfold.experiment.explain.StoryPage;
import pinfold.experiment.explain.StoryText;

/** {@code explain}: repeats a run and tells what became of a folio, a pin or a VM. */
final class ExplainBackEnd {
  private ExplainBackEnd() {}

  static boolean run(ExplainRequest request, Session session) throws IOException {
    NamedRun run = NamedRun.of(request.scenario(), request.variant(), request.point(), request.settings(), session);
    HeapPlan plan = SimulateBackEnd.plan(new Comparer(run.scenario(), List.of(run.variant()), List.of(request.seed())), request.threads(),
        session);
    Story story;
    // How often it is repeated is known at the end only.
    try (ProgressDisplay display = session.progress(1)) {
      story = new Explainer(new Rerun(run.scenario(), run.variant(), request.seed(),
          SimulateBackEnd.hosts(request.host(), plan.processors()),
          purpose -> display.begin(run.variant().name() + " seed " + request.seed() + ", " + purpose))).explain(request.subject());
    } catch (Rerun.Interrupted stopped) {
      session.err().println("pinfold: ended before there was anything to tell");
      return true;
    }
    new StoryText(request.all()).lines(story).forEach(session.out()::println);
    if (request.html().isPresent()) {
      StoryPage.write(story, request.html().get());
      session.err().println("pinfold: wrote " + request.html().get());
    }
    return true;
  }
}
