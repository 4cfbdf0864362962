package pinfold.experiment.live;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.scenario.Factor.Level;

/** An experiment as the page shows it: what is done of each cell, and each variant's first measure so far. */
public final class LiveExperiment implements ExperimentListener {
  private final LiveBoard board;
  private final ExperimentListener other;
  private final Plan plan;
  private final Measure measure;
  private final int measureAt;
  /** By cell of the plan. */
  private final List<Tally> cells = new ArrayList<>();
  private final double startedAtSeconds;
  private int planned;
  private int there;
  private int done;

  /** @param other is told all that this is told */
  public LiveExperiment(LiveBoard board, Plan plan, ExperimentListener other) {
    this.board = board;
    this.other = other;
    this.plan = plan;
    this.measure = plan.measures().getFirst();
    this.measureAt = Measures.names().indexOf(measure.name());
    plan.cells().forEach(cell -> cells.add(new Tally()));
    this.startedAtSeconds = board.elapsedSeconds();
    board.show(this);
  }

  /** Runs of a cell, or of all cells of a variant, that were done now. */
  private static final class Tally {
    int runs;
    int failed;
    int values;
    double sum;

    void add(RunRecord record, int at) {
      runs++;
      failed += record.failed() ? 1 : 0;
      if (!record.failed() && !Double.isNaN(record.values()[at])) {
        values++;
        sum += record.values()[at];
      }
    }

    Map<String, Object> state() {
      Map<String, Object> state = new LinkedHashMap<>();
      state.put("runs", runs);
      state.put("failed", failed);
      state.put("mean", values == 0 ? null : sum / values);
      return state;
    }
  }

  @Override
  public void planned(int runs, int alreadyThere) {
    synchronized (this) {
      planned += runs;
      there += alreadyThere;
    }
    other.planned(runs, alreadyThere);
  }

  @Override
  public RunListener begin(Cell cell, long seed) {
    return board.watch(cell.label() + ", seed " + seed, other.begin(cell, seed));
  }

  @Override
  public void done(Cell cell, RunRecord record) {
    synchronized (this) {
      done++;
      cells.get(cell.point() * plan.variants().size() + plan.variants().indexOf(cell.variantName())).add(record, measureAt);
    }
    other.done(cell, record);
  }

  @Override
  public boolean cancelled() {
    return other.cancelled();
  }

  @Override
  public void close() {
    other.close();
  }

  synchronized int planned() {
    return planned;
  }

  synchronized int runsDone() {
    return there + done;
  }

  synchronized double share() {
    return planned == 0 ? 0 : (double) (there + done) / planned;
  }

  /** Null while nothing is known. */
  synchronized Double secondsLeft(double elapsed) {
    return done == 0 ? null : Double.valueOf((elapsed - startedAtSeconds) * (planned - there - done) / done);
  }

  synchronized Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("question", plan.experiment().question());
    state.put("measure", measure.title());
    state.put("unit", measure.unit());
    state.put("isShare", measure.isShare());
    state.put("variants", plan.variants());
    state.put("factors", plan.experiment().factors().stream().map(factor -> factor.name()).toList());
    List<Object> points = new ArrayList<>();
    for (int point = 0; point < plan.points(); point++) {
      points.add(plan.cell(point, 0).levels().stream().map(Level::label).toList());
    }
    state.put("points", points);
    state.put("seeds", plan.experiment().seeds());
    state.put("runsThere", there);
    state.put("cells", cells.stream().map(Tally::state).toList());
    return state;
  }
}
