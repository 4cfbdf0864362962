package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
import pinfold.cluster.testing.FreePorts;
import pinfold.scenario.ScenarioConfig;

/** Several members in one JVM, each with a run directory of its own and copies on another. */
class ClusterCopiesTest {
  private static final String VARIANT = "linux-6.12";
  private static final long SEED = 7;
  private static final Duration OFTEN = Duration.ofMillis(100);

  private static final ScenarioConfig LONGER = Small.mainJob("vm-defaults.memory-mib=48");
  private static final RunSpec SPEC = TestCluster.spec(LONGER, VARIANT, SEED);
  private static final String RUN = SPEC.hash();

  @TempDir Path directory;

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void moveStates(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.filter(path -> path.toString().endsWith(".state")).toList()) {
        Path target = to.resolve(from.relativize(path));
        Files.createDirectories(target.getParent());
        Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Until a member has heard of some complete checkpoints; returns the simulated time of the last. */
  private static long awaitCheckpoints(TestCluster cluster, int member) {
    Path own = cluster.directories().get(member);
    Set<Path> seen = new HashSet<>();
    TestCluster.await(() -> {
      seen.addAll(TestCluster.checkpoints(own, RUN));
      return seen.size() >= 3 || cluster.status(RUN).state() == RunState.DONE;
    });
    assertThat(cluster.status(RUN).state()).as("there must be something left to do").isNotEqualTo(RunState.DONE);
    return seen.stream().mapToLong(TestCluster::nanosOf).max().orElseThrow();
  }

  /** The status when the run goes on after its first epoch; or in a later one than {@code last}, when it does not. */
  private static RunStatus awaitGoingOn(TestCluster cluster, int last) {
    RunStatus[] status = new RunStatus[1];
    TestCluster.await(() -> {
      status[0] = cluster.status(RUN);
      return status[0].epoch() > last || status[0].epoch() > 1 && status[0].state() != RunState.PLACING;
    });
    return status[0];
  }

  @Test
  void membersWithTheirOwnDirectoriesGiveTheDigestOfTheSequentialHost() {
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, TestCluster.MORTAL)) {
      cluster.start(3);
      cluster.submit(SPEC);
      RunStatus status = cluster.end(RUN);
      assertThat(status.message()).isEmpty();
      assertThat(status.state()).isEqualTo(RunState.DONE);
      assertThat(status.members()).isEqualTo(3);
      assertThat(status.epoch()).isEqualTo(1);
      cluster.assertSameAsSequential(LONGER, SPEC);
      // More than half of the members have the small files, when a run is over, and two have each state.
      for (String file : List.of("spec", "epoch", "result")) {
        assertThat(cluster.directories().stream().filter(own -> Files.exists(own.resolve(RUN).resolve(file)))).hasSizeGreaterThan(1);
      }
      Path latest = cluster.checkpoints(RUN).getFirst().getFileName();
      for (int group = 0; group < 2; group++) {
        String file = "checkpoints/" + latest + "/group-" + group + ".state";
        assertThat(cluster.directories().stream().filter(own -> Files.exists(own.resolve(RUN).resolve(file)))).hasSize(2);
      }
      for (Path own : cluster.directories()) {
        assertThat(TestCluster.checkpoints(own, RUN).size()).as("old ones are removed").isLessThan(4);
      }
    }
  }

  @Test
  void aMemberIsLostWithItsDirectory() throws IOException {
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, TestCluster.MORTAL)) {
      cluster.start(3);
      cluster.submit(SPEC);
      long savedNanos = awaitCheckpoints(cluster, 0);
      cluster.nodes().get(1).close();
      delete(cluster.directories().get(1));
      RunStatus status = awaitGoingOn(cluster, 4);
      assertThat(status.state()).as(status.message()).isIn(RunState.RUNNING, RunState.DONE);
      assertThat(status.nowNanos()).isPositive().isGreaterThanOrEqualTo(savedNanos);
      assertThat(cluster.end(RUN).state()).isEqualTo(RunState.DONE);
      assertThat(cluster.status(RUN).members()).isEqualTo(2);
      cluster.assertSameAsSequential(LONGER, SPEC);
    }
  }

  /** They end without a word, and so does what they were writing. */
  @Test
  void allMembersLeaveAndOneNeverComesBack() throws IOException {
    List<Path> left;
    long savedNanos;
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, TestCluster.MORTAL)) {
      cluster.start(3);
      cluster.submit(SPEC);
      savedNanos = awaitCheckpoints(cluster, 1);
      left = List.copyOf(cluster.directories().subList(1, 3));
    }
    assertThat(left).allSatisfy(own -> assertThat(own.resolve(RUN).resolve("result")).doesNotExist());
    delete(directory.resolve("member-0"));
    // One of those that are left has all that is left of the states, so the other must fetch what it needs.
    moveStates(left.get(0), left.get(1));
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1), 1, TestCluster.MORTAL)) {
      cluster.startWith(left);
      RunStatus status = awaitGoingOn(cluster, cluster.resume(RUN).epoch() + 4);
      assertThat(status.state()).as(status.message()).isIn(RunState.RUNNING, RunState.DONE);
      assertThat(status.nowNanos()).isGreaterThanOrEqualTo(savedNanos);
      assertThat(cluster.end(RUN).state()).isEqualTo(RunState.DONE);
      cluster.assertSameAsSequential(LONGER, SPEC);
    }
  }

  @Test
  void aMessageOfEachKindMayBeLost() throws IOException {
    Config lossy = ConfigFactory.parseString("pekko.actor.serializers.pinfold = \"pinfold.experiment.compare.LossySerializer\"")
        .withFallback(TestCluster.MORTAL);
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(300), 1, lossy)) {
      cluster.start(2);
      LossySerializer.LOSE.addAll(List.of(FileMessage.Chunk.class, FileMessage.ChunkTaken.class, FileMessage.WhatHaveYou.class,
          FileMessage.Have.class));
      cluster.submit(SPEC);
      RunStatus end = cluster.end(RUN);
      assertThat(end.state()).isEqualTo(RunState.DONE);
      assertThat(end.epoch()).as("mended without beginning again").isEqualTo(1);
      cluster.assertSameAsSequential(LONGER, SPEC);
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
    try (TestCluster cluster = new TestCluster(directory, OFTEN, 1, TestCluster.MORTAL)) {
      cluster.start(1);
      assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> cluster.startWith(List.copyOf(cluster.directories())))
          .withMessageContaining("another member");
      String seed = cluster.first().address().substring(cluster.first().address().indexOf('@') + 1);
      try (ClusterNode other = ClusterNode.start(new ClusterNode.Settings("127.0.0.1", FreePorts.next(), List.of(seed), OFTEN, 0, 1,
          TestCluster.MORTAL), new ScenarioWorkload(), new RunDirectory(directory, "test"))) {
        TestCluster.await(() -> other.whenTerminated().toCompletableFuture().isDone() || cluster.first().members().size() > 1);
        assertThat(cluster.first().members()).hasSize(1);
      }
    }
  }
}
