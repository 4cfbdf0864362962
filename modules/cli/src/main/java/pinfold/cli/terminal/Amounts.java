package pinfold.cli.terminal;

import java.util.Locale;

/** Times, rates and sizes as progress shows them: three digits that matter, and a unit. */
public final class Amounts {
  private Amounts() {}

  /** A simulated time. */
  public static String simulated(long nanos) {
    return scaled(nanos, 1000, new String[] {"ns", "us", "ms", "s"});
  }

  /** Simulated seconds per second of wall clock, given in simulated nanoseconds per second. */
  static String rate(double nanosPerSecond) {
    return scaled(nanosPerSecond, 1000, new String[] {"ns", "us", "ms", "s"}) + "/s";
  }

  /** A wall-clock time to wait. */
  public static String left(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }

  /** A size. */
  public static String bytes(double bytes) {
    return scaled(bytes, 1024, new String[] {"B", "KiB", "MiB", "GiB", "TiB"});
  }

  private static String scaled(double value, double step, String[] units) {
    int unit = 0;
    double scaled = value;
    while (scaled >= 999.5 && unit < units.length - 1) {
      scaled /= step;
      unit++;
    }
    int decimals = unit == 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", scaled, units[unit]);
  }
}
