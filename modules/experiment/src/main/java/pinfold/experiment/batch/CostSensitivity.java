package pinfold.experiment.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.CostPlan;
import pinfold.experiment.stats.PairedDifference;
import pinfold.kernel.cost.Cost;

/** What the verdicts of an experiment owe to costs that are assumed. A verdict is how a variant compares with the first, by a measure. */
public final class CostSensitivity {
  private final ExperimentResult result;

  /** @param result of {@link CostPlan} */
  public CostSensitivity(ExperimentResult result) {
    this.result = result;
  }

  /**
   * A cost that changes something.
   *
   * @param halved the first measure of the variants where it is half
   * @param doubled where it is twice
   * @param overturned verdicts that become others; empty if all stay
   */
  public record Row(Cost cost, List<CellSummary> halved, List<CellSummary> doubled, List<Change> overturned) {}

  /** A verdict by a measure that becomes another. */
  public record Change(Measure measure, String words) {}

  /** How a variant compares with the first. */
  private enum Verdict {
    SAME("the same"),
    LOWER("lower"),
    HIGHER("higher"),
    MIXED("lower in some runs and higher in others"),
    UNKNOWN("not to be compared");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /** What goes this way in one run and that way in another says nothing that could be overturned. */
    boolean says() {
      return this != MIXED && this != UNKNOWN;
    }

    static Verdict of(PairedDifference difference) {
      if (difference.pairs() == 0) {
        return UNKNOWN;
      }
      return difference.lower() > 0 ? difference.higher() > 0 ? MIXED : LOWER : difference.higher() > 0 ? HIGHER : SAME;
    }
  }

  /** The first measure of the variants with all costs as they are. */
  public List<CellSummary> asTheyAre() {
    return first(0);
  }

  private List<CellSummary> first(int point) {
    List<CellSummary> all = new ArrayList<>();
    for (int variant = 0; variant < result.plan().variants().size(); variant++) {
      all.add(result.summary(point, variant, shown()));
    }
    return all;
  }

  /** The measure whose values are shown: the first that is no share, or the first. */
  public Measure shown() {
    List<Measure> measures = result.plan().measures();
    return measures.stream().filter(measure -> !measure.isShare()).findFirst().orElse(measures.getFirst());
  }

  /** The costs that change any measure of any run. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    List<Cost> costs = CostPlan.costs();
    for (int i = 0; i < costs.size(); i++) {
      int half = 2 * i + 1;
      if (changes(half) || changes(half + 1)) {
        List<Change> overturned = new ArrayList<>(overturned(half, "halved"));
        overturned.addAll(overturned(half + 1, "doubled"));
        rows.add(new Row(costs.get(i), first(half), first(half + 1), overturned));
      }
    }
    return rows;
  }

  private boolean changes(int point) {
    for (int variant = 0; variant < result.plan().variants().size(); variant++) {
      for (Measure measure : result.plan().measures()) {
        double[] before = result.values(0, variant, measure);
        double[] after = result.values(point, variant, measure);
        if (!Arrays.equals(before, after)) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Change> overturned(int point, String how) {
    List<Change> overturned = new ArrayList<>();
    for (int variant = 1; variant < result.plan().variants().size(); variant++) {
      for (Measure measure : result.plan().measures()) {
        Verdict before = Verdict.of(result.difference(0, variant, measure));
        Verdict after = Verdict.of(result.difference(point, variant, measure));
        if (before != after && before.says()) {
          overturned.add(new Change(measure, "%s: %s of %s is %s, not %s".formatted(how, measure.title(),
              result.plan().variants().get(variant), after.words, before.words)));
        }
      }
    }
    return overturned;
  }
}
