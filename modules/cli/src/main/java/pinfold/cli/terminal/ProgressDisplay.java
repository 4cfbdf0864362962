package pinfold.cli.terminal;

import java.io.PrintWriter;
import java.util.function.LongSupplier;
import pinfold.engine.Host;

/**
 * How far a command has come: on a terminal one line with a bar, drawn over at most ten times a second and gone when the
 * work is done; elsewhere a plain line every five seconds. Parts (one run each) may be under way at once, on any thread.
 * Progress is the only place where wall time meets simulated time.
 */
public final class ProgressDisplay implements AutoCloseable {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int BAR_COLUMNS = 20;
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
   * @param endNanos simulated end, if the run is known to last until then; otherwise 0
   */
  public synchronized Part begin(String label, long endNanos) {
    begun++;
    return new Part(parts == 1 ? label : label + " (" + begun + " of " + parts + ")", endNanos);
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
      err.println("pinfold: " + text);
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

  /** One run. */
  public final class Part implements Host.ProgressListener, AutoCloseable {
    private final String label;
    private final long endNanos;
    private final long partStartedAt = wallNanos.getAsLong();
    private double share;
    private long simulatedNanos;
    private long windows;

    private Part(String label, long endNanos) {
      this.label = label;
      this.endNanos = endNanos;
    }

    /** Returns false once Ctrl-C was pressed. */
    @Override
    public boolean onProgress(long nowNanos, long windowsRun) {
      long now = wallNanos.getAsLong();
      if (now >= nextAt) {
        simulatedNanos = nowNanos;
        windows = windowsRun;
        if (endNanos > 0) {
          advance(Math.min(1, (double) nowNanos / endNanos));
        }
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
      if (endNanos > 0) {
        text.append(" of ").append(Amounts.simulated(endNanos));
      }
      text.append(" simulated, ").append(Amounts.rate(simulatedNanos / seconds)).append(", ")
          .append(Math.round(windows / seconds)).append(" windows/s");
      if (fraction > 0.001) {
        long left = Math.round((now - startedAt) * 1e-9 * (1 - fraction) / fraction);
        text.append(", ").append(Amounts.left(left)).append(" left");
      }
      return text.toString();
    }
  }
}
