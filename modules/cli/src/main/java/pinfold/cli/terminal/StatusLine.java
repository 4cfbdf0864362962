package pinfold.cli.terminal;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * How far something has come: on a terminal one line with a bar, drawn over at most ten times a second and gone in the end; elsewhere a
 * plain line every five seconds.
 */
final class StatusLine {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int BAR_COLUMNS = 20;
  private static final String ERASE = "\r\033[K";

  private final PrintWriter err;
  private final Terminal terminal;
  private final LongSupplier wallNanos;
  private volatile long nextAt;
  private boolean drawn;

  StatusLine(PrintWriter err, Terminal terminal, LongSupplier wallNanos) {
    this.err = err;
    this.terminal = terminal;
    this.wallNanos = wallNanos;
    this.nextAt = wallNanos.getAsLong() + pause();
  }

  private long pause() {
    return terminal.redraws() ? REDRAW_NANOS : LINE_NANOS;
  }

  /** Whether it is time for the next line. */
  boolean isDue(long now) {
    return now >= nextAt;
  }

  /** Shows how far it is, if it is time. */
  synchronized void show(long now, double fraction, String text) {
    if (now < nextAt) {
      return; // another thread was faster
    }
    nextAt = now + pause();
    if (terminal.redraws()) {
      err.print(ERASE + bar(fraction) + clip(text, terminal.columns() - BAR_COLUMNS - 11));
      drawn = true;
    } else {
      err.println("pinfold: " + (int) (fraction * 100) + " %, " + text);
    }
    err.flush();
  }

  /** Prints a line that stays, above the bar. */
  synchronized void remark(String line) {
    erase();
    err.println(line);
    err.flush();
  }

  /** Takes the bar away. */
  synchronized void end() {
    erase();
    err.flush();
  }

  private void erase() {
    if (drawn) {
      err.print(ERASE);
      drawn = false;
    }
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
}
