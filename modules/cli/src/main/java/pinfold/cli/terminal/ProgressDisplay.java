package pinfold.cli.terminal;

import java.io.PrintWriter;
import java.util.function.LongSupplier;
import pinfold.experiment.compare.RunListener;

/**
 * How far a command has come: on a terminal one line with a bar, drawn over at most ten times a second and gone when the
 * work is done; elsewhere a plain line every five seconds. Parts (one run each) may be under way at once, on any thread.
 * Progress is the only place where wall time meets simulated time.
 */
public final class ProgressDisplay implements AutoCloseable {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int BAR_COLUMNS = 20;
  /** A guess of the time left that rests on less says nothing. */
  private static final double LEAST_TO_GO_BY = 0.01;
  private static final String ERASE = "\r\033[K";

  private final PrintWriter err;
  private final Terminal terminal;
  private final Cancellation cancellation;
  private final int parts;
  private final LongSupplier wallNanos;
  private final long startedAt;
  private volatile long nextAt;
  private int begun;
  private double doneParts;
  private boolean drawn;

  /**
   * @param parts how many runs there will be
   * @param wallNanos the wall clock
   */
  public ProgressDisplay(PrintWriter err, Terminal terminal, Cancellation cancellation, int parts, LongSupplier wallNanos) {
    this.err = err;
    this.terminal = terminal;
    this.cancellation = cancellation;
    this.parts = parts;
    this.wallNanos = wallNanos;
    this.startedAt = wallNanos.getAsLong();
    this.nextAt = startedAt + (terminal.redraws() ? REDRAW_NANOS : LINE_NANOS);
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
  public synchronized void remark(String line) {
    erase();
    err.println(line);
    err.flush();
  }

  /** Takes the bar away. */
  @Override
  public synchronized void close() {
    erase();
    err.flush();
  }

  private void erase() {
    if (drawn) {
      err.print(ERASE);
      drawn = false;
    }
  }

  private synchronized void show(Part part, long now) {
    if (now < nextAt) {
      return; // another part was faster
    }
    nextAt = now + (terminal.redraws() ? REDRAW_NANOS : LINE_NANOS);
    double fraction = parts == 0 ? 0 : Math.min(1, doneParts / parts);
    String text = part.text(now, fraction);
    if (terminal.redraws()) {
      err.print(ERASE + bar(fraction) + clip(text, terminal.columns() - BAR_COLUMNS - 11));
      drawn = true;
    } else {
      err.println("pinfold: " + (int) (fraction * 100) + " %, " + text);
    }
    err.flush();
  }

  private String bar(double fraction) {
    int filled = (int) (fraction * BAR_COLUMNS);
    String colour = terminal.colour() ? "\033[36m" : "";
    String plain = terminal.colour() ? "\033[0m" : "";
    return String.format("[%s%s%s%s] %3d %%  ", colour, "#".repeat(filled), plain, ".".repeat(BAR_COLUMNS - filled),
        (int) (fraction * 100));
  }

  private static String clip(String text, int columns) {
    return text.length() <= columns ? text : text.substring(0, Math.max(0, columns));
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
      if (now >= nextAt) {
        simulatedNanos = nowNanos;
        windows = windowsRun;
        show(this, now);
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
