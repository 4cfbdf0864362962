package pinfold.cli.backend;

import java.io.PrintWriter;
import java.util.List;
import pinfold.cli.terminal.ProgressDisplay;
import pinfold.experiment.compare.Comparer;
import pinfold.experiment.explain.FirstDifference;
import pinfold.experiment.explain.FirstDifference.Answer;
import pinfold.experiment.explain.FirstDifference.Side;
import pinfold.experiment.explain.Rerun;
import pinfold.scenario.ConfigError;

/** {@code diff}: runs two variants side by side and shows where they part. */
final class DiffBackEnd {
  private DiffBackEnd() {}

  /** Returns whether they are the same to the end. */
  static boolean run(DiffRequest request, Session session) {
    NamedRun left = NamedRun.of(request.scenario(), request.left(), request.point(), request.settings(), session);
    NamedRun right = NamedRun.of(request.scenario(), request.right(), request.point(), request.settings(), session);
    HeapPlan plan = SimulateBackEnd.plan(new Comparer(left.scenario(), List.of(left.variant(), right.variant()), List.of(request.seed())),
        request.threads(), session);
    if (2 * plan.perRunBytes() > plan.heapBytes()) {
      throw new ConfigError("scenario " + left.scenario().name(), 0, "", null,
          "two runs do not fit into the heap side by side, each may need %.1f GiB "
          .formatted(plan.perRunBytes() / 0x1p30) + "of %.1f: give the VMs less, or set PINFOLD_HEAP".formatted(plan.heapBytes() / 0x1p30));
    }
    Answer answer;
    try (ProgressDisplay display = session.progress(1);
        ProgressDisplay.Part part = display.begin(request.left() + " and " + request.right() + " seed " + request.seed())) {
      answer = new FirstDifference(left.scenario(), request.seed(), SimulateBackEnd.hosts(request.host(), plan.processors()))
          .between(left.variant(), right.variant(), request.before(), request.after(), part);
    } catch (Rerun.Interrupted stopped) {
      session.err().println("pinfold: ended before they parted");
      return true;
    }
    print(answer, request, session.out());
    return answer.same();
  }

  private static void print(Answer answer, DiffRequest request, PrintWriter out) {
    if (answer.same()) {
      out.printf("%s and %s are the same to the end at %.6f s: no traced event differs, digest %s%n", request.left(), request.right(),
          answer.nanos() / 1e9, answer.digests().getFirst());
      return;
    }
    if (answer.sides().isEmpty()) {
      out.printf("%s and %s trace the same to the end at %.6f s and differ in what is not traced: digests %s%n", request.left(),
          request.right(),
          answer.nanos() / 1e9, String.join(" and ", answer.digests()));
      return;
    }
    out.printf("%s and %s part at %.9f s%n%nin common before it:%n", request.left(), request.right(), answer.nanos() / 1e9);
    answer.common().forEach(line -> out.println("  " + line));
    for (Side side : answer.sides()) {
      out.printf("%n%s:%n", side.variant());
      side.lines().forEach(line -> out.println("  " + line));
      if (side.lines().isEmpty()) {
        out.println(side.ended() ? "  (ended)" : "  (nothing in this millisecond)");
      }
      if (!side.rule().isEmpty()) {
        out.println("  rule: " + side.rule());
      }
    }
  }
}
