package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.files.FileMessage;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunDirectory;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.scenario.ScenarioConfig;

/** Several members in one JVM, each with a run directory of its own and copies on another. */
class ClusterCopiesTest {
  private static final String VARIANT = "linux-6.12";
  private static final long SEED = 7;
  private static final Duration OFTEN = Duration.ofMillis(100);

  /** Members that are closed are dead without a word, and that is soon noticed. */
  private static final Config MORTAL = ConfigFactory.parseString("""
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.cluster.failure-detector.acceptable-heartbeat-pause = 3s
      pekko.cluster.split-brain-resolver.stable-after = 1s
      """);

  private static final ScenarioConfig LONGER = Small.mainJob("vm-defaults.memory-mib=48");
  private static final RunSpec SPEC = TestCluster.spec(LONGER, VARIANT, SEED);
  private static final String RUN = SPEC.hash();

  @TempDir Path directory;

  private static void assertSameAsSequential(TestCluster cluster) {
    RunResult expected = Small.run(LONGER, VARIANT, SEED, HostFactory.sequential());
    RunResult result = cluster.result(SPEC);
    assertThat(result.digestText()).isEqualTo(expected.digestText());
    assertThat(result.pinCalls()).isEqualTo(expected.pinCalls());
    assertThat(result.series().rows()).isEqualTo(expected.series().rows());
  }

  private static long nanosOf(Path checkpoint) {
    String name = checkpoint.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('-')));
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Until a member knows of a complete checkpoint; returns its simulated time. */
  private static long awaitCheckpoint(TestCluster cluster, int member) {
    Path own = cluster.directories().get(member);
    TestCluster.await(() -> !TestCluster.checkpoints(own, RUN).isEmpty() || cluster.status(RUN).state() == RunState.DONE);
    assertThat(cluster.status(RUN).state()).as("there must be something left to do").isNotEqualTo(RunState.DONE);
    return nanosOf(TestCluster.checkpoints(own, RUN).getFirst());
  }

  /** The run's parts were told to begin in this epoch or a later one. */
  private static boolean hasBegun(TestCluster cluster, int epoch) {
    RunStatus status = cluster.status(RUN);
    return status.epoch() >= epoch && status.members() > 0;
  }

  @Test
  void membersWithTheirOwnDirectoriesGiveTheDigestOfTheSequentialHost() {
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(300), 1, MORTAL)) {
      cluster.start(3);
      cluster.submit(SPEC);
      RunStatus status = cluster.end(RUN);
      assertThat(status.message()).isEmpty();
      assertThat(status.state()).isEqualTo(RunState.DONE);
      assertThat(status.members()).isEqualTo(3);
      assertThat(status.epoch()).isEqualTo(1);
      assertSameAsSequential(cluster);
      // Small files are everywhere, states on two members.
      Path latest = cluster.checkpoints(RUN).getFirst().getFileName();
      for (String file : List.of("spec", "epoch", "result", "checkpoints/" + latest + "/complete")) {
        for (Path own : cluster.directories()) {
          TestCluster.await(() -> Files.exists(own.resolve(RUN).resolve(file)));
        }
      }
      for (int group = 0; group < 2; group++) {
        String file = "checkpoints/" + latest + "/group-" + group + ".state";
        assertThat(cluster.directories().stream().filter(own -> Files.exists(own.resolve(RUN).resolve(file)))).hasSize(2);
      }
      for (Path own : cluster.directories()) {
        assertThat(TestCluster.checkpoints(own, RUN).size()).as("old ones are removed").isBetween(1, 2);
      }
    }
  }

  @Test
  void aMemberIsLostWithItsDirectory() throws IOException {
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, MORTAL)) {
      cluster.start(3);
      cluster.submit(SPEC);
      long savedNanos = awaitCheckpoint(cluster, 0);
      cluster.nodes().get(1).close();
      delete(cluster.directories().get(1));
      TestCluster.await(() -> hasBegun(cluster, 2) || cluster.status(RUN).epoch() > 3);
      assertThat(hasBegun(cluster, 2)).as(cluster.status(RUN).message()).isTrue();
      assertThat(cluster.status(RUN).nowNanos()).isPositive().isGreaterThanOrEqualTo(savedNanos);
      assertThat(cluster.end(RUN).state()).isEqualTo(RunState.DONE);
      assertThat(cluster.status(RUN).members()).isEqualTo(2);
      assertSameAsSequential(cluster);
    }
  }

  /** They end without a word, and so does what they were writing. */
  @Test
  void allMembersLeaveAndOneNeverComesBack() throws IOException {
    List<Path> left;
    long savedNanos;
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, MORTAL)) {
      cluster.start(3);
      cluster.submit(SPEC);
      savedNanos = awaitCheckpoint(cluster, 1);
      left = List.copyOf(cluster.directories().subList(1, 3));
    }
    assertThat(left).allSatisfy(own -> assertThat(own.resolve(RUN).resolve("result")).doesNotExist());
    delete(directory.resolve("member-0"));
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1), 1, MORTAL)) {
      cluster.startWith(left);
      int epoch = cluster.resume(RUN).epoch();
      TestCluster.await(() -> hasBegun(cluster, 2) || cluster.status(RUN).epoch() > epoch + 3);
      assertThat(hasBegun(cluster, 2)).as(cluster.status(RUN).message()).isTrue();
      assertThat(cluster.status(RUN).nowNanos()).isGreaterThanOrEqualTo(savedNanos);
      assertThat(cluster.end(RUN).state()).isEqualTo(RunState.DONE);
      assertSameAsSequential(cluster);
    }
  }

  @Test
  void aMessageOfEachKindMayBeLost() throws IOException {
    Config lossy = ConfigFactory.parseString("pekko.actor.serializers.pinfold = \"pinfold.experiment.compare.LossySerializer\"")
        .withFallback(MORTAL);
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(300), 1, lossy)) {
      cluster.start(2);
      LossySerializer.LOSE.addAll(List.of(FileMessage.Chunk.class, FileMessage.ChunkTaken.class, FileMessage.WhatHaveYou.class,
          FileMessage.Have.class));
      cluster.submit(SPEC);
      RunStatus end = cluster.end(RUN);
      assertThat(end.state()).isEqualTo(RunState.DONE);
      assertThat(end.epoch()).as("mended without beginning again").isEqualTo(1);
      assertSameAsSequential(cluster);
      assertThat(LossySerializer.LOSE).isEmpty();
      // Any member gives a result, also one that has not got it, and says so if nobody has.
      LossySerializer.LOSE.addAll(List.of(FileMessage.SendFile.class, FileMessage.NoSuchFile.class));
      ClusterNode second = cluster.nodes().get(1);
      Path result = cluster.directories().get(1).resolve(RUN).resolve("result");
      TestCluster.await(() -> Files.exists(result));
      Files.delete(result);
      assertThat(second.result(RUN).toCompletableFuture().join().nowNanos()).isEqualTo(end.nowNanos());
      assertThat(second.spec("0000000000000000").toCompletableFuture().join()).isNull();
      assertThat(LossySerializer.LOSE).isEmpty();
    }
  }

  @Test
  void aMemberWithAnotherSettingOrTheSameDirectoryIsRefused() {
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, MORTAL)) {
      cluster.start(1);
      assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> cluster.startWith(List.copyOf(cluster.directories())))
          .withMessageContaining("another member");
      String seed = cluster.first().address().substring(cluster.first().address().indexOf('@') + 1);
      try (ClusterNode other = ClusterNode.start(new ClusterNode.Settings("127.0.0.1", TestCluster.freePort(), List.of(seed), OFTEN, 0, 1,
          MORTAL), new ScenarioWorkload(), new RunDirectory(directory, "test"))) {
        TestCluster.await(() -> other.whenTerminated().toCompletableFuture().isDone() || cluster.first().members().size() > 1);
        assertThat(cluster.first().members()).hasSize(1);
      }
    }
  }
}
