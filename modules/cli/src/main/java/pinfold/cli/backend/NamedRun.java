package pinfold.cli.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ExperimentFile;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/** A scenario and a kernel variant as a user names them: by a scenario's file, or by the directory that holds results of it. */
record NamedRun(ScenarioConfig scenario, KernelVariant variant) {
  /**
   * Reads both.
   *
   * @param named a file, or a directory with {@code scenario.conf} or {@code experiment.conf}
   * @param point of an experiment, from 1
   * @throws ConfigError if there is no such run
   */
  static NamedRun of(Path named, String variant, OptionalInt point, List<String> settings, Session session) {
    List<Path> searchPath = SimulateBackEnd.searchPath(session);
    Path experiment = named.resolve("experiment.conf");
    if (Files.isRegularFile(experiment)) {
      return ofExperiment(experiment, variant, point, settings, searchPath);
    }
    if (point.isPresent()) {
      throw new ConfigError("--point", 0, "point", Integer.toString(point.getAsInt()),
          "only the directory of an experiment has points, and "
          + named + " is none");
    }
    Path file = Files.isDirectory(named) ? named.resolve("scenario.conf") : named;
    return new NamedRun(ScenarioFile.load(file.toString(), searchPath, settings), KernelVariants.of(VariantFile.load(variant, searchPath)));
  }

  private static NamedRun ofExperiment(Path file, String variant, OptionalInt point, List<String> settings, List<Path> searchPath) {
    if (!settings.isEmpty()) {
      throw new ConfigError("--set", 0, "set", settings.getFirst(),
          "a run of an experiment has the settings of its point: leave out --set, "
          + "or name the scenario's file");
    }
    Plan plan = Plan.of(ExperimentFile.load(file.toString(), searchPath, Runtime.getRuntime().availableProcessors()), searchPath);
    if (point.isEmpty() && plan.points() > 1 || point.orElse(1) > plan.points()) {
      throw new ConfigError("--point", 0, "point", point.isEmpty() ? null : Integer.toString(point.getAsInt()),
          "the experiment has " + plan.points() + " points: name one from 1 to " + plan.points() + ", in the order of cells.csv");
    }
    int number = plan.variants().indexOf(variant);
    if (number < 0) {
      throw new ConfigError("--variant", 0, "variant", variant, "the experiment has " + String.join(", ", plan.variants()));
    }
    Cell cell = plan.cell(point.orElse(1) - 1, number);
    return new NamedRun(cell.scenario(), KernelVariants.of(cell.variant()));
  }
}
