package pinfold.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.experiment.batch.ExperimentListener;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.batch.ExperimentRunner;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.results.ExperimentDirectory;
import pinfold.experiment.stats.PairedDifference;
import pinfold.scenario.ConfigError;
import pinfold.scenario.ExperimentFile;

/** Experiments that a program says instead of a file. */
class ExperimentTest {
  private static final Path REPOSITORY = Path.of("..", "..");

  @TempDir Path home;

  @Test
  void aProgramAndAFileThatSayTheSameLeaveTheSame() throws Exception {
    Path file = Files.writeString(home.resolve("vm-start.conf"), """
        format = 1
        question = "Does it start?"
        scenario = vm-start
        set = ["vms.vm.memory-mib=4", "memory-in-use.anonymous-per-node-mib=8", "memory-in-use.page-cache-per-node-mib=8",
          "machine.memory-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4"]
        variants = [linux-6.10, linux-6.12]
        vary = [{ setting = machine.cma-per-node-mib, values = [0, 80] }, { setting = variant.batch-capacity, values = [7, 15] }]
        measures = [success, vm-start-ms, drain-alls]
        seeds = 2
        until { measure = success, precision = 0.3, most-seeds = 4 }
        wall-limit-s = 600
        """);
    Experiment program = SmallStart.experiment().vary("machine.cma-per-node-mib", 0, 80).vary("variant.batch-capacity", 7, 15)
        .until("success", 0.3, 4).with("wall-limit-s", 600);
    program.run(home.resolve("program"));
    Plan plan = Plan.of(ExperimentFile.load(file.toString(), List.of(SmallStart.CONFIG), 2), List.of(SmallStart.CONFIG));
    try (ExperimentDirectory directory = ExperimentDirectory.open(home.resolve("file"), Installation.build(), "vm-start")) {
      new ExperimentJob(plan, ExperimentRunner.local(), of -> ExperimentListener.NONE).run(directory, 1)
          .writeTo(directory, Installation.build());
    }
    assertThat(SmallStart.files(home.resolve("program"))).isEqualTo(SmallStart.files(home.resolve("file")));
  }

  @Test
  void cellsAreFoundByTheirValues() {
    ExperimentResult result = SmallStart.experiment().vary("machine.cma-per-node-mib", 0, 80).run();
    assertThat(result.at("linux-6.10", 0).value("success")).isEqualTo(1);
    assertThat(result.at("linux-6.10", 80).value("success")).isZero();
    assertThat(result.at("linux-6.12", 80).interval("success").high()).isEqualTo(1);
    assertThat(result.at("linux-6.12", 80).interval("success").low()).as("Wilson, 2 of 2: 2 / (2 + 1.96^2)").isCloseTo(0.3424,
        org.assertj.core.api.Assertions.within(1e-4));
    assertThat(result.at("linux-6.12", 80).values("drain-alls")).as("a drain for each of two calls of 512 pages").containsExactly(2, 2);
    PairedDifference difference = result.at("linux-6.12", 80).against(result.at("linux-6.10", 80), "success");
    assertThat(List.of(difference.pairs(), difference.lower(), difference.higher())).containsExactly(2, 0, 2);
    assertThatIllegalArgumentException().isThrownBy(() -> result.at("linux-6.12", 81)).withMessageContaining("linux-6.12, 80");
    assertThatIllegalArgumentException().isThrownBy(() -> result.at("linux-6.12", 80).value("sucess"))
        .withMessageContaining("did you mean success");
  }

  @Test
  void whatIsWrongIsSaidAsOfAFile() {
    assertThatExceptionOfType(ConfigError.class).isThrownBy(() -> SmallStart.experiment().vary("machine.cma-per-node", 1).run())
        .withMessageContaining("machine.cma-per-node");
    assertThatExceptionOfType(ConfigError.class).isThrownBy(() -> SmallStart.experiment().question("Well.").run())
        .withMessageContaining("question mark");
    assertThatExceptionOfType(ConfigError.class).isThrownBy(() -> SmallStart.experiment().with("seads", 3).run())
        .withMessageContaining("seads");
    assertThatExceptionOfType(ConfigError.class).isThrownBy(() -> SmallStart.experiment().measures("sucess").run())
        .withMessageContaining("did you mean success");
    assertThatExceptionOfType(ConfigError.class).isThrownBy(() -> SmallStart.experiment()
        .with("until", Map.of("measure", "success", "precision", 0.1, "most-seeds", 1)).run()).withMessageContaining("no less than seeds");
  }

  @Test
  void theExampleInTheDocumentsRuns() throws Exception {
    String shown = Files.readString(REPOSITORY.resolve("docs/scripting.md"));
    assertThat(Files.readString(REPOSITORY.resolve("docs/examples/CmaShare.java")).lines().map(String::strip)
        .filter(line -> line.startsWith("."))).as("what docs/scripting.md shows").isNotEmpty().allMatch(shown::contains);
    File out = home.resolve("out").toFile();
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), "docs/examples/CmaShare.java", "1", home.resolve("r").toString())
        .directory(REPOSITORY.toFile()).redirectErrorStream(true).redirectOutput(out).start();
    int code = process.waitFor();
    String said = Files.readString(out.toPath(), StandardCharsets.UTF_8);
    assertThat(code).as(said).isZero();
    assertThat(said).contains("   0 MiB of CMA, linux-6.10: started in 100 % of 1 runs")
        .contains("2048 MiB of CMA, linux-6.10: started in 0 % of 1 runs")
        .contains("2048 MiB of CMA, linux-2026: started in 100 % of 1 runs").contains("drains of linux-2026 against linux-6.12: lower in ");
    assertThat(home.resolve("r/report.md")).content().contains("At which share of memory");
  }
}
