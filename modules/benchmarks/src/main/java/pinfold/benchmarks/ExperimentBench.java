package pinfold.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import pinfold.experiment.Experiment;
import pinfold.experiment.ExperimentJob;
import pinfold.experiment.Installation;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.batch.NowhereToRunException;
import pinfold.experiment.batch.RunExecutor;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.ExperimentDirectory;

/**
 * A sweep of small runs, with all that an experiment does besides them: records forced to the disk, tables, the report. One run at a
 * time, then one per processor.
 */
final class ExperimentBench implements Bench {
  private static final int VARIANTS = 2;
  private static final int POINTS = 5;

  @Override
  public String name() {
    return "experiment";
  }

  @Override
  public boolean byDefault() {
    return false;
  }

  /** Wall time of a sweep, and of its simulations alone. */
  private record Sweep(double seconds, double simulating) {}

  @Override
  public List<Figure> run(Effort effort) {
    int runs = effort.choose(100, 1_000);
    int processors = Runtime.getRuntime().availableProcessors();
    Plan plan = Experiment.of("vm-start").configuration(Installation.searchPath(effort.home()).toArray(Path[]::new)).question("How fast?")
        .set("vms.vm.memory-mib=64", "machine.memory-per-node-mib=1000")
        .variants("linux-6.10", "linux-6.12").vary("machine.cma-per-node-mib", 0, 100, 300, 500, 700).seeds(runs / VARIANTS / POINTS)
        .measures("success", "vm-start-ms").plan();
    effort.says("experiment: warming up");
    sweep(plan, processors, effort);
    effort.says("experiment: " + runs + " runs, one at a time");
    Sweep alone = sweep(plan, 1, effort);
    effort.says("experiment: " + runs + " runs, " + processors + " at a time");
    Sweep all = sweep(plan, processors, effort);
    double overheadMillis = (alone.seconds - alone.simulating) / runs * 1e3;
    return List.of(Figure.of("experiment, " + runs + " runs, one at a time", "sequential", alone.seconds, "s", null),
        Figure.of("experiment, " + runs + " runs", "sequential, side by side", all.seconds, "s", null)
            .against(alone.seconds, "one at a time"),
        Figure.of("experiment, parallel efficiency on " + processors, "", alone.seconds / all.seconds / processors, "", Aim.atLeast(0.9)),
        Figure.of("experiment, besides a simulation", "", overheadMillis, "ms", Aim.atMost(50)));
  }

  private static Sweep sweep(Plan plan, int sideBySide, Effort effort) {
    LongAdder simulatingNanos = new LongAdder();
    RunExecutor here = ExperimentRunner.local();
    RunExecutor timed = (cell, seed, listener) -> {
      RunResult result = here.run(cell, seed, listener);
      simulatingNanos.add(result.wallNanos());
      return result;
    };
    try {
      Path directory = Files.createTempDirectory("pinfold-bench");
      try {
        long from = System.nanoTime();
        try (ExperimentDirectory opened = ExperimentDirectory.open(directory, effort.build(), "bench")) {
          new ExperimentJob(plan, timed, of -> unlessCancelled(effort)).run(opened, sideBySide).writeTo(opened, effort.build());
        }
        effort.checkCancelled();
        return new Sweep((System.nanoTime() - from) * 1e-9, simulatingNanos.sum() * 1e-9);
      } finally {
        remove(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NowhereToRunException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ExperimentListener unlessCancelled(Effort effort) {
    return new ExperimentListener() {
      @Override
      public RunListener begin(Cell cell, long seed) {
        return (nowNanos, windows) -> !cancelled();
      }

      @Override
      public boolean cancelled() {
        return effort.cancelled().getAsBoolean();
      }
    };
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
