package pinfold.experiment.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import pinfold.experiment.plan.Plan;
import pinfold.scenario.ExperimentConfig.Point;
import pinfold.scenario.Factor;

/** Some points of an experiment in as few words as say which they are: ranges of levels rather than one point after the other. */
final class PointWords {
  /** Points that are named one by one where no fewer words will do. */
  private static final int NAMED_POINTS = 3;
  private static final int MOST_PARTS = 4;

  private final List<Factor> factors;
  private final List<List<Integer>> all;

  /** @param all the levels of each point that there is */
  PointWords(List<Factor> factors, List<List<Integer>> all) {
    this.factors = factors;
    this.all = all;
  }

  static PointWords of(Plan plan) {
    return new PointWords(plan.experiment().factors(), plan.experiment().points().stream().map(Point::levels).toList());
  }

  /** @param chosen numbers of points, at least one, in order; the words go behind "with" */
  String of(List<Integer> chosen) {
    List<List<Integer>> points = chosen.stream().map(all::get).toList();
    return block(points).or(() -> parts(points)).orElseGet(() -> chosen.size() <= NAMED_POINTS
        ? points.stream().map(levels -> label(levels)).collect(Collectors.joining(", and with "))
        : chosen.size() + " of " + all.size() + " points");
  }

  /** A point, by its number: its levels. */
  String label(int point) {
    return label(all.get(point));
  }

  private String label(List<Integer> levels) {
    return levels.isEmpty() ? "all runs" : IntStream.range(0, levels.size()).mapToObj(i -> words(factors.get(i), List.of(levels.get(i))))
        .collect(Collectors.joining(", "));
  }

  /** If points are all those in which each factor has some of its levels. */
  private Optional<String> block(List<List<Integer>> points) {
    List<TreeSet<Integer>> levels = IntStream.range(0, factors.size()).mapToObj(i -> levels(points, i)).toList();
    long within = all.stream()
        .filter(point -> IntStream.range(0, point.size()).allMatch(i -> levels.get(i).contains(point.get(i)))).count();
    if (within != points.size()) {
      return Optional.empty();
    }
    return Optional.of(IntStream.range(0, factors.size()).filter(i -> levels.get(i).size() < levels(all, i).size())
        .mapToObj(i -> words(factors.get(i), List.copyOf(levels.get(i)))).collect(Collectors.joining(" and ")));
  }

  private static TreeSet<Integer> levels(List<List<Integer>> points, int factor) {
    return points.stream().map(point -> point.get(factor)).collect(Collectors.toCollection(TreeSet::new));
  }

  /** If points are such a block for each level of some factor; levels with the same block go together. */
  private Optional<String> parts(List<List<Integer>> points) {
    for (int factor = 0; factor < factors.size(); factor++) {
      int by = factor;
      Map<List<List<Integer>>, List<List<Integer>>> alike = new LinkedHashMap<>();
      for (int level : levels(points, by)) {
        List<List<Integer>> part = points.stream().filter(point -> point.get(by) == level).toList();
        alike.computeIfAbsent(part.stream().map(point -> without(point, by)).toList(), key -> new ArrayList<>()).addAll(part);
      }
      List<Optional<String>> parts = alike.values().stream().map(part -> block(part)).toList();
      if (parts.size() <= MOST_PARTS && parts.stream().allMatch(Optional::isPresent)) {
        return Optional.of(parts.stream().map(Optional::get).collect(Collectors.joining(", and with ")));
      }
    }
    return Optional.empty();
  }

  private static List<Integer> without(List<Integer> point, int factor) {
    return IntStream.range(0, point.size()).filter(i -> i != factor).mapToObj(point::get).toList();
  }

  private static String words(Factor factor, List<Integer> levels) {
    List<String> labels = levels.stream().map(level -> factor.levels().get(level).label()).toList();
    if (labels.size() > 2 && factor.isNumeric() && levels.getLast() - levels.getFirst() == levels.size() - 1) {
      return factor.name() + " from " + labels.getFirst() + " to " + labels.getLast();
    }
    return factor.name() + " = " + (labels.size() == 1 ? labels.getFirst()
        : String.join(", ", labels.subList(0, labels.size() - 1)) + " or " + labels.getLast());
  }
}
