package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.cli.backend.BackEnds;
import pinfold.cli.backend.Session;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;

/** A kernel that hangs is an answer: the run ends by itself, and scripts can tell. */
class LivelockTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aRunThatHangsHasItsReportAndAnExitCodeOfItsOwn() {
    assertThat(execute("run", "--variant", "one-thp-list")).isEqualTo(ExitCode.LIVELOCK);
    assertThat(out.toString()).contains("one-thp-list, seed 1: livelock: task ").contains("digest ");
    assertThat(err.toString().lines().filter(line -> line.startsWith("pinfold: ")))
        .containsExactly("pinfold: livelock: in one-thp-list, seed 1, VM guest never gets its pin");
  }

  @Test
  void whereVariantsAreComparedItIsOneOfTheAnswers() {
    assertThat(execute("compare", "--variants", "one-thp-list,linux-6.10", "--seeds", "1")).isZero();
    assertThat(out.toString()).containsPattern("one-thp-list +0 of 1 .* livelock ").containsPattern("linux-6.10 +1 of 1 .* - ");
  }

  private int execute(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "thp-pcp", "--host", "sequential"));
    for (String setting : List.of("machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=4", "vms.guest.memory-mib=32", "background.jobs.working-set-kib=4096", "background.jobs.max-ops=65536")) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of(more));
    Session session = new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 240),
        new Cancellation(), Path.of("..", ".."), "test", List.of());
    return new Pinfold(BackEnds.ofThisBuild(), session).execute(arguments.toArray(String[]::new));
  }
}
