package pinfold.experiment.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pinfold.experiment.batch.CostSensitivity;
import pinfold.experiment.batch.CostSensitivity.Change;
import pinfold.experiment.batch.CostSensitivity.Row;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentResult.Failure;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.CostPlan;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.AnswerWords.Answer;
import pinfold.experiment.report.TextTable.Column;
import pinfold.scenario.Factor.Level;
import pinfold.scenario.Labelled;

/** What an experiment comes to, in words and tables. */
public final class ExperimentText {
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

  /** The answer: a line for each variant. */
  public List<String> answer() {
    return answers().stream().map(Answer::toString).toList();
  }

  List<Answer> answers() {
    return new AnswerWords(result).answers();
  }

  /** A point in words: its levels. */
  String pointLabel(int point) {
    return PointWords.of(plan).label(point);
  }

  /** A row for each variant at each point, with all measures. */
  public TextTable table() {
    List<Column> columns = new ArrayList<>();
    plan.experiment().factors()
        .forEach(factor -> columns.add(factor.isNumeric() ? Column.number(factor.name()) : Column.text(factor.name())));
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
    return new PairWords(result, variant, measure).sentence();
  }

  /** What became of the verdicts where assumed costs are half or twice: a sentence each, nothing if it was not asked. */
  public List<String> sensitivity() {
    if (costs.isEmpty()) {
      return List.of();
    }
    List<Row> rows = costs.get().rows();
    List<Row> overturned = rows.stream().filter(row -> !row.overturned().isEmpty()).toList();
    List<String> measures = overturned.stream().flatMap(row -> row.overturned().stream()).map(change -> change.measure().title()).distinct()
        .toList();
    return List.of("With %s and %s, each of %d assumed costs halved and doubled: %d change any measure, %s.".formatted(
        pointLabel(plan.experiment().sensitivity().point()), seeds(plan.experiment().sensitivity().seeds()), CostPlan.costs().size(),
        rows.size(), overturned.isEmpty() ? "none a verdict" : overturned.size() + " a verdict, by " + String.join("; ", measures)));
  }

  private static String seeds(int seeds) {
    return seeds == 1 ? "1 seed" : seeds + " seeds";
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
      cells.add(row.overturned().isEmpty() ? "-" : row.overturned().stream().map(Change::words).collect(Collectors.joining("; ")));
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
