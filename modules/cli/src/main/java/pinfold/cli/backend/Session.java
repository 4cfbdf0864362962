package pinfold.cli.backend;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.ExperimentDisplay;
import pinfold.cli.terminal.ProgressDisplay;
import pinfold.cli.terminal.ShrinkDisplay;
import pinfold.cli.terminal.Terminal;
import pinfold.experiment.plan.Plan;

/**
 * What a command has besides its request.
 *
 * @param out standard output: answers
 * @param err standard error: remarks; while a bar is shown use {@link ProgressDisplay#remark}
 * @param home the directory that holds {@code config/}
 * @param build version and commit
 * @param command arguments as typed
 */
public record Session(
    PrintWriter out,
    PrintWriter err,
    Terminal terminal,
    Cancellation cancellation,
    Path home,
    String build,
    List<String> command) {

  /** Whether Ctrl-C was pressed. */
  public boolean cancelled() {
    return cancellation.requested();
  }

  /** A display for an experiment, to be closed when it is done. */
  public ExperimentDisplay experimentDisplay(Plan plan) {
    return new ExperimentDisplay(plan, err, terminal, cancellation, System::nanoTime);
  }

  /** A display for the reduction of a scenario, to be closed when it is done. */
  public ShrinkDisplay shrinkDisplay() {
    return new ShrinkDisplay(err, terminal, cancellation, System::nanoTime);
  }

  /** A display for {@code parts} runs, to be closed when they are done. */
  public ProgressDisplay progress(int parts) {
    return new ProgressDisplay(err, terminal, cancellation, parts, System::nanoTime);
  }
}
