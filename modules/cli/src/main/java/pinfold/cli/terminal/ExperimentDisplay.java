package pinfold.cli.terminal;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;

/** How far an experiment has come, on a {@link StatusLine}: runs, their rate, the time left, and each variant's first measure so far. */
public final class ExperimentDisplay implements ExperimentListener {
  private final StatusLine line;
  private final Cancellation cancellation;
  private final LongSupplier wallNanos;
  private final long startedAt;
  private final List<String> variants;
  private final Measure measure;
  private final int measureAt;
  private final double[] sums;
  private final int[] counts;
  private int planned;
  private int there;
  private int done;
  private int failed;

  public ExperimentDisplay(Plan plan, PrintWriter err, Terminal terminal, Cancellation cancellation, LongSupplier wallNanos) {
    this.line = new StatusLine(err, terminal, wallNanos);
    this.cancellation = cancellation;
    this.wallNanos = wallNanos;
    this.startedAt = wallNanos.getAsLong();
    this.variants = plan.variants();
    this.measure = plan.measures().getFirst();
    this.measureAt = Measures.names().indexOf(measure.name());
    this.sums = new double[variants.size()];
    this.counts = new int[variants.size()];
  }

  @Override
  public synchronized void planned(int runs, int alreadyThere) {
    planned += runs;
    there += alreadyThere;
    if (alreadyThere > 0) {
      line.remark("pinfold: %d of %d runs are there already".formatted(alreadyThere, runs));
    }
  }

  @Override
  public RunListener begin(Cell cell, long seed) {
    return (nowNanos, windowsRun) -> {
      if (line.isDue(wallNanos.getAsLong())) {
        show();
      }
      return !cancellation.requested();
    };
  }

  @Override
  public void done(Cell cell, RunRecord record) {
    add(cell, record);
    show();
  }

  private synchronized void add(Cell cell, RunRecord record) {
    done++;
    if (record.failed()) {
      failed++;
      return;
    }
    double value = record.values()[measureAt];
    int variant = variants.indexOf(cell.variantName());
    if (!Double.isNaN(value)) {
      sums[variant] += value;
      counts[variant]++;
    }
  }

  @Override
  public boolean cancelled() {
    return cancellation.requested();
  }

  /** Runs that ended without a result, so far. */
  public synchronized int failed() {
    return failed;
  }

  private synchronized void show() {
    long now = wallNanos.getAsLong();
    if (!line.isDue(now) || planned == 0) {
      return;
    }
    double seconds = Math.max(1e-9, (now - startedAt) * 1e-9);
    int left = planned - there - done;
    StringBuilder text = new StringBuilder("%d of %d runs, %.1f/s".formatted(there + done, planned, done / seconds));
    if (done > 0) {
      text.append(", ").append(Amounts.left(Math.round(left * seconds / done))).append(" left");
    }
    text.append(failed > 0 ? ", " + failed + " failed" : "").append("; ").append(measure.title()).append(" so far: ").append(soFar());
    line.show(now, (double) (there + done) / planned, text.toString());
  }

  private String soFar() {
    String[] parts = new String[variants.size()];
    Arrays.setAll(parts, i -> variants.get(i) + " " + (counts[i] == 0 ? "-"
        : measure.isShare() ? "%.0f of %d".formatted(sums[i], counts[i]) : "%.4g".formatted(sums[i] / counts[i])));
    return String.join(", ", parts);
  }

  @Override
  public void close() {
    line.end();
  }
}
