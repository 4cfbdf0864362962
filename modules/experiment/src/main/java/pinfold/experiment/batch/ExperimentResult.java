package pinfold.experiment.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.stats.PairedDifference;
import pinfold.scenario.Factor.Level;

/**
 * All runs of an experiment that are over, and what they come to. What is asked for again is not worked out again; for one thread at a
 * time.
 */
public final class ExperimentResult {
  private static final int NAMED_CELLS = 20;

  private final Plan plan;
  private final List<List<RunRecord>> records;
  private final boolean whole;
  private final Map<Of, CellSummary> summaries = new HashMap<>();
  private final Map<Of, PairedDifference> differences = new HashMap<>();

  /** A measure, by its name, of a variant at a point. */
  private record Of(int point, int variant, String measure) {}

  /** @param records by cell of the plan, then by seed from 1 */
  ExperimentResult(Plan plan, List<List<RunRecord>> records, boolean whole) {
    this.plan = plan;
    this.records = records.stream().map(List::copyOf).toList();
    this.whole = whole;
  }

  public Plan plan() {
    return plan;
  }

  /** Whether no run is missing. */
  public boolean isWhole() {
    return whole;
  }

  /** Runs of a cell, by seed from 1. */
  public List<RunRecord> runs(int cell) {
    return records.get(cell);
  }

  /** Runs of a variant, by its number, at a point. */
  public List<RunRecord> runs(int point, int variant) {
    return records.get(point * plan.variants().size() + variant);
  }

  /**
   * The cell of a variant where the factors have these values, in the order in which the experiment names the factors.
   *
   * @throws IllegalArgumentException if there is no such cell
   */
  public CellResult at(String variant, Object... values) {
    List<String> labels = Arrays.stream(values).map(Object::toString).toList();
    int found = plan.variants().indexOf(variant);
    for (int point = 0; found >= 0 && point < plan.points(); point++) {
      if (plan.cell(point, found).levels().stream().map(Level::label).toList().equals(labels)) {
        return new CellResult(this, point, found);
      }
    }
    throw new IllegalArgumentException("there is no cell " + variant + " " + labels + "; there are "
        + plan.cells().stream().map(Cell::label).limit(NAMED_CELLS).toList());
  }

  /** How many runs there are. */
  public int count() {
    return records.stream().mapToInt(List::size).sum();
  }

  /** A run without a result. */
  public record Failure(Cell cell, RunRecord run) {}

  /** All of those, by cell and seed. */
  public List<Failure> failures() {
    List<Failure> failures = new ArrayList<>();
    for (int cell = 0; cell < records.size(); cell++) {
      for (RunRecord run : records.get(cell)) {
        if (run.failed()) {
          failures.add(new Failure(plan.cells().get(cell), run));
        }
      }
    }
    return failures;
  }

  /** A measure of each run of a variant at a point, by seed; NaN where there is none. */
  public double[] values(int point, int variant, Measure measure) {
    int index = Measures.names().indexOf(measure.name());
    return runs(point, variant).stream().mapToDouble(run -> run.failed() ? Double.NaN : run.values()[index]).toArray();
  }

  /** A measure over the runs of a variant at a point. */
  public CellSummary summary(int point, int variant, Measure measure) {
    return summaries.computeIfAbsent(new Of(point, variant, measure.name()), of -> CellSummary.of(measure, values(point, variant,
        measure)));
  }

  /** A variant against the first, seed by seed, at a point. */
  public PairedDifference difference(int point, int variant, Measure measure) {
    return differences.computeIfAbsent(new Of(point, variant, measure.name()),
        of -> difference(values(point, 0, measure), values(point, variant, measure), measure));
  }

  /** Values against others, seed by seed, as far as both go. */
  static PairedDifference difference(double[] first, double[] second, Measure measure) {
    int pairs = Math.min(first.length, second.length);
    return PairedDifference.of(Arrays.copyOf(first, pairs), Arrays.copyOf(second, pairs), measure.isShare());
  }
}
