package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.Session;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;

/** A comparison of two variants, one with a drain rule that throws. */
class FailedRunTest {
  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void whatTheOtherRunsFoundIsPrintedAndWrittenAndTheExitCodeIsSeventy() throws IOException {
    Path result = temp.resolve("result");
    assertThat(compare("linux-6.12," + throwing(), "--out", result.toString())).isEqualTo(ExitCode.INTERNAL);
    assertThat(out.toString()).contains("linux-6.12 seed 1").doesNotContain("throwing");
    assertThat(err.toString().lines().filter(line -> line.contains("1 of 2 runs failed"))).singleElement().asString()
        .contains("throwing seed 1: ").contains("this rule never works");
    assertThat(Files.readAllLines(result.resolve("runs.jsonl"))).hasSize(1);
    assertThat(result.resolve("manifest.json")).content().contains("\"complete\": false");
  }

  @Test
  void whenNoRunEndedNothingIsLeft() throws IOException {
    Path result = temp.resolve("result");
    assertThat(compare(throwing().toString(), "--out", result.toString())).isEqualTo(ExitCode.INTERNAL);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("1 of 1 runs failed");
    assertThat(result).doesNotExist();
  }

  @Test
  void whereNobodyAnswersTheExitCodeIsTwoAndTheAddressIsNamed() {
    String nobody = "127.0.0.1:1";
    assertThat(compare("linux-6.12", "--cluster", nobody)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(compare("linux-6.12", "--cluster", nobody, "--spread", "runs")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(execute(List.of("resume", "0123456789abcdef", "--cluster", nobody))).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(execute(List.of("checkpoint", "0123456789abcdef", "--cluster", nobody))).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString().lines()).hasSize(4).allMatch(line -> line.contains("nobody answers at " + nobody));
  }

  private Path throwing() throws IOException {
    return Files.writeString(temp.resolve("throwing.conf"), """
        format = 1
        extends = "linux-6.12"
        title = "Fails"
        commits = []
        tags = ["none"]

        drain-rule = %s
        """.formatted(ThrowingRule.class.getName()));
  }

  private int compare(String variants, String... more) {
    List<String> arguments = new ArrayList<>(List.of("compare", "crosvm-mlock", "--variants", variants, "--seeds", "1"));
    for (String setting : List.of("machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=4", "vms.crosvm.memory-mib=8")) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of(more));
    return execute(arguments);
  }

  private int execute(List<String> arguments) {
    Session session = new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 140),
        new Cancellation(), Path.of("..", ".."), "test", List.of());
    return new Pinfold(BackEnds.ofThisBuild(), session).execute(arguments.toArray(String[]::new));
  }
}
