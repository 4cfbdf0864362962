package pinfold.scenario;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import pinfold.scenario.ExperimentConfig.Point;

/** Which combinations of the levels of factors an experiment runs. */
enum Design {
  /** All. */
  GRID,
  /** The first levels of all factors, then the second ones. */
  PAIRED,
  /** A Latin hypercube: a number of points in which the levels of each factor come equally often, give or take one. */
  SAMPLED;

  /** How many points there are; more than a long holds is {@link Long#MAX_VALUE}. */
  long count(List<Factor> factors, int samples) {
    return switch (this) {
      case GRID -> factors.stream().mapToLong(factor -> factor.levels().size()).reduce(1, (a, b) -> {
        long product = Math.multiplyHigh(a, b) == 0 ? a * b : -1;
        return product < 0 ? Long.MAX_VALUE : product;
      });
      case PAIRED -> factors.isEmpty() ? 1 : factors.getFirst().levels().size();
      case SAMPLED -> samples;
    };
  }

  /** The points, in the order in which reports have them; the last factor varies fastest. */
  List<Point> points(List<Factor> factors, int samples, long seed) {
    return switch (this) {
      case GRID -> grid(factors);
      case PAIRED -> paired(factors);
      case SAMPLED -> sampled(factors, samples, seed);
    };
  }

  private static List<Point> grid(List<Factor> factors) {
    List<Point> points = new ArrayList<>(List.of(new Point(List.of())));
    for (Factor factor : factors) {
      List<Point> longer = new ArrayList<>();
      for (Point point : points) {
        for (int level = 0; level < factor.levels().size(); level++) {
          List<Integer> levels = new ArrayList<>(point.levels());
          levels.add(level);
          longer.add(new Point(levels));
        }
      }
      points = longer;
    }
    return points;
  }

  private static List<Point> paired(List<Factor> factors) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < PAIRED.count(factors, 0); i++) {
      points.add(new Point(Collections.nCopies(factors.size(), i)));
    }
    return points;
  }

  private static List<Point> sampled(List<Factor> factors, int samples, long seed) {
    Random random = new Random(seed);
    List<List<Integer>> columns = new ArrayList<>();
    for (Factor factor : factors) {
      List<Integer> column = new ArrayList<>();
      for (int i = 0; i < samples; i++) {
        column.add((int) ((long) i * factor.levels().size() / samples));
      }
      Collections.shuffle(column, random);
      columns.add(column);
    }
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      int row = i;
      points.add(new Point(columns.stream().map(column -> column.get(row)).toList()));
    }
    return points;
  }
}
