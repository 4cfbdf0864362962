package pinfold.experiment.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.Series;
import pinfold.kernel.folio.BatchKind;

/** What there is to show: the runs that are under way, how much is done, and an experiment if it is one. Any thread may use it. */
public final class LiveBoard {
  private static final List<String> LISTS =
      List.of("inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable");

  private final String title;
  private final LongSupplier wallNanos;
  private final long betweenNanos;
  private final long startedAt;
  private final List<LiveRun> running = new ArrayList<>();
  private LiveRun last;
  private int planned;
  private int done;
  private LiveExperiment experiment;

  /**
   * @param runs how many there will be, 0 where an experiment says that
   * @param betweenNanos wall time from one picture of a machine to the next, at least
   */
  public LiveBoard(String title, int runs, LongSupplier wallNanos, long betweenNanos) {
    this.title = title;
    this.planned = runs;
    this.wallNanos = wallNanos;
    this.betweenNanos = betweenNanos;
    this.startedAt = wallNanos.getAsLong();
  }

  /**
   * A run begins.
   *
   * @param other who else is told of it
   * @return whom the run is to tell; it tells {@code other}
   */
  public synchronized RunListener watch(String label, RunListener other) {
    LiveRun run = new LiveRun(label, other, wallNanos, betweenNanos, this::ended);
    running.add(run);
    return run;
  }

  private synchronized void ended(LiveRun run) {
    if (running.remove(run)) {
      done++;
      last = run;
    }
  }

  synchronized void show(LiveExperiment shown) {
    experiment = shown;
  }

  /** Null while nothing is known. */
  private Double secondsLeft(double seconds, double share) {
    if (experiment != null) {
      return experiment.secondsLeft(seconds);
    }
    return share == 0 ? null : Double.valueOf(seconds * (1 - share) / share);
  }

  double elapsedSeconds() {
    return (wallNanos.getAsLong() - startedAt) * 1e-9;
  }

  /** All of it, to be written as JSON. */
  synchronized Map<String, Object> state() {
    double seconds = elapsedSeconds();
    double share = experiment != null ? experiment.share() : planned == 0 ? 0
        : Math.min(1, (done + running.stream().mapToDouble(LiveRun::share).sum()) / planned);
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("title", title);
    state.put("elapsedSeconds", seconds);
    state.put("share", share);
    state.put("leftSeconds", secondsLeft(seconds, share));
    state.put("runsPlanned", experiment != null ? experiment.planned() : planned);
    state.put("runsDone", experiment != null ? experiment.runsDone() : done);
    state.put("seriesColumns", Series.header());
    state.put("batches", Arrays.stream(BatchKind.values()).map(BatchKind::kernelName).toList());
    state.put("lists", LISTS);
    state.put("experiment", experiment == null ? null : experiment.state());
    List<LiveRun> shown = running.isEmpty() && last != null ? List.of(last) : running;
    state.put("runs", shown.stream().map(LiveRun::state).toList());
    return state;
  }
}
