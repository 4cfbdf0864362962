package pinfold.experiment.batch;

import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.stats.Interval;
import pinfold.experiment.stats.PairedDifference;
import pinfold.scenario.Nearest;

/** What one cell of an experiment came to, by the names of measures: any of them, not only those that the experiment reports. */
public final class CellResult {
  private final ExperimentResult result;
  private final int point;
  private final int variant;

  CellResult(ExperimentResult result, int point, int variant) {
    this.result = result;
    this.point = point;
    this.variant = variant;
  }

  public Cell cell() {
    return result.plan().cell(point, variant);
  }

  /** A measure of each run, by seed; NaN where there is none. */
  public double[] values(String measure) {
    return result.values(point, variant, measure(measure));
  }

  /** The share of runs that have it, or the median. */
  public double value(String measure) {
    return interval(measure).value();
  }

  /** The same with its 95 % interval: Wilson's of a share, by bootstrap of a median. */
  public Interval interval(String measure) {
    return summary(measure).centre();
  }

  /** All that is known of a measure. */
  public CellSummary summary(String measure) {
    return result.summary(point, variant, measure(measure));
  }

  /** This cell against another one, seed by seed. */
  public PairedDifference against(CellResult other, String measure) {
    return ExperimentResult.difference(other.values(measure), values(measure), measure(measure));
  }

  private static Measure measure(String name) {
    Measure measure = Measures.named(name);
    if (measure == null) {
      throw new IllegalArgumentException("there is no measure " + name
          + Nearest.to(name, Measures.names()).map(near -> "; did you mean " + near + "?").orElse(""));
    }
    return measure;
  }
}
