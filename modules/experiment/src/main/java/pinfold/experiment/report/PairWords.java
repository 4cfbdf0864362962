package pinfold.experiment.report;

import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.stats.PairedDifference;
import pinfold.scenario.ExperimentConfig.Better;

/**
 * A variant against the first by one measure, over all points, seed by seed. What a run cost that failed half-way is less than that of one
 * which went through, and no better: such pairs are counted, said, and kept out of what is judged.
 */
final class PairWords {
  private static final Measure SUCCESS = Measures.named("success");

  private final ExperimentResult result;
  private final int variant;
  private final Measure measure;
  private int pairs;
  private int lower;
  private int higher;
  /** Pairs with a difference in which not both runs succeeded. */
  private int unlike;
  /** Pairs in which both did, or in which success itself is compared. */
  private int alike;
  private int alikeLower;
  private int alikeHigher;
  private double firstSum;
  private double secondSum;

  PairWords(ExperimentResult result, int variant, Measure measure) {
    this.result = result;
    this.variant = variant;
    this.measure = measure;
    for (int point = 0; point < result.plan().points(); point++) {
      count(result.values(point, 0, measure), result.values(point, variant, measure), result.values(point, 0, SUCCESS),
          result.values(point, variant, SUCCESS));
    }
  }

  private void count(double[] first, double[] second, double[] firstSuccess, double[] secondSuccess) {
    for (int seed = 0; seed < Math.min(first.length, second.length); seed++) {
      if (Double.isNaN(first[seed]) || Double.isNaN(second[seed])) {
        continue;
      }
      int order = Double.compare(second[seed], first[seed]);
      pairs++;
      lower += order < 0 ? 1 : 0;
      higher += order > 0 ? 1 : 0;
      if (!measure.isShare() && Math.min(firstSuccess[seed], secondSuccess[seed]) == 0) {
        unlike += order != 0 ? 1 : 0;
        continue;
      }
      alike++;
      alikeLower += order < 0 ? 1 : 0;
      alikeHigher += order > 0 ? 1 : 0;
      firstSum += first[seed];
      secondSum += second[seed];
    }
  }

  String sentence() {
    PairedDifference all = new PairedDifference(pairs, lower, pairs - lower - higher, higher, null);
    String sentence = all.sentence("lower", "higher");
    if (unlike == 0) {
      return sentence + judged() + size();
    }
    String others = alikeLower + alikeHigher == 0 ? "" : "; among the others "
        + new PairedDifference(alike, alikeLower, alike - alikeLower - alikeHigher, alikeHigher, null).sentence("lower", "higher")
        + judged() + size();
    return sentence + "; in " + unlike + " of them not both succeeded" + others;
  }

  private String judged() {
    return measure.better() == Better.NEITHER || alikeLower == 0 == (alikeHigher == 0) ? ""
        : alikeLower > 0 == (measure.better() == Better.LOWER) ? " (better)" : " (worse)";
  }

  /** At one point the median difference with its interval, over several what the two come to on average. */
  private String size() {
    if (alikeLower + alikeHigher == 0) {
      return "";
    }
    if (result.plan().points() > 1) {
      return measure.isShare() ? ""
          : "; on average " + Figures.of(measure, secondSum / alike) + " against "
          + Figures.of(measure, firstSum / alike) + (measure.unit().isEmpty() ? "" : " " + measure.unit());
    }
    PairedDifference of = result.difference(0, variant, measure);
    String text = Figures.of(measure, of.difference().value());
    return "; difference " + (of.difference().low() == of.difference().high() ? text
        : text + " [" + Figures.of(measure, of.difference().low()) + ", " + Figures.of(measure, of.difference().high()) + "]");
  }
}
