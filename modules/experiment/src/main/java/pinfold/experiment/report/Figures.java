package pinfold.experiment.report;

import java.util.Locale;
import pinfold.experiment.batch.CellSummary;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.stats.Interval;

/** Numbers as reports print them. */
final class Figures {
  private Figures() {}

  /** A value of a measure with as many digits as are of use: a share in per cent, "-" for none. */
  static String of(Measure measure, double value) {
    return measure.isShare() ? percent(value) : plain(value);
  }

  /** The centre of a summary with its interval, as {@code 12.3 [11.9, 12.8]}; without the interval where it has no width. */
  static String of(CellSummary summary) {
    Interval centre = summary.centre();
    String value = of(summary.measure(), centre.value());
    return Double.isNaN(centre.value()) || centre.low() == centre.high() ? value
        : value + " [" + of(summary.measure(), centre.low()) + ", " + of(summary.measure(), centre.high()) + "]";
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  static String plain(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, "%,d", (long) value);
    }
    return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : size >= 0.01 ? "%.4f" : "%.3g", value);
  }
}
