package pinfold.experiment.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;

/**
 * Percentile bootstrap intervals (Efron) of quantiles and means: what they would be in samples drawn from the sample. The draws have a
 * fixed seed, so an interval is a function of the values alone, in whatever order they came.
 */
public final class Bootstrap {
  private static final int RESAMPLES = 2000;
  private static final long SEED = 0x50494E464F4C44L;
  private static final double TAIL = 0.025;
  private static final Quantile METHOD = Quantile.withDefaults().with(EstimationMethod.HF7);

  private Bootstrap() {}

  /** A quantile of the values that are numbers, {@link Interval#NONE} if none is; of a single one without width. */
  public static Interval quantile(double[] values, double probability) {
    return of(values, (sorted, drawn) -> quantileOfDrawn(sorted, drawn, probability));
  }

  /** The mean of the values that are numbers. */
  public static Interval mean(double[] values) {
    return of(values, Bootstrap::meanOfDrawn);
  }

  @FunctionalInterface
  private interface Statistic {
    /** @param drawn how often each of the sorted values is in the sample */
    double of(double[] sorted, int[] drawn);
  }

  private static Interval of(double[] values, Statistic statistic) {
    double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
    int size = sorted.length;
    if (size == 0) {
      return Interval.NONE;
    }
    int[] drawn = new int[size];
    Arrays.fill(drawn, 1);
    double value = statistic.of(sorted, drawn);
    if (sorted[0] == sorted[size - 1]) {
      return new Interval(value, value, value);
    }
    SplittableRandom random = new SplittableRandom(SEED);
    double[] found = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      Arrays.fill(drawn, 0);
      for (int i = 0; i < size; i++) {
        drawn[random.nextInt(size)]++;
      }
      found[resample] = statistic.of(sorted, drawn);
    }
    return new Interval(value, METHOD.evaluate(found, TAIL), METHOD.evaluate(found, 1 - TAIL));
  }

  /** Method 7 of Hyndman and Fan, as {@link Quantiles} has it. */
  private static double quantileOfDrawn(double[] sorted, int[] drawn, double probability) {
    double position = (sorted.length - 1) * probability;
    int below = (int) position;
    double low = at(sorted, drawn, below);
    return position == below ? low : low + (position - below) * (at(sorted, drawn, below + 1) - low);
  }

  private static double at(double[] sorted, int[] drawn, int rank) {
    int seen = 0;
    for (int i = 0; i < sorted.length; i++) {
      seen += drawn[i];
      if (seen > rank) {
        return sorted[i];
      }
    }
    throw new IllegalArgumentException("rank " + rank + " of " + seen);
  }

  private static double meanOfDrawn(double[] sorted, int[] drawn) {
    double sum = 0;
    for (int i = 0; i < sorted.length; i++) {
      sum += drawn[i] * sorted[i];
    }
    return sum / sorted.length;
  }
}
