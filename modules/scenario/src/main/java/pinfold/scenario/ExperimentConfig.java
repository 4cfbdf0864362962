package pinfold.scenario;

import java.util.List;
import java.util.Optional;

/**
 * An experiment: a question about a scenario, what is varied to answer it, and what is measured.
 *
 * @param name name of its file
 * @param question one sentence
 * @param expected what we expect, empty if nothing was said
 * @param scenario name or path
 * @param settings of the scenario that hold in every cell, {@code path=value}
 * @param variants names, the first of which the others are compared with; empty for those of the scenario
 * @param factors what is varied beside the variants
 * @param points the combinations of their levels that are run, at least one
 * @param seeds every cell runs with the seeds from 1 up to this
 * @param until what decides whether more follow
 * @param measures the most important first
 * @param sensitivity whether assumed costs are varied too
 * @param seriesSeeds seeds of each cell that keep their series and pins
 * @param wallLimitSeconds when a run is given up, 0 for never
 * @param effective the configuration in force as text; itself an experiment file
 */
public record ExperimentConfig(String name, String question, String expected, String scenario, List<String> settings,
    List<String> variants, List<Factor> factors, List<Point> points, int seeds, Optional<Until> until, List<Wanted> measures,
    Sensitivity sensitivity, int seriesSeeds, int wallLimitSeconds, String effective) {
  public ExperimentConfig {
    settings = List.copyOf(settings);
    variants = List.copyOf(variants);
    factors = List.copyOf(factors);
    points = List.copyOf(points);
    measures = List.copyOf(measures);
  }

  /** A combination: the number of the level of each factor. */
  public record Point(List<Integer> levels) {
    public Point {
      levels = List.copyOf(levels);
    }
  }

  /**
   * More seeds, until it is known well enough.
   *
   * @param measure its name
   * @param precision half the width of its interval: of a share as it is, of anything else relative to the median
   * @param mostSeeds in no case more
   */
  public record Until(String measure, double precision, int mostSeeds) {}

  /**
   * The comparison again with each assumed cost halved and doubled.
   *
   * @param seeds from 1 up to this, 0 for not at all
   * @param point number of the point where
   */
  public record Sensitivity(int seeds, int point) {}

  /** A measure by its name, and what is better where the file says so. */
  public record Wanted(String name, Optional<Better> better) {}

  /** Which of two values is better. */
  public enum Better {
    LOWER,
    HIGHER,
    /** Neither. */
    NEITHER
  }

  /** The levels of a point. */
  public List<Factor.Level> levels(Point point) {
    return java.util.stream.IntStream.range(0, factors.size()).mapToObj(i -> factors.get(i).levels().get(point.levels().get(i))).toList();
  }
}
