package pinfold.experiment.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pinfold.experiment.batch.CellSummary;
import pinfold.experiment.batch.CostSensitivity;
import pinfold.experiment.batch.CostSensitivity.Row;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentResult.Failure;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.CostPlan;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.TextTable.Column;
import pinfold.experiment.stats.PairedDifference;
import pinfold.scenario.ExperimentConfig.Better;
import pinfold.scenario.Factor.Level;
import pinfold.scenario.Labelled;

/** What an experiment comes to, in words and tables. */
public final class ExperimentText {
  /** Points that a sentence names one by one. */
  private static final int NAMED_POINTS = 3;

  private final ExperimentResult result;
  private final Optional<CostSensitivity> costs;
  private final Plan plan;

  /** @param costs what the verdicts owe to assumed costs, if that was asked */
  public ExperimentText(ExperimentResult result, Optional<CostSensitivity> costs) {
    this.result = result;
    this.costs = costs;
    this.plan = result.plan();
  }

  /** The question. */
  public String question() {
    return plan.experiment().question();
  }

  /** The answer by the first measure: a sentence for each variant. */
  public List<String> answer() {
    Measure measure = plan.measures().getFirst();
    return IntStream.range(0, plan.variants().size()).mapToObj(variant -> plan.variants().get(variant) + ": " + said(variant, measure)).toList();
  }

  private String said(int variant, Measure measure) {
    List<CellSummary> all = IntStream.range(0, plan.points()).mapToObj(point -> result.summary(point, variant, measure))
        .filter(summary -> summary.runs() > 0).toList();
    if (all.isEmpty()) {
      return "no run has a value of " + measure.name();
    }
    String where = plan.points() == 1 ? "" : all.size() == plan.points() ? " at each of " + plan.points() + " points" : " at each of the "
        + all.size() + " points that have a value";
    if (measure.isShare()) {
      return shares(variant, measure, all, where);
    }
    double least = all.stream().mapToDouble(summary -> summary.centre().value()).min().orElseThrow();
    double most = all.stream().mapToDouble(summary -> summary.centre().value()).max().orElseThrow();
    String unit = measure.unit().isEmpty() ? "" : " " + measure.unit();
    return measure.title() + " " + (all.size() == 1 ? Figures.of(all.getFirst()) + unit
        : "from " + Figures.of(measure, least) + " to " + Figures.of(measure, most) + unit + " over " + all.size() + " points");
  }

  private String shares(int variant, Measure measure, List<CellSummary> all, String where) {
    long runs = all.stream().mapToLong(CellSummary::runs).sum();
    long good = all.stream().mapToLong(summary -> Math.round(summary.centre().value() * summary.runs())).sum();
    if (good == runs || good == 0) {
      return measure.title() + " in " + (good == 0 ? "none" : "all") + " of " + runs + " runs" + where;
    }
    List<String> lost = IntStream.range(0, plan.points()).filter(point -> result.summary(point, variant, measure).centre().value() == 0)
        .mapToObj(this::pointLabel).toList();
    String never = lost.isEmpty() ? "" : lost.size() <= NAMED_POINTS ? ", never with " + String.join("; ", lost)
        : ", never at " + lost.size() + " of " + plan.points() + " points, from " + lost.getFirst() + " to " + lost.getLast();
    return measure.title() + " in " + good + " of " + runs + " runs" + never;
  }

  /** A point in words: its levels. */
  String pointLabel(int point) {
    List<Level> levels = plan.cell(point, 0).levels();
    return levels.isEmpty() ? "all runs" : String.join(", ", IntStream.range(0, levels.size())
        .mapToObj(i -> plan.experiment().factors().get(i).name() + " = " + levels.get(i).label()).toList());
  }

  /** A row for each variant at each point, with all measures. */
  public TextTable table() {
    List<Column> columns = new ArrayList<>();
    plan.experiment().factors().forEach(factor -> columns.add(factor.isNumeric() ? Column.number(factor.name()) : Column.text(factor.name())));
    columns.add(Column.text("variant"));
    columns.add(Column.number("runs"));
    plan.measures().forEach(measure -> columns.add(Column.number(measure.title(), measure.unit())));
    TextTable table = new TextTable(columns.toArray(Column[]::new));
    for (int point = 0; point < plan.points(); point++) {
      for (int variant = 0; variant < plan.variants().size(); variant++) {
        int at = point;
        int of = variant;
        Stream<String> levels = plan.cell(point, 0).levels().stream().map(Level::label);
        Stream<String> who = Stream.of(plan.variants().get(variant), Integer.toString(result.runs(point, variant).size()));
        Stream<String> figures = plan.measures().stream().map(measure -> Figures.of(result.summary(at, of, measure)));
        table.row(Stream.of(levels, who, figures).flatMap(cells -> cells).toArray());
      }
    }
    return table;
  }

  /** Each variant against the first, by each measure whose values have an order: a sentence each. */
  public List<String> differences() {
    List<String> sentences = new ArrayList<>();
    for (int variant = 1; variant < plan.variants().size(); variant++) {
      for (Measure measure : plan.measures()) {
        sentences.add(plan.variants().get(variant) + " against " + plan.variants().getFirst() + ", " + measure.title() + ": "
            + difference(variant, measure));
      }
    }
    return sentences;
  }

  /** A variant against the first by one measure, over all points: a sentence. */
  String difference(int variant, Measure measure) {
    List<PairedDifference> all = IntStream.range(0, plan.points()).mapToObj(point -> result.difference(point, variant, measure)).toList();
    int pairs = all.stream().mapToInt(PairedDifference::pairs).sum();
    int lower = all.stream().mapToInt(PairedDifference::lower).sum();
    int higher = all.stream().mapToInt(PairedDifference::higher).sum();
    PairedDifference sum = new PairedDifference(pairs, lower, pairs - lower - higher, higher, all.getFirst().difference());
    String judged = measure.better() == Better.NEITHER || lower == 0 && higher == 0 ? ""
        : lower > 0 && higher > 0 ? "" : (lower > 0) == (measure.better() == Better.LOWER) ? " (better)" : " (worse)";
    String size = plan.points() > 1 || sum.pairs() == 0 || sum.equal() == pairs ? "" : "; difference " + interval(measure, sum);
    return sum.sentence("lower", "higher") + judged + size;
  }

  private static String interval(Measure measure, PairedDifference of) {
    String text = Figures.of(measure, of.difference().value());
    return of.difference().low() == of.difference().high() ? text
        : text + " [" + Figures.of(measure, of.difference().low()) + ", " + Figures.of(measure, of.difference().high()) + "]";
  }

  /** What became of the verdicts where assumed costs are half or twice: a sentence each, nothing if it was not asked. */
  public List<String> sensitivity() {
    if (costs.isEmpty()) {
      return List.of();
    }
    List<Row> rows = costs.get().rows();
    List<Row> overturned = rows.stream().filter(row -> !row.overturned().isEmpty()).toList();
    List<String> sentences = new ArrayList<>();
    sentences.add("With %s, each of %d assumed costs halved and doubled: %d change any measure, %s a verdict.".formatted(
        pointLabel(plan.experiment().sensitivity().point()), CostPlan.costs().size(), rows.size(),
        overturned.isEmpty() ? "none" : Integer.toString(overturned.size())));
    overturned.forEach(row -> row.overturned().forEach(change -> sentences.add(Labelled.of(row.cost()) + " " + change)));
    return sentences;
  }

  /** A row for each assumed cost that changes a measure; empty if that was not asked. */
  public Optional<TextTable> sensitivityTable() {
    return costs.map(this::table);
  }

  private TextTable table(CostSensitivity of) {
    List<Column> columns = new ArrayList<>(List.of(Column.text("cost"), Column.number("as it is", "ns")));
    for (String variant : plan.variants()) {
      columns.add(Column.number(variant + ", " + of.shown().title() + ", halved", of.shown().unit()));
      columns.add(Column.number("doubled", of.shown().unit()));
    }
    columns.add(Column.text("verdicts that change"));
    TextTable table = new TextTable(columns.toArray(Column[]::new));
    for (Row row : of.rows()) {
      List<Object> cells = new ArrayList<>(List.of(Labelled.of(row.cost()), Figures.plain(row.cost().nanos())));
      for (int variant = 0; variant < plan.variants().size(); variant++) {
        cells.add(Figures.of(of.shown(), row.halved().get(variant).centre().value()));
        cells.add(Figures.of(of.shown(), row.doubled().get(variant).centre().value()));
      }
      cells.add(row.overturned().isEmpty() ? "-" : String.join("; ", row.overturned()));
      table.row(cells.toArray());
    }
    return table;
  }

  /** Runs that ended without a result, a line each. */
  public List<String> failures() {
    return result.failures().stream().map(ExperimentText::line).toList();
  }

  private static String line(Failure failure) {
    return failure.cell().label() + ", seed " + failure.run().seed() + ": " + failure.run().failure().lines().findFirst().orElse("");
  }

  /** All of it as Markdown, for a mail. */
  public String markdown() {
    StringBuilder out = new StringBuilder("# ").append(plan.experiment().question()).append("\n\n");
    answer().forEach(sentence -> out.append("- ").append(sentence).append('\n'));
    if (!plan.experiment().expected().isBlank()) {
      out.append("\nExpected: ").append(plan.experiment().expected().strip()).append('\n');
    }
    out.append('\n').append(table().markdown());
    out.append("\nShares with their 95 % Wilson interval, medians with their 95 % bootstrap interval.\n");
    if (!differences().isEmpty()) {
      out.append("\nSeed by seed:\n\n");
      differences().forEach(sentence -> out.append("- ").append(sentence).append('\n'));
    }
    sensitivityTable().ifPresent(table -> {
      out.append('\n');
      sensitivity().forEach(sentence -> out.append(sentence).append('\n'));
      out.append('\n').append(table.markdown());
    });
    if (!failures().isEmpty()) {
      out.append("\nRuns without a result:\n\n");
      failures().forEach(line -> out.append("- ").append(line).append('\n'));
    }
    return out.toString();
  }
}
