package pinfold.cli.terminal;

import java.io.PrintWriter;
import java.util.function.LongSupplier;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.explain.Shrinker;

/** How far a scenario is reduced, on a {@link StatusLine}: runs, reductions that were taken, and what is tried. */
public final class ShrinkDisplay implements Shrinker.Listener, AutoCloseable {
  private final StatusLine line;
  private final Cancellation cancellation;
  private final LongSupplier wallNanos;

  public ShrinkDisplay(PrintWriter err, Terminal terminal, Cancellation cancellation, LongSupplier wallNanos) {
    this.line = new StatusLine(err, terminal, wallNanos);
    this.cancellation = cancellation;
    this.wallNanos = wallNanos;
  }

  @Override
  public RunListener begin(String what, int tried, int taken) {
    return new RunListener() {
      private double share;

      @Override
      public void workDone(double done) {
        share = Math.min(1, done);
      }

      @Override
      public boolean onProgress(long nowNanos, long windows) {
        long now = wallNanos.getAsLong();
        if (line.isDue(now)) {
          line.show(now, share, "run " + tried + ", " + taken + " reductions so far; " + what);
        }
        return !cancellation.requested();
      }
    };
  }

  @Override
  public boolean cancelled() {
    return cancellation.requested();
  }

  @Override
  public void close() {
    line.end();
  }
}
