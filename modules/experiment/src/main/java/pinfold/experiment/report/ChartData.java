package pinfold.experiment.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;
import pinfold.experiment.batch.CellSummary;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.RunRecord;
import pinfold.experiment.compare.Series;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.Plan;
import pinfold.kernel.cpu.Errno;

/**
 * What the charts of a report show, as the JSON that its script reads. Lists go by measure, point and variant, in this order. Numbers
 * have six digits, and there are no more of them than a page of a few megabytes holds: where an experiment has more, runs become quantiles,
 * series lose instants, and some points have no series.
 */
final class ChartData {
  private static final MathContext DIGITS = new MathContext(6);
  private static final int MOST_STRIP_VALUES = 150_000;
  private static final int MOST_SERIES_VALUES = 120_000;
  private static final int MOST_SERIES_ROWS = 200;
  /** Points whose first runs are shown. */
  private static final int MOST_POINTS = 12;
  private static final int MOST_VMS = 4;
  private static final int MOST_SPANS = 40_000;
  /** Spans of pin calls beside each other. */
  private static final int MOST_SPANS_ACROSS = 300;
  private static final Quantile METHOD = Quantile.withDefaults().with(EstimationMethod.HF7);

  private final ExperimentResult result;
  private final Plan plan;

  ChartData(ExperimentResult result) {
    this.result = result;
    this.plan = result.plan();
  }

  Map<String, Object> json() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("variants", plan.variants());
    data.put("factors", plan.experiment().factors().stream().map(factor -> object("name", factor.name(), "numeric", factor.isNumeric(),
        "labels", factor.levels().stream().map(level -> level.label()).toList(),
        "numbers", factor.levels().stream().map(level -> level.number()).toList())).toList());
    data.put("points", plan.experiment().points().stream().map(point -> point.levels()).toList());
    data.put("measures", plan.measures().stream().map(measure -> object("name", measure.name(), "title", measure.title(), "unit",
        measure.unit(),
        "share", measure.isShare(), "better", measure.better())).toList());
    data.put("cells", plan.measures().stream().map(measure -> cells(point -> variant -> cell(result.summary(point, variant, measure))))
        .toList());
    data.put("strips", strips());
    data.put("series", series());
    data.put("starts", starts());
    return data;
  }

  private static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return object;
  }

  private List<List<Object>> cells(IntFunction<IntFunction<Object>> of) {
    return IntStream.range(0, plan.points()).mapToObj(point -> variants(of.apply(point))).toList();
  }

  private List<Object> variants(IntFunction<Object> of) {
    return IntStream.range(0, plan.variants().size()).mapToObj(of).toList();
  }

  /** Value, low, high; null where there is none. */
  private static Object cell(CellSummary summary) {
    return summary.runs() == 0 ? null
        : List.of(number(summary.centre().value()), number(summary.centre().low()), number(summary.centre().high()));
  }

  /** Whole numbers stay exact. */
  private static Object number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) new BigDecimal(value, DIGITS)
        .doubleValue();
  }

  /**
   * The values of each run, sorted; null for measures that are shares, and for cells with a single run, which {@code cells} shows
   * already.
   */
  private List<Object> strips() {
    long strips = (long) plan.cells().size() * plan.measures().size();
    // As many as a box has, so that it stays what it was.
    int most = (int) Math.clamp(MOST_STRIP_VALUES / strips / 4 * 4 + 1, 5, 201);
    return plan.measures().stream()
        .<Object>map(measure -> measure.isShare() ? null : cells(point -> variant -> strip(result.values(point, variant, measure), most)))
            .toList();
  }

  private static Object strip(double[] values, int most) {
    double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
    if (sorted.length < 2) {
      return null;
    }
    double[] shown = sorted.length <= most ? sorted
        : METHOD.evaluate(sorted, IntStream.range(0, most).mapToDouble(i -> i / (most - 1.0)).toArray());
    return Arrays.stream(shown).mapToObj(ChartData::number).toList();
  }

  /** Numbers of the points whose first runs are shown, evenly spaced. */
  private int[] pointsShown() {
    int count = Math.min(MOST_POINTS, plan.points());
    return IntStream.range(0, count).map(i -> count == 1 ? 0 : (int) Math.round((double) i * (plan.points() - 1) / (count - 1))).toArray();
  }

  /** The first run of a variant at a point, null if there is none that has a result. */
  private RunRecord first(int point, int variant) {
    List<RunRecord> runs = result.runs(point, variant);
    return runs.isEmpty() || runs.getFirst().failed() ? null : runs.getFirst();
  }

  private Map<String, Object> series() {
    int[] points = pointsShown();
    List<RunRecord> runs = Arrays.stream(points).boxed().flatMap(point -> IntStream.range(0, plan.variants().size())
        .mapToObj(variant -> first(point, variant))).filter(Objects::nonNull).filter(run -> !run.series().isEmpty()).toList();
    List<String> header = Series.header();
    int[] columns = IntStream.range(1, header.size()).filter(column ->
        runs.stream().flatMap(run -> run.series().stream()).mapToLong(row -> row[column]).distinct().limit(2).count() == 2).toArray();
    if (columns.length == 0) {
      return object("columns", List.of(), "points", List.of(), "cells", List.of());
    }
    int most = (int) Math.clamp(MOST_SERIES_VALUES / ((long) runs.size() * columns.length), 12, MOST_SERIES_ROWS);
    return object("columns", Arrays.stream(columns).mapToObj(header::get).toList(), "points", points,
        "cells", Arrays.stream(points).mapToObj(point -> variants(variant -> series(first(point, variant), columns, most))).toList());
  }

  /** Instants in ms, and the values of each column, or one number where it never changes. */
  private static Object series(RunRecord run, int[] columns, int most) {
    if (run == null || run.series().isEmpty()) {
      return null;
    }
    int size = run.series().size();
    int step = Math.ceilDiv(size, most);
    List<long[]> rows = new ArrayList<>(IntStream.range(0, size).filter(i -> i % step == 0 || i == size - 1).mapToObj(run.series()::get)
        .toList());
    return object("times", rows.stream().map(row -> number(row[0] / 1e6)).toList(), "values", Arrays.stream(columns).mapToObj(column -> {
      long[] values = rows.stream().mapToLong(row -> row[column]).toArray();
      return Arrays.stream(values).allMatch(value -> value == values[0]) ? (Object) values[0] : (Object) values;
    }).toList());
  }

  private Map<String, Object> starts() {
    int[] points = pointsShown();
    List<RunRecord> runs = Arrays.stream(points).boxed().flatMap(point -> IntStream.range(0, plan.variants().size())
        .mapToObj(variant -> first(point, variant))).filter(Objects::nonNull).filter(run -> !run.pins().isEmpty()).toList();
    if (runs.isEmpty()) {
      return object("vms", List.of(), "points", List.of(), "cells", List.of());
    }
    List<String> names = runs.getFirst().vms().stream().limit(MOST_VMS).map(RunRecord.Vm::name).toList();
    long across = Math.clamp(MOST_SPANS / ((long) runs.size() * names.size()), 10, MOST_SPANS_ACROSS);
    return object("vms", names, "points", points, "cells", Arrays.stream(points)
        .mapToObj(point -> variants(variant -> starts(first(point, variant), names.size(), point, across))).toList());
  }

  private Object starts(RunRecord run, int vms, int point, long across) {
    return run == null ? null
        : IntStream.range(0, Math.min(vms, run.vms().size())).mapToObj(vm -> start(run, vm, longest(point, vm) / across)).toList();
  }

  private long longest(int point, int vm) {
    return IntStream.range(0, plan.variants().size()).mapToObj(variant -> first(point, variant)).filter(Objects::nonNull)
        .filter(run -> vm < run.vms().size()).mapToLong(run -> end(run, vm) - run.vms().get(vm).startNanos()).max().orElse(0);
  }

  /** When its start was over, or else the run. */
  private static long end(RunRecord run, int vm) {
    return run.vms().get(vm).ended() ? run.vms().get(vm).endNanos()
        : Math.max(run.series().isEmpty() ? 0 : run.series().getLast()[0],
            PinSpans.of(run, vm, 0).stream().mapToLong(span -> span.endNanos).max().orElse(0));
  }

  /** Times in ms from the start; of each span its begin, end, calls, pages moved, drains, calls that failed. */
  private static Object start(RunRecord run, int vm, long leastNanos) {
    RunRecord.Vm of = run.vms().get(vm);
    long from = of.ended() ? of.startNanos() : 0;
    String over = !of.ended() ? "not over" : of.result() == 0 ? "started, " + Figures.plain((of.endNanos() - from) / 1e6) + " ms"
        : "failed, " + Errno.name(of.result());
    return object("end", number((end(run, vm) - from) / 1e6), "over", over, "calls", PinSpans.of(run, vm, leastNanos).stream()
        .map(span -> List.of(number((span.startNanos - from) / 1e6), number((span.endNanos - from) / 1e6), span.calls, span.movedPages,
            span.drainAlls, span.failed)).toList());
  }
}
