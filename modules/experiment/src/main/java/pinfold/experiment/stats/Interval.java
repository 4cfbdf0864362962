package pinfold.experiment.stats;

/**
 * An estimate with its 95 % interval; NaN where there is none.
 *
 * @param value the estimate
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {
  /** Nothing is known. */
  public static final Interval NONE = new Interval(Double.NaN, Double.NaN, Double.NaN);

  /** Half its width. */
  public double halfWidth() {
    return (high - low) / 2;
  }
}
