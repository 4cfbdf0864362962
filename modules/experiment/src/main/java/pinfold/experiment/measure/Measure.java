package pinfold.experiment.measure;

import java.util.function.ToDoubleBiFunction;
import pinfold.experiment.compare.RunResult;
import pinfold.scenario.ExperimentConfig.Better;
import pinfold.scenario.ScenarioConfig;

/**
 * One figure of a run.
 *
 * @param name as experiment files and columns call it
 * @param title as reports call it
 * @param unit of the value, empty if it has none
 * @param better which of two values is
 * @param isShare whether it is 1 or 0, so that over several runs it is a share
 * @param of the value, NaN where the run has none
 */
public record Measure(String name, String title, String unit, Better better, boolean isShare, ToDoubleBiFunction<RunResult, ScenarioConfig> of) {
  /** The title with the unit behind it. */
  public String titleWithUnit() {
    return unit.isEmpty() ? title : title + " (" + unit + ")";
  }

  /** The same where something else is better. */
  public Measure with(Better other) {
    return new Measure(name, title, unit, other, isShare, of);
  }
}
