package pinfold.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.scenario.ConfigError;

class NamedRunTest {
  @TempDir Path directory;

  private NamedRun named(String variant, OptionalInt point, String... settings) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return NamedRun.of(directory, variant, point, List.of(settings), new Session(nowhere, nowhere, new Terminal(false, false, 80),
        new Cancellation(), Path.of("..", ".."), "test", List.of()));
  }

  /** Points of a grid go through the last factor first: 1 is (1024, 15), 2 is (1024, 7), 3 is (2048, 15). */
  @Test
  void aPointOfAnExperimentHasItsSettingsAndSwitches() throws Exception {
    Files.writeString(directory.resolve("experiment.conf"), """
        format = 1
        question = "Does it?"
        scenario = vm-start
        variants = [linux-6.10, linux-6.12]
        vary = [
          { name = CMA, setting = machine.cma-per-node-mib, values = [1024, 2048] }
          { name = capacity, setting = variant.batch-capacity, values = [15, 7] }
        ]
        seeds = 1
        measures = [success]
        """);

    NamedRun third = named("linux-6.12", OptionalInt.of(3));

    assertThat(third.variant().name()).isEqualTo("linux-6.12");
    assertThat(third.variant().batchCapacity()).isEqualTo(15);
    assertThat(named("linux-6.12", OptionalInt.of(2)).variant().batchCapacity()).isEqualTo(7);
    assertThat(third.scenario().effective()).contains("cma-per-node-mib=2048");
    assertThatThrownBy(() -> named("linux-6.12", OptionalInt.empty())).isInstanceOf(ConfigError.class)
        .hasMessageContaining("name one from 1 to 4");
    assertThatThrownBy(() -> named("linux-6.12", OptionalInt.of(5))).isInstanceOf(ConfigError.class)
        .hasMessageContaining("name one from 1 to 4");
    assertThatThrownBy(() -> named("linux-6.1", OptionalInt.of(1))).isInstanceOf(ConfigError.class)
        .hasMessageContaining("linux-6.10, linux-6.12");
    assertThatThrownBy(() -> named("linux-6.12", OptionalInt.of(1), "machine.nodes=1")).isInstanceOf(ConfigError.class)
        .hasMessageContaining("leave out --set");
  }
}
