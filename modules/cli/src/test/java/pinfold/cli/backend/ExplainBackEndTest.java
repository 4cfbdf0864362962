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
import pinfold.experiment.explain.Failure;
import pinfold.experiment.explain.Subject;
import pinfold.scenario.ConfigError;
import pinfold.kernel.check.CheckLevel;

/** explain, diff and shrink on vm-passthrough with VMs of 8 MiB. */
class ExplainBackEndTest {
  private static final List<String> SMALL = List.of("machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
      "memory-in-use.anonymous-per-node-mib=12", "memory-in-use.page-cache-per-node-mib=12", "memory-in-use.kernel-per-node-mib=4",
      "vm-defaults.memory-mib=8", "vms.large.memory-mib=8", "vms.right.memory-mib=8");

  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Cancellation cancellation = new Cancellation();

  private Session session() {
    return new Session(new PrintWriter(out, true), new PrintWriter(err, true), new Terminal(false, false, 140), cancellation,
        Path.of("..", ".."), "test", List.of());
  }

  private boolean explain(Path scenario, OptionalInt point, List<String> settings, Subject subject, Optional<Path> html) throws Exception {
    return ExplainBackEnd.run(new ExplainRequest(scenario, "linux-6.10", 1, point, subject, settings, html, false, HostKind.SEQUENTIAL, 1),
        session());
  }

  @Test
  void aPinIsToldOnTheTerminalAndAsAPage() throws Exception {
    Path html = temp.resolve("pin.html");
    assertThat(explain(Path.of("vm-passthrough"), OptionalInt.empty(), SMALL, new Subject.Pin(1), Optional.of(html))).isTrue();
    assertThat(out.toString()).startsWith("vm-passthrough, linux-6.10, seed 1: pin 1 of ").contains("To blame: folio 0x")
        .contains("rule: drain-rule = LRU_FLAG").contains("Biography of folio 0x");
    assertThat(html).content().startsWith("<!DOCTYPE html>").contains("<svg").endsWith("</html>\n");
    assertThat(temp).isDirectoryContaining(html::equals);
  }

  @Test
  void aResultDirectoryNamesItsScenario() throws Exception {
    Path result = temp.resolve("result");
    SimulateBackEnd.run(new RunRequest(Path.of("vm-passthrough"), "linux-6.10", 1, Optional.empty(),
        new RunOptions(SMALL, HostKind.SEQUENTIAL, 1, CheckLevel.OFF, Optional.of(result), Fronts.NONE, Spread.MACHINE, false,
            OptionalInt.empty())), session());
    List<String> pins = Files.readAllLines(result.resolve("pins.csv"));
    out.getBuffer().setLength(0);

    explain(result, OptionalInt.empty(), List.of(), new Subject.Pin(2), Optional.empty());

    String[] row = pins.get(2).split(",");
    assertThat(out.toString()).contains("pin 2 of " + (pins.size() - 1)).contains("To blame: folio 0x"
        + Integer.toHexString(Integer.parseInt(row[17])))
        .contains("held by the " + row[19] + " batch of CPU " + row[18]);
  }

  @Test
  void aPointIsOfAnExperimentOnly() {
    assertThatThrownBy(() -> explain(temp, OptionalInt.of(1), List.of(), new Subject.Pin(1), Optional.empty()))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining("only the directory of an experiment has points");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void ctrlCEndsItWithoutAStory() throws Exception {
    cancellation.request();
    explain(Path.of("vm-passthrough"), OptionalInt.empty(), SMALL, new Subject.Pin(1), Optional.of(temp.resolve("f")));
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isEqualTo("pinfold: ended before there was anything to tell\n");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void variantsThatPartAreAnAnswerOfNo() {
    DiffRequest request = new DiffRequest(Path.of("vm-passthrough"), OptionalInt.empty(), "linux-6.10", "linux-6.12", 1, 3, 2, SMALL,
        HostKind.SEQUENTIAL, 1);
    assertThat(DiffBackEnd.run(request, session())).isFalse();
    assertThat(out.toString()).containsPattern("linux-6.10 and linux-6.12 part at \\d\\.\\d{9} s").contains("linux-6.10:\n")
        .contains("linux-6.12:\n");
  }

  /** The litmus test is run as a user would, also by the rule with which it must not hold. */
  @Test
  void whatIsLeftIsWrittenBrieflyWithALitmusTestThatFailsSo() throws Exception {
    assertThat(ShrinkBackEnd.run(shrink("linux-6.10"), session())).isTrue();
    assertThat(Files.readString(temp.resolve("small.conf"))).contains("fails with --variant linux-6.10").doesNotContain("vcpu-cpus");
    assertThat(explain(temp.resolve("small.conf"), OptionalInt.empty(), List.of(), new Subject.Pin(1), Optional.empty())).isTrue();
    assertThat(out.toString()).contains("failed with -12 (ENOMEM)");
    List<Path> test = List.of(temp.resolve("small.litmus"));
    assertThat(LitmusBackEnd.run(new LitmusRequest(test, List.of(), HostKind.SEQUENTIAL, false), session())).isTrue();
    assertThat(LitmusBackEnd.run(new LitmusRequest(test, List.of("yangge-v1"), HostKind.SEQUENTIAL, false), session())).isFalse();
  }

  private ShrinkRequest shrink(String variant) {
    return new ShrinkRequest(Path.of("vm-passthrough"), OptionalInt.empty(), variant, 1, Failure.VM, temp.resolve("small.conf"), SMALL,
        HostKind.SEQUENTIAL, 1);
  }

  @Test
  void whatDoesNotFailCannotBeReducedAndLeavesNoFile() {
    assertThatThrownBy(() -> ShrinkBackEnd.run(shrink("yangge-v1"), session())).isInstanceOf(ConfigError.class)
        .hasMessageContaining("the run does not fail so");
    assertThat(temp).isEmptyDirectory();
  }
}
