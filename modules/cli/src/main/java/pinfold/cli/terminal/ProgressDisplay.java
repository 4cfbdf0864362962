package pinfold.cli.terminal;

import java.io.PrintWriter;
import java.util.function.LongSupplier;
import pinfold.experiment.compare.RunListener;

/**
 * How far a command has come, on a {@link StatusLine}. Parts (one run each) may be under way at once, on any thread.
 * Progress is the only place where wall time meets simulated time.
 */
public final class ProgressDisplay implements AutoCloseable {
  /** A guess of the time left that rests on less says nothing. */
  private static final double LEAST_TO_GO_BY = 0.01;

  private final StatusLine line;
  private final Cancellation cancellation;
  private final int parts;
  private final LongSupplier wallNanos;
  private final long startedAt;
  private int begun;
  private double doneParts;

  /**
   * @param parts how many runs there will be
   * @param wallNanos the wall clock
   */
  public ProgressDisplay(PrintWriter err, Terminal terminal, Cancellation cancellation, int parts, LongSupplier wallNanos) {
    this.line = new StatusLine(err, terminal, wallNanos);
    this.cancellation = cancellation;
    this.parts = parts;
    this.wallNanos = wallNanos;
    this.startedAt = wallNanos.getAsLong();
  }

  /**
   * Begins the next run; the part is the listener to give to its host, and is closed when it is done.
   *
   * @param label what it is, as {@code linux-6.12 seed 2}
   */
  public synchronized Part begin(String label) {
    begun++;
    return new Part(parts == 1 ? label : label + " (" + begun + " of " + parts + ")");
  }

  /** Prints a line that stays, above the bar. */
  public void remark(String text) {
    line.remark(text);
  }

  /** Takes the bar away. */
  @Override
  public void close() {
    line.end();
  }

  private synchronized double fraction() {
    return parts == 0 ? 0 : Math.min(1, doneParts / parts);
  }

  /**
   * One run. Its share of the work is what the bar and the time left go by, as nobody knows when a run ends in simulated time.
   */
  public final class Part implements RunListener {
    private final String label;
    private final long partStartedAt = wallNanos.getAsLong();
    private volatile double share;
    /** It was said that the run goes back. */
    private volatile boolean mayGoBack;
    private long simulatedNanos;
    private long windows;

    private Part(String label) {
      this.label = label;
    }

    @Override
    public void workDone(double done) {
      advance(Math.max(mayGoBack ? 0 : share, Math.min(1, done)));
      mayGoBack = false;
    }

    @Override
    public void beginsAgain(String why) {
      mayGoBack = true;
      remark("pinfold: " + label + " goes on from its last checkpoint: " + (why.isEmpty() ? "it was begun again" : why));
    }

    /** Returns false once Ctrl-C was pressed. */
    @Override
    public boolean onProgress(long nowNanos, long windowsRun) {
      long now = wallNanos.getAsLong();
      if (line.isDue(now)) {
        simulatedNanos = nowNanos;
        windows = windowsRun;
        double fraction = fraction();
        line.show(now, fraction, text(now, fraction));
      }
      return !cancellation.requested();
    }

    /** The run is done. */
    @Override
    public void close() {
      advance(1);
    }

    private void advance(double to) {
      synchronized (ProgressDisplay.this) {
        doneParts += to - share;
        share = to;
      }
    }

    private String text(long now, double fraction) {
      double seconds = Math.max(1e-9, (now - partStartedAt) * 1e-9);
      StringBuilder text = new StringBuilder(label).append(": ").append(Amounts.simulated(simulatedNanos));
      text.append(" simulated, ").append(Amounts.rate(simulatedNanos / seconds)).append(", ")
          .append(Math.round(windows / seconds)).append(" windows/s");
      if (fraction >= LEAST_TO_GO_BY) {
        long left = Math.round((now - startedAt) * 1e-9 * (1 - fraction) / fraction);
        text.append(", ").append(Amounts.left(left)).append(" left");
      }
      return text.toString();
    }
  }
}
