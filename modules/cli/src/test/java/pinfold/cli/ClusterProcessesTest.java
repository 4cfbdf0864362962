package pinfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.experiment.compare.ClusterComparer;
import pinfold.experiment.compare.Comparison;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.compare.ScenarioWorkload;
import pinfold.scenario.ConfigBundle;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/** Three members, each a JVM of its own, on this machine; one is killed or stopped while they run the main job made small. */
class ClusterProcessesTest {
  private static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));
  private static final String VARIANT = "linux-6.12";
  private static final long SEED = 3;

  @TempDir Path directory;
  private final List<Process> members = new ArrayList<>();
  private final List<String> fronts = new ArrayList<>();
  private FrontClient client;

  @BeforeEach
  void start() throws Exception {
    int firstPort = 0;
    for (int i = 0; i < 3; i++) {
      int port = freePort();
      int http = freePort();
      fronts.add("127.0.0.1:" + http);
      List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
          "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
          "pinfold.cli.Pinfold", "node", "--listen", "127.0.0.1:" + port, "--http", "127.0.0.1:" + http, "--runs",
          directory.resolve("runs").toString(), "--checkpoint-every", "1", "--log-format", i == 2 ? "json" : "text"));
      if (i > 0) {
        command.addAll(List.of("--join", "127.0.0.1:" + firstPort));
      } else {
        firstPort = port;
      }
      members.add(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("log-" + i).toFile()).start());
    }
    client = new FrontClient(fronts, Pinfold.Version.text(), Optional.empty());
    while (membersUp() < 3) {
      assertThat(members).allMatch(Process::isAlive);
      Thread.sleep(100);
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    client.close();
    for (Process member : members) {
      member.destroyForcibly().waitFor();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private int membersUp() {
    try {
      return client.members();
    } catch (IOException e) {
      return 0;
    }
  }

  /** While a manager is being replaced nobody answers. */
  private RunStatus status(RunStatus before) {
    try {
      RunStatus now = client.status(before.run());
      return now.state() == RunState.UNKNOWN ? before : now;
    } catch (IOException e) {
      return before;
    }
  }

  private boolean isSaved() throws IOException {
    if (!Files.isDirectory(directory.resolve("runs"))) {
      return false;
    }
    try (Stream<Path> files = Files.walk(directory.resolve("runs"))) {
      return files.anyMatch(file -> file.endsWith("complete"));
    }
  }

  private static ScenarioConfig small() {
    return ScenarioFile.load("vm-passthrough", CONFIG, List.of("machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.anonymous-per-node-mib=12", "memory-in-use.page-cache-per-node-mib=12",
        "memory-in-use.kernel-per-node-mib=4", "vm-defaults.memory-mib=8", "vms.large.memory-mib=12", "vms.right.memory-mib=4"));
  }

  /** What happens to members after the first checkpoint. */
  private enum Fault {
    A_MEMBER_IS_KILLED,
    THE_OLDEST_IS_KILLED,
    A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT,
    A_MEMBER_IS_TOLD_TO_END
  }

  private void bring(Fault fault) throws Exception {
    switch (fault) {
      case A_MEMBER_IS_KILLED -> members.get(1).destroyForcibly().waitFor();
      case THE_OLDEST_IS_KILLED -> members.get(0).destroyForcibly().waitFor();
      case A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT -> signal("STOP");
      case A_MEMBER_IS_TOLD_TO_END -> {
        signal("TERM");
        assertThat(members.get(2).waitFor()).as("exit code of the member that was told to end").isZero();
      }
    }
  }

  private void signal(String name) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(members.get(2).pid())).start().waitFor()).isZero();
  }

  private static List<String> digests(Comparison comparison) {
    comparison.requireAllRan();
    return comparison.runs().stream().map(RunResult::digestText).toList();
  }

  /** A line per event, with fields; the third member's are JSON. What the command itself says to a person is none of them. */
  private void checkLogs(Fault fault) throws IOException {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      for (String line : Files.readAllLines(directory.resolve("log-" + i))) {
        if (!line.startsWith("pinfold: ")) {
          assertThat(line).matches(i == 2 ? "\\{\"timestamp\":\\d+,\"level\":\"[A-Z]+\",.*,\"message\":\".*}"
              : "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (INFO |WARN |ERROR) \\w+: .*");
          events.add(line);
        }
      }
    }
    assertThat(events).anyMatch(line -> line.matches(".*epoch begins run=[0-9a-f]{16} epoch=1 groups=4 .*"))
        .anyMatch(line -> line.matches(".*group is saved run=[0-9a-f]{16} epoch=1 part=\\d window=\\d+ group=\\d bytes=\\d+ seconds=.*"))
        .anyMatch(line -> line.contains("\"message\":\"group is saved\",\"run\":\"") && line.contains("\"epoch\":1,"))
        .anyMatch(line -> line.contains("group is restored") && line.contains("epoch=2"))
        .anyMatch(line -> line.contains("checkpoint is complete"));
    boolean inOrder = fault == Fault.A_MEMBER_IS_TOLD_TO_END;
    assertThat(events.stream().anyMatch(line -> line.contains("epoch ends: groups") && line.contains("move to another member")))
        .as("groups were handed over").isEqualTo(inOrder);
    // The manager says that it begins again, or dies with the member, and the next one says that it takes over.
    assertThat(events.stream().anyMatch(line -> line.contains("epoch ends: member") || line.contains("run is taken over")))
        .as("a member was lost").isEqualTo(!inOrder);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void lossChangesNothing(Fault fault) throws Exception {
    ScenarioConfig scenario = small();
    RunResult expected = new ScenarioRun(scenario, KernelVariants.of(VariantFile.load(VARIANT, CONFIG)), SEED, HostFactory.sequential())
        .run((now, windows) -> true);
    ConfigBundle bundle = ConfigBundle.of(scenario, VARIANT, CONFIG);
    RunSpec spec = new RunSpec(bundle.scenario(), bundle.variant(), SEED, false, bundle.files());
    RunStatus status = client.submit(spec);
    boolean brought = false;
    while (status.state() != RunState.DONE) {
      assertThat(status.state()).as(status.message()).isNotEqualTo(RunState.FAILED);
      if (!brought && isSaved()) {
        bring(fault);
        brought = true;
      }
      Thread.sleep(100);
      status = status(status);
    }
    assertThat(brought).as("the run was over before it was first saved").isTrue();
    assertThat(status.epoch()).isGreaterThan(1);
    RunResult result = ScenarioWorkload.result(spec, client.result(status.run()), 0);
    assertThat(result.digestText()).isEqualTo(expected.digestText());
    assertThat(result.pinCalls()).isEqualTo(expected.pinCalls());
    assertThat(result.series().rows()).isEqualTo(expected.series().rows());
    assertThat(digests(ClusterComparer.resume(client, status.run(), label -> (now, rounds) -> true)))
        .containsExactly(expected.digestText());
    // Whoever is left also takes runs that stay on one member.
    Comparison sweep = new ClusterComparer(scenario, List.of(VARIANT), List.of(SEED, SEED + 1), true, CONFIG)
        .run(client, label -> (now, rounds) -> true);
    assertThat(digests(sweep)).hasSize(2).startsWith(expected.digestText());
    checkLogs(fault);
    if (fault == Fault.A_MEMBER_STOPS_FOR_LONGER_THAN_THE_OTHERS_WAIT) {
      signal("CONT");
      assertThat(members.get(2).waitFor()).as("exit code of the member that was cut off").isEqualTo(1);
    }
  }
}
