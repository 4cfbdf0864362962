package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cluster.front.Front;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.front.Tls;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.cluster.testing.Certificates;
import pinfold.cluster.testing.PrometheusText;
import pinfold.scenario.ScenarioConfig;

/** What members answer over HTTP, while they run something and with TLS. */
class ClusterFrontTest {
  private static final String VARIANT = "linux-6.12";
  private static final ScenarioConfig LONGER = Small.mainJob("vm-defaults.memory-mib=48");

  @TempDir Path directory;

  private static String address(Front front) {
    return "127.0.0.1:" + front.address().getPort();
  }

  private static Front front(ClusterNode node) throws IOException {
    return Front.start(node, new InetSocketAddress("127.0.0.1", 0));
  }

  private static TreeMap<String, Double> metrics(Front front) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return PrometheusText.read(client.send(HttpRequest.newBuilder(URI.create("http://" + address(front) + "/metrics")).build(),
          BodyHandlers.ofString()).body());
    }
  }

  private static double sum(List<TreeMap<String, Double>> members, String prefix) {
    return members.stream().flatMap(member -> member.entrySet().stream()).filter(sample -> sample.getKey().startsWith(prefix))
        .mapToDouble(Map.Entry::getValue).sum();
  }

  @Test
  void metricsAreThoseOfTheRunAndProgressComesToItsEnd() throws Exception {
    RunSpec spec = TestCluster.spec(LONGER, VARIANT, 7);
    String run = "{run=\"" + spec.hash() + "\"";
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(500))) {
      cluster.start(2);
      try (Front first = front(cluster.nodes().get(0)); Front second = front(cluster.nodes().get(1));
          FrontClient client = new FrontClient(List.of(address(first)), "test", Optional.empty())) {
        List<Double> progress = new ArrayList<>();
        double rounds = 0;
        int sampled = 0;
        RunStatus status = client.submit(spec);
        while (status.state() != RunState.DONE) {
          assertThat(status.state()).as(status.message()).isNotEqualTo(RunState.FAILED);
          if (status.workDone() >= 0) {
            progress.add(status.workDone());
          }
          List<TreeMap<String, Double>> members = List.of(metrics(first), metrics(second));
          if (sum(members, "pinfold_rounds_total" + run) > 0) {
            sampled++;
            for (TreeMap<String, Double> member : members) {
              assertThat(member.getOrDefault("pinfold_round_bytes_total" + run + ",part=\"0\"}", 0.0)).isNotNegative();
            }
            // At the end one member forgets the run before the other.
            if (members.stream().allMatch(member -> sum(List.of(member), "pinfold_rounds_total" + run) > 0)) {
              double now = sum(members, "pinfold_rounds_total" + run);
              assertThat(now).isGreaterThanOrEqualTo(rounds);
              rounds = now;
            }
            if (members.stream().allMatch(member -> member.keySet().stream().anyMatch(name -> name.startsWith("pinfold_group" + run)))) {
              assertThat(sum(members, "pinfold_group" + run)).as("every group is on one member").isEqualTo(4);
            }
          }
          Thread.sleep(20);
          status = client.status(spec.hash());
        }
        assertThat(sampled).as("times that the run was looked at").isPositive();
        assertThat(progress).isSorted().allMatch(share -> share >= 0 && share <= 1);
        assertThat(progress.getLast()).isGreaterThan(0.5);
        assertThat(status.workDone()).isEqualTo(1);
        TestCluster.await(() -> cluster.first().runs().stream().anyMatch(report -> report.state() == RunState.DONE));
        TreeMap<String, Double> end = metrics(first);
        assertThat(end).containsEntry("pinfold_run_state" + run + ",state=\"done\"}", 1.0)
            .containsEntry("pinfold_run_progress_ratio" + run + "}", 1.0).containsEntry("pinfold_run_epoch" + run + "}", 1.0);
        assertThat(end.get("pinfold_run_simulated_seconds" + run + "}")).isCloseTo(status.nowNanos() / 1e9, within(1e-9));
        assertThat(end.get("pinfold_run_checkpoints_total" + run + "}")).isPositive();
        assertThat(end.get("pinfold_run_checkpoint_bytes" + run + "}")).isPositive();
        assertThat(sum(List.of(metrics(second)), "pinfold_run_info")).as("of the member without the manager").isZero();
      }
    }
  }

  @Test
  void withTlsAFriendGetsAResultAndAStrangerNothing() throws Exception {
    Certificates certificates = new Certificates(directory.resolve("certificates"));
    certificates.make("ours", "a=127.0.0.1", "friend=somewhere");
    certificates.make("theirs", "a=127.0.0.1");
    Config ours = certificates.settings("ours", "a", "ours");
    RunSpec spec = TestCluster.spec(Small.mainJob(), VARIANT, 7);
    try (TestCluster cluster = new TestCluster(directory.resolve("runs"), Duration.ofMinutes(1), ours)) {
      cluster.start(1);
      try (Front front = front(cluster.first())) {
        assertThat(front.hasTls()).isTrue();
        List<Optional<Tls>> strangers = List.of(Optional.empty(), // speaks no TLS
            Tls.of(certificates.settings("ours", "trust", "ours").resolve()), // has no certificate
            Tls.of(certificates.settings("theirs", "a", "ours").resolve())); // has one of another authority
        for (Optional<Tls> stranger : strangers) {
          try (FrontClient client = new FrontClient(List.of(address(front)), "test", stranger)) {
            assertThatExceptionOfType(IOException.class).isThrownBy(client::status);
            assertThatExceptionOfType(IOException.class).isThrownBy(client::metrics);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.submit(spec));
          }
        }
        assertThat(cluster.first().spec(spec.hash()).toCompletableFuture().join()).as("what strangers submitted").isNull();
        Optional<Tls> friend = Tls.of(certificates.settings("ours", "friend", "ours").resolve());
        try (FrontClient client = new FrontClient(List.of(address(front)), "test", friend)) {
          client.submit(spec);
          TestCluster.await(() -> cluster.status(spec.hash()).state() == RunState.DONE);
          assertThat(ScenarioWorkload.result(spec, client.result(spec.hash()), 0).digestText())
              .isEqualTo(Small.run(Small.mainJob(), VARIANT, 7, HostFactory.sequential()).digestText());
          assertThat(client.metrics().all("pinfold_member_info").count()).isEqualTo(1);
        }
      }
    }
  }

  /** A command is told where the trouble is: it does not trust who answers. */
  @Test
  void aCommandDoesNotTalkToAMemberOfAnotherAuthority() throws Exception {
    Certificates certificates = new Certificates(directory.resolve("certificates"));
    certificates.make("ours", "a=127.0.0.1", "elsewhere=member-9");
    certificates.make("theirs", "a=127.0.0.1");
    for (String member : List.of("theirs/a", "ours/elsewhere")) {
      String authority = member.substring(0, member.indexOf('/'));
      Config settings = certificates.settings(authority, member.substring(member.indexOf('/') + 1), "ours");
      // Alone, so that the name in its certificate matters to nobody but the command.
      try (TestCluster cluster = new TestCluster(directory.resolve(authority), Duration.ofMinutes(1), settings)) {
        cluster.start(1);
        try (Front front = front(cluster.first()); FrontClient client =
            new FrontClient(List.of(address(front)), "test", Tls.of(certificates.settings("ours", "a", "ours").resolve()))) {
          assertThatExceptionOfType(IOException.class).isThrownBy(client::status).withMessageContaining("TLS");
        }
      }
    }
  }
}
