package pinfold.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import pinfold.experiment.compare.Comparer;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/** Whole scenarios, as {@code pinfold compare} runs them. */
final class ScenarioBenches {
  private ScenarioBenches() {}

  private static ScenarioConfig scenario(String name, Effort effort) {
    return ScenarioFile.load(name, searchPath(effort), List.of());
  }

  private static List<Path> searchPath(Effort effort) {
    return List.of(effort.home().resolve("config"));
  }

  private static List<KernelVariant> variants(ScenarioConfig scenario, Effort effort) {
    return scenario.variants().stream().map(name -> KernelVariants.of(VariantFile.load(name, searchPath(effort)))).toList();
  }

  private static RunListener unlessCancelled(Effort effort) {
    return (now, windows) -> !effort.cancelled().getAsBoolean();
  }

  /** The published machine, a run per variant with all processors to itself. */
  record Published(String name) implements Bench {
    @Override
    public boolean byDefault() {
      return false;
    }

    @Override
    public List<Figure> run(Effort effort) {
      ScenarioConfig scenario = scenario("vm-passthrough-published", effort);
      List<Figure> figures = new ArrayList<>();
      for (KernelVariant variant : variants(scenario, effort)) {
        effort.says("vm-passthrough-published: " + variant.name());
        HostFactory hosts = HostFactory.actors(Runtime.getRuntime().availableProcessors());
        long wallNanos = new ScenarioRun(scenario, variant, 1, hosts).run(unlessCancelled(effort)).wallNanos();
        effort.checkCancelled();
        figures.add(Figure.of("vm-passthrough-published, " + variant.name(), "actors", wallNanos / 1e9, "s", Aim.atMost(45)));
      }
      return figures;
    }
  }

  /** The main job: all default variants, three seeds. */
  record MainJob(String name) implements Bench {
    @Override
    public boolean byDefault() {
      return false;
    }

    @Override
    public List<Figure> run(Effort effort) {
      ScenarioConfig scenario = scenario("vm-passthrough", effort);
      effort.says("vm-passthrough: default variants, three seeds");
      Comparer comparer = new Comparer(scenario, variants(scenario, effort), LongStream.rangeClosed(1, 3).boxed().toList());
      int processors = Runtime.getRuntime().availableProcessors();
      int sideBySide = comparer.sideBySide(processors, Runtime.getRuntime().maxMemory());
      long from = System.nanoTime();
      comparer.run(sideBySide, HostFactory.actors(Math.max(1, processors / sideBySide)), CheckLevel.OFF,
          label -> unlessCancelled(effort)).requireAllRan();
      effort.checkCancelled();
      return List.of(Figure.of("vm-passthrough, " + comparer.runs() + " runs", "actors", (System.nanoTime() - from) / 1e9, "s",
          Aim.atMost(120)));
    }
  }

  /** Many small runs, as a sweep has them: crosvm-mlock under one variant, a seed each, one run per processor at a time. */
  record SmallRuns(String name) implements Bench {
    @Override
    public boolean byDefault() {
      return false;
    }

    @Override
    public List<Figure> run(Effort effort) {
      ScenarioConfig scenario = scenario("crosvm-mlock", effort);
      KernelVariant variant = KernelVariants.of(VariantFile.load("linux-6.12", searchPath(effort)));
      int runs = effort.choose(50, 1_000);
      effort.says("crosvm-mlock: " + runs + " seeds");
      Comparer comparer = new Comparer(scenario, List.of(variant), LongStream.rangeClosed(1, runs).boxed().toList());
      long from = System.nanoTime();
      comparer.run(Runtime.getRuntime().availableProcessors(), HostFactory.sequential(), CheckLevel.OFF,
          label -> unlessCancelled(effort)).requireAllRan();
      effort.checkCancelled();
      double seconds = (System.nanoTime() - from) / 1e9;
      return List.of(Figure.of("crosvm-mlock, " + runs + " seeds", "sequential, side by side", seconds, "s", Aim.atMost(0.12 * runs)));
    }
  }
}
