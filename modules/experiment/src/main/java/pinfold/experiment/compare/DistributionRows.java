package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Distributions;
import pinfold.kernel.count.Histogram;

/** A run's distributions as results write them: every bucket that is not empty, or a few figures of each. */
public final class DistributionRows {
  private DistributionRows() {}

  /** Names of the columns of {@link #of}. */
  public static List<String> header() {
    return List.of("variant", "seed", "distribution", "unit", "from", "below", "count");
  }

  /** A row per bucket that is not empty. */
  public static List<List<Object>> of(RunResult run) {
    List<List<Object>> rows = new ArrayList<>();
    for (Distribution distribution : Distribution.values()) {
      Histogram histogram = run.distributions().get(distribution);
      for (int bucket = 0; bucket < histogram.buckets(); bucket++) {
        if (histogram.inBucket(bucket) > 0) {
          rows.add(List.of(run.variant(), run.seed(), distribution.statName(), distribution.unit().symbol(),
              Histogram.from(bucket), Histogram.from(bucket + 1), histogram.inBucket(bucket)));
        }
      }
    }
    return rows;
  }

  /** By name: unit, count, mean, median, 90th and 99th percentile, largest; those without values are left out. */
  public static Map<String, Object> summary(Distributions distributions) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Distribution distribution : Distribution.values()) {
      Histogram histogram = distributions.get(distribution);
      if (histogram.count() == 0) {
        continue;
      }
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("unit", distribution.unit().symbol());
      one.put("count", histogram.count());
      one.put("mean", histogram.mean());
      one.put("p50", histogram.quantile(0.5));
      one.put("p90", histogram.quantile(0.9));
      one.put("p99", histogram.quantile(0.99));
      one.put("max", histogram.max());
      all.put(distribution.statName(), one);
    }
    return all;
  }
}
