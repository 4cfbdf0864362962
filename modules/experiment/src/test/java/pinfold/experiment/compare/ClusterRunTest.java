package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunDirectory;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.scenario.ScenarioConfig;

/** Several members in one JVM, over real sockets. */
class ClusterRunTest {
  @TempDir Path directory;
  private final List<ClusterNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(ClusterNode::close);
  }

  private void start(int count, Duration checkpointEvery) throws IOException {
    for (int i = 0; i < count; i++) {
      int port = freePort();
      List<String> seeds = nodes.isEmpty() ? List.of() : List.of("127.0.0.1:" + firstPort);
      firstPort = nodes.isEmpty() ? port : firstPort;
      nodes.add(ClusterNode.start(new ClusterNode.Settings("127.0.0.1", port, seeds, checkpointEvery, ConfigFactory.empty()),
          new ScenarioWorkload(), new RunDirectory(directory, "test")));
    }
  }

  private int firstPort;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitMembers(int count) throws InterruptedException {
    while (nodes.getFirst().members().size() < count) {
      Thread.sleep(50);
    }
  }

  private static RunSpec spec(ScenarioConfig scenario, String variant, long seed) {
    TreeMap<String, String> files = new TreeMap<>();
    files.put("scenarios/" + scenario.name() + ".conf", scenario.effective());
    Small.variantFiles().forEach((name, text) -> files.put("variants/" + name + ".conf", text));
    return new RunSpec(scenario.name(), variant, seed, files);
  }

  private RunStatus await(String run) throws Exception {
    for (;;) {
      RunStatus status = nodes.getFirst().status(run).toCompletableFuture().get();
      if (status.state() == RunState.DONE || status.state() == RunState.FAILED) {
        return status;
      }
      Thread.sleep(100);
    }
  }

  @ParameterizedTest(name = "{0} members")
  @ValueSource(ints = {1, 2, 3})
  void anyNumberOfMembersGivesTheDigestOfTheSequentialHost(int members) throws Exception {
    ScenarioConfig scenario = Small.mainJob();
    RunResult expected = Small.run(scenario, "linux-6.12", 7, HostFactory.sequential());
    start(members, Duration.ofSeconds(2));
    awaitMembers(members);
    RunSpec spec = spec(scenario, "linux-6.12", 7);
    RunStatus submitted = nodes.getFirst().submit(spec).toCompletableFuture().get();
    RunStatus status = await(submitted.run());
    assertThat(status.message()).isEmpty();
    assertThat(status.members()).isEqualTo(members);
    RunResult result = ScenarioWorkload.result(spec, nodes.getFirst().directory().result(status.run()), 0);
    assertThat(result.digestText()).isEqualTo(expected.digestText());
    assertThat(result.pinCalls()).isEqualTo(expected.pinCalls());
    assertThat(result.series().rows()).isEqualTo(expected.series().rows());
    assertThat(result.outcome()).isEqualTo(expected.outcome());
    assertThat(result.simulatedNanos()).isEqualTo(expected.simulatedNanos());
  }
}
