package pinfold.experiment.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pinfold.scenario.ExperimentConfig.Point;
import pinfold.scenario.Factor.Level;
import pinfold.scenario.RunIdentity;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VariantSpec;

/**
 * One kernel variant at one point of an experiment; it is run with several seeds.
 *
 * @param point number of the point
 * @param levels of the factors there
 * @param scenario the scenario with their settings
 * @param variant the variant with their switches
 */
public record Cell(int point, List<Level> levels, ScenarioConfig scenario, VariantSpec variant) {
  public Cell {
    levels = List.copyOf(levels);
  }

  /** Name of the variant. */
  public String variantName() {
    return variant.name();
  }

  /** What its runs depend on. */
  public RunIdentity identity(List<Path> searchPath) {
    return new RunIdentity(scenario, variant, searchPath);
  }

  /** For people: the variant and the levels. */
  public String label() {
    return Stream.concat(Stream.of(variantName()), levels.stream().map(Level::label)).collect(Collectors.joining(", "));
  }
}
