package pinfold.experiment.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.measure.Measures;
import pinfold.experiment.plan.Cell;
import pinfold.experiment.plan.CostPlan;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.ExperimentFiles;
import pinfold.experiment.report.ExperimentText;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.scenario.ExperimentFile;

/** Experiments over a very small VM start: what is kept, what is run again, and that how it went leaves no trace. */
class ExperimentRunnerTest {
  private static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));
  private static final String SMALL = """
      format = 1
      question = "Does it start?"
      scenario = vm-start
      set = ["vms.vm.memory-mib=4", "memory-in-use.anonymous-per-node-mib=8", "memory-in-use.page-cache-per-node-mib=8",
        "machine.memory-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4"]
      variants = [linux-6.10, linux-6.12]
      vary = [{ setting = machine.cma-per-node-mib, values = [0, 80] }]
      measures = [success, vm-start-ms, drain-alls]
      """;

  @TempDir Path home;

  private Plan plan(String more) throws Exception {
    Path file = Files.writeString(home.resolve("e.conf"), SMALL + more);
    return Plan.of(ExperimentFile.load(file.toString(), CONFIG, 2), CONFIG);
  }

  /** Counts runs, and asks for an early end after so many. */
  private static final class Counting implements ExperimentListener {
    private final AtomicInteger begun = new AtomicInteger();
    private final int most;

    Counting(int most) {
      this.most = most;
    }

    @Override
    public RunListener begin(Cell cell, long seed) {
      begun.incrementAndGet();
      return (nowNanos, windows) -> true;
    }

    @Override
    public boolean cancelled() {
      return begun.get() >= most;
    }
  }

  private ExperimentResult run(Plan plan, String out, Counting counting, int sideBySide, RunExecutor executor) throws Exception {
    try (ExperimentDirectory directory = ExperimentDirectory.open(home.resolve(out), "build", "e")) {
      ExperimentRunner runner = new ExperimentRunner(plan, directory, executor, counting);
      ExperimentResult result = runner.run(sideBySide);
      Set<String> wanted = new HashSet<>(runner.identities());
      if (result.isWhole()) {
        directory.keepRuns(wanted);
      }
      new ExperimentFiles(result, new ExperimentText(result, Optional.empty())).writeTo(directory, "build");
      return result;
    }
  }

  private ExperimentResult run(Plan plan, String out, Counting counting, int sideBySide) throws Exception {
    return run(plan, out, counting, sideBySide, ExperimentRunner.local());
  }

  private Map<String, String> files(String out) throws Exception {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home.resolve(out))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(home.resolve(out).relativize(file).toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  @Test
  void anEarlyEndAndASecondGoLeaveTheSameDirectoryAsOneGo() throws Exception {
    Plan plan = plan("seeds = 3");
    Counting one = new Counting(Integer.MAX_VALUE);
    ExperimentResult whole = run(plan, "one", one, 1);
    assertThat(one.begun.get()).isEqualTo(12);
    Counting early = new Counting(5);
    assertThat(run(plan, "two", early, 2).isWhole()).isFalse();
    Path partial = home.resolve("two/runs/zz/half.run.partial");
    Files.createDirectories(partial.getParent());
    Files.writeString(partial, "what a loss of power leaves");
    Counting late = new Counting(Integer.MAX_VALUE);
    ExperimentResult rest = run(plan, "two", late, 2);
    assertThat(early.begun.get() + late.begun.get()).isEqualTo(12);
    assertThat(files("two")).isEqualTo(files("one"));
    assertThat(rest.runs(3)).extracting(RunRecord::digest).isEqualTo(whole.runs(3).stream().map(RunRecord::digest).toList());
  }

  @Test
  void aDamagedRunIsRunAgainAndAChangedFileRunsWhatItChanged() throws Exception {
    Plan plan = plan("seeds = 2");
    run(plan, "r", new Counting(Integer.MAX_VALUE), 1);
    Map<String, String> before = files("r");
    String run = before.keySet().stream().filter(name -> name.endsWith(".run")).findFirst().orElseThrow();
    byte[] bytes = Files.readAllBytes(home.resolve("r").resolve(run));
    bytes[bytes.length / 2] ^= 1;
    Files.write(home.resolve("r").resolve(run), bytes);
    Counting again = new Counting(Integer.MAX_VALUE);
    run(plan, "r", again, 1);
    assertThat(again.begun.get()).isEqualTo(1);
    assertThat(files("r")).isEqualTo(before);

    Counting more = new Counting(Integer.MAX_VALUE);
    run(plan("seeds = 3\nvary = [{ setting = machine.cma-per-node-mib, values = [0, 80, 96] }]"), "r", more, 1);
    assertThat(more.begun.get()).as("a third seed of two points, three of a new one, for two variants").isEqualTo(2 * 2 + 2 * 3);
  }

  @Test
  void aRunThatFailsIsKeptWithItsReasonAndOthersGoOn() throws Exception {
    RunExecutor executor = (cell, seed, listener) -> {
      if (seed == 2 && cell.variantName().equals("linux-6.12") && cell.point() == 1) {
        throw new IllegalStateException("broken");
      }
      return ExperimentRunner.local().run(cell, seed, listener);
    };
    ExperimentResult result = run(plan("seeds = 2"), "r", new Counting(Integer.MAX_VALUE), 1, executor);
    assertThat(result.failures()).hasSize(1).first().satisfies(failure -> {
      assertThat(failure.run().failure()).contains("broken");
      assertThat(failure.cell().label()).isEqualTo("linux-6.12, 80");
    });
    assertThat(result.summary(1, 1, Measures.named("success")).runs()).isEqualTo(1);
    assertThat(home.resolve("r/failures.csv")).content().contains("80,linux-6.12,2,java.lang.IllegalStateException: broken");
  }

  @Test
  void seedsAreAddedUntilTheShareIsKnown() throws Exception {
    // Half the Wilson interval of 0 or n of n: 0.078 for 21 runs, 0.14 for 10.
    ExperimentResult result = run(plan("seeds = 5\nuntil { measure = success, precision = 0.1, most-seeds = 40 }"), "r",
        new Counting(Integer.MAX_VALUE), 2);
    assertThat(result.runs(0)).hasSize(20);
    assertThat(result.summary(0, 0, Measures.named("success")).centre().halfWidth()).isLessThan(0.1);
  }

  @Test
  void measuresAreWhatTheRunsSay() throws Exception {
    ExperimentResult result = run(plan("seeds = 2"), "r", new Counting(Integer.MAX_VALUE), 1);
    assertThat(result.values(1, 0, Measures.named("success"))).as("linux-6.10 with CMA").containsOnly(0);
    assertThat(result.values(1, 1, Measures.named("success"))).as("linux-6.12 with CMA").containsOnly(1);
    assertThat(result.values(1, 1, Measures.named("drain-alls"))).as("a drain for each call of 512 pages")
        .isEqualTo(result.values(1, 1, Measures.named("pin-calls")));
    assertThat(result.runs(1, 0).getFirst().stories().getFirst()).contains("linux-6.10, seed 1: VM vm failed");
    assertThat(home.resolve("r/report.md")).content().contains("# Does it start?")
        .contains("linux-6.10: succeeded in 2 of 4 runs: all with machine.cma-per-node-mib = 0; none with machine.cma-per-node-mib = 80");
  }

  @Test
  void costsThatMatterAreFound() throws Exception {
    Plan plan = CostPlan.of(plan("seeds = 1\nsensitivity { seeds = 1, point = 0 }")).orElseThrow();
    CostSensitivity found = new CostSensitivity(run(plan, "r", new Counting(Integer.MAX_VALUE), 2));
    assertThat(found.rows()).extracting(row -> row.cost().name()).contains("FAULT_PAGE").doesNotContain("MIGRATE_MOVE_THP", "RCU_NORMAL");
    CostSensitivity.Row faults = found.rows().stream().filter(row -> row.cost().name().equals("FAULT_PAGE")).findFirst().orElseThrow();
    assertThat(faults.halved().getFirst().centre().value()).isLessThan(found.asTheyAre().getFirst().centre().value());
    assertThat(faults.doubled().getFirst().centre().value()).isGreaterThan(found.asTheyAre().getFirst().centre().value());
    assertThat(faults.overturned()).isEmpty();
  }
}
