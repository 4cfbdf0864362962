package pinfold.experiment.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import pinfold.experiment.batch.CellSummary;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.Plan;

/** The answer that an experiment gives, in words. */
final class AnswerWords {
  /** Measures whose range is said behind the first. */
  private static final int NEXT_MEASURES = 4;

  private final ExperimentResult result;
  private final Plan plan;
  private final PointWords words;

  AnswerWords(ExperimentResult result) {
    this.result = result;
    this.plan = result.plan();
    this.words = PointWords.of(plan);
  }

  /**
   * What a variant comes to.
   *
   * @param sentence by the first measure
   * @param more the range of those that come next, empty if there is nothing
   */
  record Answer(String variant, String sentence, String more) {
    @Override public String toString() {
      return variant + ": " + sentence + (more.isEmpty() ? "" : ". " + more);
    }
  }

  /** Of each variant. */
  List<Answer> answers() {
    Measure measure = plan.measures().getFirst();
    return IntStream.range(0, plan.variants().size()).mapToObj(variant -> new Answer(plan.variants().get(variant),
        measure.isShare() ? shares(variant, measure) : figures(variant, measure), ranges(variant, measure))).toList();
  }

  private String figures(int variant, Measure measure) {
    List<Integer> having = points(variant, measure);
    if (having.isEmpty()) {
      return measure.title() + ": no run has one";
    }
    Comparator<Integer> byValue = Comparator.comparingDouble(point -> centre(point, variant, measure));
    int least = having.stream().min(byValue).orElseThrow();
    int most = having.stream().max(byValue).orElseThrow();
    String unit = measure.unit().isEmpty() ? "" : " " + measure.unit();
    if (having.size() == 1 || centre(least, variant, measure) == centre(most, variant, measure)) {
      return measure.title() + " " + Figures.of(result.summary(least, variant, measure)) + unit + where(having.size());
    }
    return "%s from %s%s (%s) to %s%s (%s)%s".formatted(measure.title(), Figures.of(measure, centre(least, variant, measure)), unit,
        words.label(least), Figures.of(measure, centre(most, variant, measure)), unit, words.label(most),
        having.size() == plan.points() ? "" : "; no run has one at the other " + (plan.points() - having.size()) + " points");
  }

  private String where(int points) {
    return plan.points() == 1 ? "" : points == plan.points() ? " at each of " + points + " points" : " at the " + points
        + " of " + plan.points() + " points that have a value";
  }

  private String shares(int variant, Measure measure) {
    List<Integer> having = points(variant, measure);
    long runs = runs(having, variant, measure);
    long good = good(having, variant, measure);
    if (runs == 0) {
      return "no run has a value of " + measure.name();
    }
    if (good == runs || good == 0) {
      return measure.title() + " in " + (good == 0 ? "none" : "all") + " of " + runs + " runs" + where(having.size());
    }
    List<String> parts = new ArrayList<>();
    List<Integer> all = having.stream().filter(point -> centre(point, variant, measure) == 1).toList();
    List<Integer> none = having.stream().filter(point -> centre(point, variant, measure) == 0).toList();
    List<Integer> some = having.stream().filter(point -> !all.contains(point) && !none.contains(point)).toList();
    if (!all.isEmpty()) {
      parts.add("all with " + words.of(all));
    }
    if (!some.isEmpty() && some.size() < plan.points()) {
      parts.add(good(some, variant, measure) + " of " + runs(some, variant, measure) + " with " + words.of(some));
    }
    if (!none.isEmpty()) {
      parts.add("none with " + words.of(none));
    }
    return measure.title() + " in " + good + " of " + runs + " runs" + (parts.isEmpty() ? "" : ": " + String.join("; ", parts));
  }

  private long runs(List<Integer> points, int variant, Measure measure) {
    return points.stream().mapToLong(point -> result.summary(point, variant, measure).runs()).sum();
  }

  private long good(List<Integer> points, int variant, Measure measure) {
    return points.stream().map(point -> result.summary(point, variant, measure))
        .mapToLong(summary -> Math.round(summary.centre().value() * summary.runs())).sum();
  }

  /** Of the next measures that are no shares; where the first is one, at the points at which no run misses it. */
  private String ranges(int variant, Measure first) {
    List<Integer> counted = points(variant, first).stream()
        .filter(point -> !first.isShare() || centre(point, variant, first) == 1).toList();
    if (counted.isEmpty() && first.isShare()) {
      return "";
    }
    List<Integer> over = counted.isEmpty() ? IntStream.range(0, plan.points()).boxed().toList() : counted;
    List<String> ranges = plan.measures().stream().skip(1).filter(measure -> !measure.isShare())
        .filter(measure -> over.stream().anyMatch(point -> !Double.isNaN(centre(point, variant, measure)))).limit(NEXT_MEASURES)
        .map(measure -> range(variant, measure, over)).toList();
    String where = first.isShare() && over.size() < plan.points() ? "Where all did: " : "Medians: ";
    return ranges.isEmpty() ? "" : where + String.join("; ", ranges);
  }

  private String range(int variant, Measure measure, List<Integer> over) {
    double[] values = over.stream().mapToDouble(point -> centre(point, variant, measure)).filter(value -> !Double.isNaN(value)).sorted()
        .toArray();
    String least = Figures.of(measure, values[0]);
    String most = Figures.of(measure, values[values.length - 1]);
    return measure.title() + " " + (least.equals(most) ? least : least + " to " + most) + (measure.unit().isEmpty() ? "" : " "
        + measure.unit());
  }

  private double centre(int point, int variant, Measure measure) {
    return result.summary(point, variant, measure).centre().value();
  }

  /** Points with a value. */
  private List<Integer> points(int variant, Measure measure) {
    return IntStream.range(0, plan.points()).filter(point -> result.summary(point, variant, measure).runs() > 0).boxed().toList();
  }
}
