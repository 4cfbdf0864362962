package pinfold.scenario;

import java.util.List;

/**
 * What an experiment varies.
 *
 * @param name what reports call it
 * @param levels its values, in order
 */
public record Factor(String name, List<Level> levels) {
  public Factor {
    levels = List.copyOf(levels);
  }

  /** Whether all its values are numbers, so that it can be an axis. */
  public boolean isNumeric() {
    return levels.stream().noneMatch(level -> Double.isNaN(level.number()));
  }

  /**
   * One value.
   *
   * @param label what reports call it
   * @param number the value as a number, NaN if it is none
   * @param settings of the scenario, {@code path=value}
   * @param switches of the kernel variants, {@code name=value}
   */
  public record Level(String label, double number, List<String> settings, List<String> switches) {
    public Level {
      settings = List.copyOf(settings);
      switches = List.copyOf(switches);
    }
  }
}
