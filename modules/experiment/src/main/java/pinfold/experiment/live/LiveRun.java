package pinfold.experiment.live;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.Series;
import pinfold.kernel.Machine;

/**
 * One run as the page shows it. The run's own thread writes, whoever asks reads: all that passes between them are values that do not
 * change.
 */
final class LiveRun implements RunListener {
  /** As many rows as a picture of the series has room for. */
  private static final int MOST_ROWS = 400;

  private final String label;
  private final RunListener other;
  private final LongSupplier wallNanos;
  private final long betweenNanos;
  private final Consumer<LiveRun> atEnd;
  private final long startedAt;
  /** 0 until it is over. */
  private volatile long endedAt;
  private volatile double share;
  private volatile long nowNanos;
  private volatile long windows;
  private volatile MachinePicture machine;
  private volatile List<List<Long>> series = List.of();
  /** The rest belongs to the run's thread. */
  private final List<List<Long>> rows = new ArrayList<>();
  private int everyRow = 1;
  private long sampled;
  private long picturedAt;

  /**
   * @param other is told all that this is told
   * @param betweenNanos wall time from one picture to the next, at least
   */
  LiveRun(String label, RunListener other, LongSupplier wallNanos, long betweenNanos, Consumer<LiveRun> atEnd) {
    this.label = label;
    this.other = other;
    this.wallNanos = wallNanos;
    this.betweenNanos = betweenNanos;
    this.atEnd = atEnd;
    this.startedAt = wallNanos.getAsLong();
    this.picturedAt = startedAt - betweenNanos;
  }

  /**
   * What the page gets.
   *
   * @param share of its work that is done
   * @param machine null where the machine is not in this program, or not yet
   * @param series rows of {@link Series#header}, thinned out
   */
  record State(String label, double share, double elapsedSeconds, long nowNanos, long windows, MachinePicture machine,
      List<List<Long>> series) {}

  State state() {
    long until = endedAt == 0 ? wallNanos.getAsLong() : endedAt;
    return new State(label, share, (until - startedAt) * 1e-9, nowNanos, windows, machine, series);
  }

  double share() {
    return share;
  }

  @Override
  public boolean onProgress(long now, long windowsRun) {
    nowNanos = now;
    windows = windowsRun;
    return other.onProgress(now, windowsRun);
  }

  @Override
  public void workDone(double done) {
    share = Math.min(1, done);
    other.workDone(done);
  }

  @Override
  public void beginsAgain(String why) {
    other.beginsAgain(why);
  }

  @Override
  public void sampled(Machine of, List<Long> row) {
    if (sampled++ % everyRow == 0) {
      rows.add(row);
    }
    if (rows.size() > MOST_ROWS) {
      thin();
    }
    long now = wallNanos.getAsLong();
    if (now - picturedAt >= betweenNanos) {
      picturedAt = now;
      nowNanos = row.getFirst();
      machine = MachinePicture.of(of, row.getFirst());
      series = List.copyOf(rows);
    }
    other.sampled(of, row);
  }

  private void thin() {
    for (int i = rows.size() - 1; i > 0; i--) {
      if (i % 2 == 1) {
        rows.remove(i);
      }
    }
    everyRow *= 2;
  }

  @Override
  public void close() {
    share = 1;
    endedAt = wallNanos.getAsLong();
    atEnd.accept(this);
    other.close();
  }
}
