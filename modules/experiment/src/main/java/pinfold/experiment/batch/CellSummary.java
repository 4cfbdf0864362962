package pinfold.experiment.batch;

import java.util.Arrays;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.stats.Bootstrap;
import pinfold.experiment.stats.Interval;
import pinfold.experiment.stats.Quantiles;
import pinfold.experiment.stats.Share;
import pinfold.scenario.ExperimentConfig.Better;

/**
 * One measure over the runs of a cell.
 *
 * @param runs runs that have a value
 * @param centre the share of successes with its Wilson interval, or the median with its bootstrap interval
 * @param tail the 90th percentile (for what is better high, the 10th), {@link Interval#NONE} for shares
 * @param least smallest value, NaN without runs
 * @param most largest value
 */
public record CellSummary(Measure measure, int runs, Interval centre, Interval tail, double least, double most) {
  private static final double TAIL = 0.9;

  /** Values that are no number are left out. */
  static CellSummary of(Measure measure, double[] values) {
    double[] numbers = Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
    if (measure.isShare()) {
      Share share = Share.of((int) Arrays.stream(numbers).sum(), numbers.length);
      return new CellSummary(measure, numbers.length, new Interval(share.value(), share.low(), share.high()), Interval.NONE,
          Arrays.stream(numbers).min().orElse(Double.NaN), Arrays.stream(numbers).max().orElse(Double.NaN));
    }
    boolean high = measure.better() == Better.HIGHER;
    return new CellSummary(measure, numbers.length, Bootstrap.quantile(numbers, 0.5), Bootstrap.quantile(numbers, high ? 1 - TAIL : TAIL),
        Arrays.stream(numbers).min().orElse(Double.NaN), Arrays.stream(numbers).max().orElse(Double.NaN));
  }

  /** Whether half the interval is no wider than this: of a share as it is, of anything else relative to the median. */
  boolean isKnownTo(double precision) {
    if (runs == 0) {
      return true;
    }
    double allowed = measure.isShare() ? precision : precision * Math.abs(centre.value());
    return centre.halfWidth() <= allowed;
  }
}
