package pinfold.experiment.stats;

import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;

/**
 * Quantiles of a sample of counts or nanoseconds, interpolated linearly between neighbours (Hyndman and Fan's method 7,
 * the default of R and NumPy). A function of the sample's values alone: the order they came in changes nothing.
 */
public final class Quantiles {
  /** Above this a long does not fit a double exactly; in nanoseconds 104 days. */
  private static final long EXACT_DOUBLE = 1L << 53;

  private static final Quantile METHOD = Quantile.withDefaults().with(EstimationMethod.HF7).withCopy(false);

  private final double[] sample;

  private Quantiles(double[] sample) {
    this.sample = sample;
  }

  /** The sample is copied. Values must be within ±2^53. */
  public static Quantiles of(long... values) {
    double[] copy = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] > EXACT_DOUBLE || values[i] < -EXACT_DOUBLE) {
        throw new IllegalArgumentException(values[i] + " is beyond 2^53 and would be rounded");
      }
      copy[i] = values[i];
    }
    return new Quantiles(copy);
  }

  /** How many values there are. */
  public int size() {
    return sample.length;
  }

  /** The value below which a share {@code probability} (0 to 1) of the sample lies; NaN of an empty sample. */
  public double at(double probability) {
    return METHOD.evaluate(sample, probability);
  }

  /** NaN of an empty sample. */
  public double median() {
    return at(0.5);
  }

  /** The smallest value; NaN of an empty sample. */
  public double min() {
    return at(0);
  }

  /** The largest value; NaN of an empty sample. */
  public double max() {
    return at(1);
  }
}
