package pinfold.experiment.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import pinfold.experiment.batch.CellSummary;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.compare.Series;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.Environment;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.experiment.results.Json;
import pinfold.experiment.stats.PairedDifference;
import pinfold.scenario.Factor;
import pinfold.scenario.Factor.Level;

/** Writes what an experiment leaves: tables, configuration, manifest. docs/results.md describes them. */
public final class ExperimentFiles {
  private final ExperimentResult result;
  private final ExperimentText text;
  private final Plan plan;

  public ExperimentFiles(ExperimentResult result, ExperimentText text) {
    this.result = result;
    this.text = text;
    this.plan = result.plan();
  }

  /** Writes them all, the manifest last. */
  public void writeTo(ExperimentDirectory directory, String build) throws IOException {
    directory.text("experiment.conf", plan.experiment().effective());
    directory.text("scenario.conf", plan.cell(0, 0).scenario().effective());
    directory.csv("runs.csv", runHeader(), runRows());
    directory.csv("cells.csv", cellHeader(), cellRows());
    directory.csv("differences.csv", differenceHeader(), differenceRows());
    directory.csv("vms.csv", header("variant", "seed", "vm", "ended", "result", "start_ns", "end_ns"), vmRows());
    directory.csv("pins.csv", header(Stream.concat(Stream.of("variant", "seed"), RunRecord.PIN_COLUMNS.stream()).toArray(String[]::new)),
        rows(RunRecord::pins));
    directory.csv("series.csv", header(Stream.concat(Stream.of("variant", "seed"), Series.header().stream()).toArray(String[]::new)),
        rows(RunRecord::series));
    directory.csv("failures.csv", header("variant", "seed", "failure"), failureRows());
    directory.text("report.md", text.markdown());
    directory.text("report.html", new ReportPage(result, text).html(build));
    directory.text("manifest.json", Json.pretty(manifest(build)));
  }

  private List<String> header(String... more) {
    return Stream.concat(plan.experiment().factors().stream().map(Factor::name), Stream.of(more)).toList();
  }

  private static List<Object> row(Cell cell, Object... more) {
    List<Object> row = new ArrayList<>(cell.levels().stream().map(Level::label).toList());
    row.addAll(Arrays.asList(more));
    return row;
  }

  private List<String> runHeader() {
    return header(Stream.concat(Stream.of("variant", "seed", "failed", "digest"), Measures.names().stream()).toArray(String[]::new));
  }

  private List<List<Object>> runRows() {
    List<List<Object>> rows = new ArrayList<>();
    for (int cell = 0; cell < plan.cells().size(); cell++) {
      for (RunRecord run : result.runs(cell)) {
        List<Object> row = row(plan.cells().get(cell), plan.cells().get(cell).variantName(), run.seed(), run.failed() ? 1 : 0,
            run.failed() ? null : "%016x".formatted(run.digest()));
        for (int i = 0; i < Measures.names().size(); i++) {
          row.add(run.failed() ? null : number(run.values()[i]));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private List<String> cellHeader() {
    return header("variant", "measure", "unit", "runs", "estimate", "low", "high", "tail", "tail_low", "tail_high", "min", "max");
  }

  private List<List<Object>> cellRows() {
    List<List<Object>> rows = new ArrayList<>();
    for (int point = 0; point < plan.points(); point++) {
      for (int variant = 0; variant < plan.variants().size(); variant++) {
        for (Measure measure : plan.measures()) {
          CellSummary of = result.summary(point, variant, measure);
          rows.add(row(plan.cell(point, variant), plan.variants().get(variant), measure.name(), measure.unit(), of.runs(),
              number(of.centre().value()), number(of.centre().low()), number(of.centre().high()), number(of.tail().value()),
              number(of.tail().low()), number(of.tail().high()), number(of.least()), number(of.most())));
        }
      }
    }
    return rows;
  }

  private List<String> differenceHeader() {
    return header("variant", "against", "measure", "pairs", "lower", "equal", "higher", "difference", "low", "high");
  }

  private List<List<Object>> differenceRows() {
    List<List<Object>> rows = new ArrayList<>();
    for (int point = 0; point < plan.points(); point++) {
      for (int variant = 1; variant < plan.variants().size(); variant++) {
        for (Measure measure : plan.measures()) {
          PairedDifference of = result.difference(point, variant, measure);
          rows.add(row(plan.cell(point, variant), plan.variants().get(variant), plan.variants().getFirst(), measure.name(), of.pairs(),
              of.lower(), of.equal(), of.higher(), number(of.difference().value()), number(of.difference().low()),
              number(of.difference().high())));
        }
      }
    }
    return rows;
  }

  private List<List<Object>> vmRows() {
    List<List<Object>> rows = new ArrayList<>();
    for (int cell = 0; cell < plan.cells().size(); cell++) {
      for (RunRecord run : result.runs(cell)) {
        for (RunRecord.Vm vm : run.vms()) {
          rows.add(row(plan.cells().get(cell), plan.cells().get(cell).variantName(), run.seed(), vm.name(), vm.ended() ? 1 : 0, vm.result(),
              vm.startNanos(), vm.endNanos()));
        }
      }
    }
    return rows;
  }

  private List<List<Object>> rows(Function<RunRecord, List<long[]>> kept) {
    List<List<Object>> rows = new ArrayList<>();
    for (int cell = 0; cell < plan.cells().size(); cell++) {
      for (RunRecord run : result.runs(cell)) {
        for (long[] words : kept.apply(run)) {
          List<Object> row = row(plan.cells().get(cell), plan.cells().get(cell).variantName(), run.seed());
          for (long word : words) {
            row.add(word);
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private List<List<Object>> failureRows() {
    return result.failures().stream().map(one -> row(one.cell(), one.cell().variantName(), one.run().seed(), one.run().failure())).toList();
  }

  /** Whole numbers without a point; nothing for what is no number. */
  private static Object number(double value) {
    if (Double.isNaN(value)) {
      return null;
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) value;
  }

  private Map<String, Object> manifest(String build) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("format", ExperimentDirectory.FORMAT);
    manifest.put("build", build);
    manifest.put("experiment", plan.experiment().name());
    manifest.put("scenario", plan.experiment().scenario());
    manifest.put("variants", plan.variants());
    manifest.put("points", plan.points());
    manifest.put("runs", result.count());
    manifest.put("failed_runs", result.failures().size());
    manifest.put("complete", result.isWhole());
    manifest.put("measures", plan.measures().stream().map(Measure::name).toList());
    Environment here = Environment.current();
    manifest.put("jvm", here.jvm());
    manifest.put("os", here.os());
    return manifest;
  }
}
