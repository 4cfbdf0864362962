package pinfold.experiment.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import pinfold.experiment.compare.RunMemory;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.measure.Measures;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ExperimentConfig;
import pinfold.scenario.ExperimentConfig.Wanted;
import pinfold.scenario.Factor.Level;
import pinfold.scenario.Nearest;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/**
 * An experiment with every scenario and variant that it needs, read and checked: nothing that is wrong with a setting is found later.
 *
 * @param experiment as its file says it
 * @param variants names, the first of which the others are compared with
 * @param cells points in the order of the experiment, the variants of each next to each other
 * @param measures the most important first
 * @param searchPath where configuration was read from
 */
public record Plan(ExperimentConfig experiment, List<String> variants, List<Cell> cells, List<Measure> measures, List<Path> searchPath) {
  public Plan {
    variants = List.copyOf(variants);
    cells = List.copyOf(cells);
    measures = List.copyOf(measures);
    searchPath = List.copyOf(searchPath);
  }

  /** @throws ConfigError if a setting of some cell cannot be used, or there is no such measure or variant */
  public static Plan of(ExperimentConfig experiment, List<Path> searchPath) {
    List<Measure> measures = experiment.measures().stream().map(wanted -> measure(experiment, wanted)).toList();
    List<ScenarioConfig> scenarios = experiment.points().stream().map(point -> ScenarioFile.load(experiment.scenario(), searchPath,
        Stream.concat(experiment.settings().stream(), experiment.levels(point).stream().flatMap(level -> level.settings().stream())).toList()))
        .toList();
    List<String> variants = experiment.variants().isEmpty() ? scenarios.getFirst().variants() : experiment.variants();
    List<Cell> cells = new ArrayList<>();
    for (int point = 0; point < scenarios.size(); point++) {
      List<Level> levels = experiment.levels(experiment.points().get(point));
      List<String> switches = levels.stream().flatMap(level -> level.switches().stream()).toList();
      for (String variant : variants) {
        cells.add(new Cell(point, levels, scenarios.get(point), VariantFile.load(variant, searchPath, switches)));
      }
    }
    return new Plan(experiment, names(experiment, cells.subList(0, variants.size())), cells, measures, searchPath);
  }

  /** The variants' own names, as a file may have been asked for by its path. */
  private static List<String> names(ExperimentConfig experiment, List<Cell> ofOnePoint) {
    List<String> names = ofOnePoint.stream().map(Cell::variantName).toList();
    if (new HashSet<>(names).size() != names.size()) {
      throw new ConfigError("experiment " + experiment.name(), 0, "variants", null, "must be files of different names, and are "
          + String.join(", ", names));
    }
    return names;
  }

  private static Measure measure(ExperimentConfig experiment, Wanted wanted) {
    Measure measure = Measures.named(wanted.name());
    if (measure == null) {
      throw new ConfigError("experiment " + experiment.name(), 0, "measures", wanted.name(), "there is no such measure"
          + Nearest.to(wanted.name(), Measures.names()).map(near -> "; did you mean " + near + "?").orElse("")
          + " 'pinfold list measures' has them all");
    }
    return wanted.better().map(measure::with).orElse(measure);
  }

  /**
   * How many runs go side by side on {@code processors} with {@code heapBytes}.
   *
   * @throws ConfigError if not even one does
   */
  public int sideBySide(int processors, long heapBytes) {
    long most = cells.stream().map(Cell::scenario).distinct().mapToLong(RunMemory::bytes).max().orElseThrow();
    if (most > heapBytes) {
      throw new ConfigError("experiment " + experiment.name(), 0, "", null, "one run may need %.1f GiB of heap and Java may take %.1f GiB here: "
          .formatted(most / 0x1p30, heapBytes / 0x1p30) + "vary over less memory, free some, or set PINFOLD_HEAP");
    }
    return (int) Math.clamp(heapBytes / most, 1, processors);
  }

  /** The cell of a variant, by its number, at a point. */
  public Cell cell(int point, int variant) {
    return cells.get(point * variants.size() + variant);
  }

  /** Number of points. */
  public int points() {
    return cells.size() / variants.size();
  }
}
