package pinfold.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.batch.NowhereToRunException;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.experiment.results.RunStore;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ExperimentFile;

/**
 * An experiment as a Java program says it: the settings of an experiment file, one method each, and the same runs and results. What is not
 * said is as in {@code reference-experiment.conf}. For one thread.
 *
 * <pre>{@code
 * ExperimentResult result = Experiment.of("vm-start").variants("linux-6.10", "linux-6.12")
 *     .vary("machine.cma-per-node-mib", 0, 512, 1024).seeds(20).measures("success", "drain-alls").run();
 * System.out.println(result.at("linux-6.12", 512).interval("success"));
 * }</pre>
 */
public final class Experiment {
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<Object> factors = new ArrayList<>();
  private List<Path> searchPath = Installation.searchPath();
  private String name;
  private int sideBySide;

  private Experiment(String scenario) {
    settings.put("format", 1);
    settings.put("scenario", scenario);
    name = Path.of(scenario).getFileName().toString().replaceFirst("\\.conf$", "");
  }

  /** An experiment with a scenario, by its name or the path of its file. */
  public static Experiment of(String scenario) {
    return new Experiment(scenario);
  }

  /** What results are called; else it is the scenario's name. */
  public Experiment named(String newName) {
    name = newName;
    return this;
  }

  /** What is to be found out, in one sentence that ends with a question mark. */
  public Experiment question(String question) {
    return with("question", question);
  }

  /** What we expect. */
  public Experiment expected(String expected) {
    return with("expected", expected);
  }

  /** Settings of the scenario that hold in every cell, {@code path=value}. */
  public Experiment set(String... assignments) {
    return with("set", List.of(assignments));
  }

  /** Kernel variants, the first of which the others are compared with. */
  public Experiment variants(String... variants) {
    return with("variants", List.of(variants));
  }

  /** One more factor: a setting of the scenario, or of the variants with {@code variant.} before it, and its values. */
  public Experiment vary(String setting, Object... values) {
    factors.add(Map.of("setting", setting, "values", Arrays.stream(values)
        .map(value -> value instanceof Number || value instanceof Boolean ? value : value.toString()).toList()));
    return with("vary", factors);
  }

  /** Every cell runs with the seeds from 1 up to this. */
  public Experiment seeds(int seeds) {
    return with("seeds", seeds);
  }

  /** More seeds, until half the 95 % interval of a measure is no wider than the precision in every cell; so many at most. */
  public Experiment until(String measure, double precision, int mostSeeds) {
    return with("until", Map.of("measure", measure, "precision", precision, "most-seeds", mostSeeds));
  }

  /** What matters, the most important first; {@code lower NAME} or {@code higher NAME} says what is better. */
  public Experiment measures(String... measures) {
    return with("measures", List.of(measures));
  }

  /** Any other setting of an experiment file: {@code with("wall-limit-s", 60)}, {@code with("design", "paired")}. */
  public Experiment with(String setting, Object value) {
    settings.put(setting, value);
    return this;
  }

  /** Directories that hold {@code scenarios/}, {@code variants/} and {@code machines/}, the first hit wins. */
  public Experiment configuration(Path... directories) {
    searchPath = List.of(directories);
    return this;
  }

  /** Runs at the same time; else as many as there are processors and memory. The result is the same. */
  public Experiment sideBySide(int runs) {
    sideBySide = runs;
    return this;
  }

  /**
   * Its cells, read and checked.
   *
   * @throws ConfigError if some setting cannot be used
   */
  public Plan plan() {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putIfAbsent("question", "What does " + name + " come to?");
    return Plan.of(ExperimentFile.of(all, name, processors()), searchPath);
  }

  /**
   * Runs it and keeps nothing.
   *
   * @throws ConfigError if some setting cannot be used
   */
  public ExperimentResult run() {
    try {
      return run(plan(), RunStore.inMemory()).result();
    } catch (IOException e) {
      throw new IllegalStateException("memory gave an error of input and output", e);
    }
  }

  /**
   * Does the runs that are missing in a directory and leaves there what {@code pinfold experiment --out} leaves.
   *
   * @throws ConfigError if some setting cannot be used
   * @throws IOException if something else is there, or another build's experiment, or it cannot be written
   */
  public ExperimentResult run(Path directory) throws IOException {
    Plan plan = plan();
    try (ExperimentDirectory opened = ExperimentDirectory.open(directory, Installation.build(), name)) {
      ExperimentJob.Answer answer = run(plan, opened);
      answer.writeTo(opened, Installation.build());
      return answer.result();
    }
  }

  private int processors() {
    return sideBySide > 0 ? sideBySide : Runtime.getRuntime().availableProcessors();
  }

  private ExperimentJob.Answer run(Plan plan, RunStore store) throws IOException {
    try {
      return new ExperimentJob(plan, ExperimentRunner.local(), of -> ExperimentListener.NONE)
          .run(store, plan.sideBySide(processors(), Runtime.getRuntime().maxMemory()));
    } catch (NowhereToRunException e) {
      throw new IllegalStateException("runs in this program do not go away", e);
    }
  }
}
