package pinfold.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cli.terminal.Cancellation;
import pinfold.cli.terminal.Terminal;
import pinfold.experiment.results.NotAResultException;
import pinfold.kernel.check.CheckLevel;

/** On repeated-access with 500 accesses, a run of some milliseconds. */
class SimulateBackEndTest {
  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Cancellation cancellation = new Cancellation();

  @Test
  void aResultHasEveryFileThatIsDocumented() throws Exception {
    Path result = temp.resolve("result");
    assertThat(compare(result)).isTrue();
    assertThat(err.toString()).endsWith("pinfold: wrote " + result + "\n");
    String documented = Files.readString(root().resolve("docs/results.md"));
    try (var files = Files.list(result)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names).containsExactly("distributions.csv", "manifest.json", "pins.csv", "runs.jsonl", "scenario.conf",
          "series-linux-6.10-seed-1.csv", "series-linux-6.12-seed-1.csv", "stories.txt", "table.md");
      assertThat(names).allSatisfy(name -> assertThat(documented)
          .contains("`" + name.replaceFirst("linux.*-seed-1", "VARIANT-seed-SEED")
          + "`"));
    }
  }

  @Test
  void aPlaceThatIsRefusedIsRefusedBeforeAnythingRuns() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "mine");
    assertThatThrownBy(() -> compare(file)).isInstanceOf(NotAResultException.class).hasMessageContaining("is a file");
    assertThatThrownBy(() -> compare(file.resolve("below"))).isInstanceOf(NotAResultException.class)
        .hasMessageContaining("nothing can be written to " + file);
    assertThat(out.toString()).isEmpty();
    assertThat(file).hasContent("mine");
  }

  @Test
  void whatEndsBeforeAnyRunIsFinishedLeavesNothing() throws Exception {
    cancellation.request();
    compare(temp.resolve("result"), "background.0.max-ops=1000000");
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isEqualTo("pinfold: ended early, with 0 of 2 runs finished\n");
    assertThat(temp).isEmptyDirectory();
  }

  private boolean compare(Path result, String... settings) throws Exception {
    Session session = new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 140),
        cancellation, root(), "test", List.of());
    List<String> all = settings.length == 0 ? List.of("background.0.max-ops=500") : List.of(settings);
    return SimulateBackEnd.compare(new CompareRequest(Path.of("repeated-access"), List.of("linux-6.10", "linux-6.12"), 1,
        new RunOptions(all, HostKind.SEQUENTIAL, 1, CheckLevel.OFF, Optional.of(result), Fronts.NONE, Spread.MACHINE, false,
            OptionalInt.empty())), session);
  }

  private static Path root() {
    return Path.of("..", "..");
  }
}
