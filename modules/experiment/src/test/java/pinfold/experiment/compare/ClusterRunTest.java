package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterMessage;
import pinfold.cluster.member.PartStatus;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.scenario.ScenarioConfig;

/** Several members in one JVM, over real sockets. */
class ClusterRunTest {
  private static final String VARIANT = "linux-6.12";
  private static final long SEED = 7;

  /** Small, but long enough that something can happen in the middle. */
  private static final ScenarioConfig LONGER = Small.mainJob("vm-defaults.memory-mib=32");
  private static final RunSpec LONGER_SPEC = TestCluster.spec(LONGER, VARIANT, SEED);

  @TempDir Path directory;

  @ParameterizedTest(name = "{0} members")
  @ValueSource(ints = {1, 2, 3})
  void anyNumberOfMembersGivesTheDigestOfTheSequentialHost(int members) {
    ScenarioConfig scenario = Small.mainJob();
    RunResult expected = Small.run(scenario, VARIANT, SEED, HostFactory.sequential());
    RunSpec spec = TestCluster.spec(scenario, VARIANT, SEED);
    try (TestCluster cluster = new TestCluster(directory, Duration.ofSeconds(2))) {
      cluster.start(members);
      RunStatus status = cluster.end(cluster.submit(spec).run());
      assertThat(status.message()).isEmpty();
      assertThat(status.members()).isEqualTo(members);
      RunResult result = cluster.result(spec);
      assertThat(result.digestText()).isEqualTo(expected.digestText());
      assertThat(result.pinCalls()).isEqualTo(expected.pinCalls());
      assertThat(result.series().rows()).isEqualTo(expected.series().rows());
      assertThat(result.outcome()).isEqualTo(expected.outcome());
      assertThat(result.simulatedNanos()).isEqualTo(expected.simulatedNanos());
    }
  }

  /** Runs until there are so many checkpoints, and ends all members in the middle of the run. */
  private void leaveInTheMiddle(int members, int checkpoints) {
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(100))) {
      cluster.start(members);
      String run = cluster.submit(LONGER_SPEC).run();
      TestCluster.await(() -> cluster.checkpoints(run).size() >= checkpoints || cluster.status(run).state() == RunState.DONE);
      assertThat(cluster.status(run).state()).as("there must be something left to do").isNotEqualTo(RunState.DONE);
    }
    assertThat(directory.resolve(LONGER_SPEC.hash()).resolve("result")).doesNotExist();
  }

  /** A new cluster, of one member, takes the run up at this simulated time and ends it as if nothing had happened. */
  private void resumeAndEnd(long fromNanos) {
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1))) {
      cluster.start(1);
      String run = cluster.resume(LONGER_SPEC.hash()).run();
      TestCluster.await(() -> cluster.status(run).nowNanos() > 0);
      assertThat(cluster.status(run).nowNanos()).isGreaterThanOrEqualTo(fromNanos);
      assertThat(cluster.end(run).state()).isEqualTo(RunState.DONE);
      cluster.assertSameAsSequential(LONGER, LONGER_SPEC);
    }
  }

  @Test
  void aRunThatAllMembersLeftIsResumedByOthers() {
    leaveInTheMiddle(2, 1);
    try (TestCluster none = new TestCluster(directory, Duration.ofMinutes(1))) {
      long nanos = TestCluster.nanosOf(none.checkpoints(LONGER_SPEC.hash()).getFirst());
      assertThat(nanos).isPositive();
      resumeAndEnd(nanos);
    }
  }

  @Test
  void aDamagedCheckpointFallsBackToTheOneBefore() throws IOException {
    leaveInTheMiddle(2, 2);
    try (TestCluster none = new TestCluster(directory, Duration.ofMinutes(1))) {
      Path latest = none.checkpoints(LONGER_SPEC.hash()).getFirst();
      long before = TestCluster.nanosOf(none.checkpoints(LONGER_SPEC.hash()).get(1));
      byte[] state = Files.readAllBytes(latest.resolve("group-2.state"));
      state[state.length / 2] ^= 4;
      Files.write(latest.resolve("group-2.state"), state);
      resumeAndEnd(before);
      assertThat(latest).doesNotExist();
    }
  }

  /** A directory where a file should be: it is there, and reading it is an error that says nothing about damage. */
  @Test
  void aCheckpointThatCannotBeReadNowIsTriedAgainAndLeftAsItIs() throws IOException {
    leaveInTheMiddle(2, 1);
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1))) {
      String run = LONGER_SPEC.hash();
      Path latest = cluster.checkpoints(run).getFirst();
      Path state = latest.resolve("group-2.state");
      Path aside = latest.resolve("aside");
      Files.move(state, aside);
      Files.createDirectory(state);
      cluster.start(1);
      cluster.resume(run);
      RunStatus failed = cluster.end(run);
      assertThat(failed.state()).isEqualTo(RunState.FAILED);
      assertThat(failed.message()).contains(state.toString()).contains("tried 5 times").contains("pinfold resume " + run);
      assertThat(cluster.checkpoints(run).getFirst()).isEqualTo(latest);
      int epoch = cluster.resume(run).epoch();
      TestCluster.await(() -> cluster.status(run).epoch() > epoch);
      Files.delete(state);
      Files.move(aside, state);
      RunStatus end = cluster.end(run);
      assertThat(end.state()).isEqualTo(RunState.DONE);
      assertThat(end.message()).isEmpty();
      cluster.assertSameAsSequential(LONGER, LONGER_SPEC);
    }
  }

  @Test
  void aCheckpointIsWrittenWhenItIsAskedFor() {
    try (TestCluster cluster = new TestCluster(directory, Duration.ofHours(1))) {
      cluster.start(2);
      assertThat(cluster.checkpoint(LONGER_SPEC.hash()).state()).isEqualTo(RunState.UNKNOWN);
      String run = cluster.submit(LONGER_SPEC).run();
      TestCluster.await(() -> cluster.status(run).rounds() > 0);
      for (int i = 1; i <= 2; i++) {
        RunStatus before = cluster.checkpoint(run);
        TestCluster.await(() -> cluster.status(run).savedNanos() != before.savedNanos());
        long saved = cluster.status(run).savedNanos();
        assertThat(saved).isGreaterThan(before.savedNanos());
        assertThat(cluster.checkpoints(run)).hasSize(i);
        assertThat(TestCluster.nanosOf(cluster.checkpoints(run).getFirst())).isEqualTo(saved);
      }
      assertThat(cluster.end(run).epoch()).isEqualTo(1);
      cluster.assertSameAsSequential(LONGER, LONGER_SPEC);
      assertThat(cluster.checkpoint(run).state()).isEqualTo(RunState.DONE);
      assertThat(cluster.checkpoints(run)).hasSize(2);
    }
  }

  @Test
  void aRunThatAnotherClusterTookOverIsLeftAlone() throws IOException {
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1))) {
      cluster.start(2);
      String run = cluster.submit(LONGER_SPEC).run();
      TestCluster.await(() -> cluster.status(run).rounds() > 0);
      Files.write(directory.resolve(run).resolve("epoch"), new byte[] {0, 0, 0, 99});
      assertThat(cluster.end(run).message()).contains("another cluster");
      assertThat(directory.resolve(run).resolve("result")).doesNotExist();
      cluster.resume(run);
      assertThat(cluster.end(run).epoch()).isEqualTo(100);
      cluster.assertSameAsSequential(LONGER, LONGER_SPEC);
    }
  }

  @Test
  void aMessageOfEachKindMayBeLost() {
    Config lossy = ConfigFactory.parseString("pekko.actor.serializers.pinfold = \"pinfold.experiment.compare.LossySerializer\"");
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(300), lossy)) {
      cluster.start(2);
      LossySerializer.LOSE.addAll(List.of(ClusterMessage.GroupIsAt.class, ClusterMessage.Begin.class, ClusterMessage.PartReady.class,
          ClusterMessage.Go.class, ClusterMessage.Round.class, ClusterMessage.SayAgain.class, ClusterMessage.PartProgress.class,
          ClusterMessage.GroupSaved.class, ClusterMessage.PartDone.class, ClusterMessage.Abort.class));
      String run = cluster.submit(LONGER_SPEC).run();
      RunStatus end = cluster.end(run);
      assertThat(end.state()).isEqualTo(RunState.DONE);
      assertThat(end.epoch()).as("mended without beginning again").isEqualTo(1);
      cluster.assertSameAsSequential(LONGER, LONGER_SPEC);
      TestCluster.await(LossySerializer.LOSE::isEmpty);
    }
  }

  @Test
  void runsThatEachStayOnOneMemberGoSideBySide() {
    List<RunSpec> specs = LongStream.range(1, 5).mapToObj(seed -> TestCluster.spec(LONGER, VARIANT, seed, true)).toList();
    try (TestCluster cluster = new TestCluster(directory, Duration.ofSeconds(2))) {
      cluster.start(2);
      specs.forEach(cluster::submit);
      Set<String> members = new HashSet<>();
      for (RunSpec spec : specs) {
        TestCluster.await(() -> {
          cluster.nodes().stream().filter(node -> !node.parts().isEmpty()).forEach(node -> members.add(node.address()));
          RunStatus status = cluster.status(spec.hash());
          assertThat(status.state()).as(status.message()).isNotEqualTo(RunState.FAILED);
          return status.state() == RunState.DONE;
        });
        assertThat(cluster.status(spec.hash()).members()).isEqualTo(1);
        assertThat(cluster.result(spec).digestText())
            .isEqualTo(Small.run(LONGER, VARIANT, spec.seed(), HostFactory.sequential()).digestText());
      }
      assertThat(members).as("members that had a run").hasSize(2);
    }
  }

  /** But for one of which a living member's directory knows a greater epoch: what is under way of it is out of date. */
  @ParameterizedTest(name = "{0} copies")
  @ValueSource(ints = {0, 1})
  void theDeathOfTheManagersMemberRepeatsOnlyTheRunsThatItHad(int copies) throws IOException {
    ScenarioConfig scenario = Small.mainJob("machine.memory-per-node-mib=1024", "machine.cma-per-node-mib=512",
        "vm-defaults.memory-mib=256"); // Seconds on one member.
    List<RunSpec> specs = LongStream.range(1, 4).mapToObj(seed -> TestCluster.spec(scenario, VARIANT, seed, true)).toList();
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMillis(500), copies, TestCluster.MORTAL)) {
      cluster.start(3);
      specs.forEach(cluster::submit);
      TestCluster.await(() -> cluster.nodes().stream().allMatch(node -> node.parts().size() == 1)
          || specs.stream().anyMatch(spec -> cluster.status(spec.hash()).state() == RunState.DONE));
      Set<String> ofFirst = cluster.first().parts().stream().map(PartStatus::run).collect(Collectors.toSet());
      assertThat(ofFirst).as("runs of the manager's member").hasSize(1);
      cluster.loseFirst();
      for (RunSpec spec : specs) {
        assertThat(cluster.directories().getFirst().resolve(spec.hash()).resolve("result")).as("there must be something left to do").doesNotExist();
      }
      String outOfDate = specs.stream().map(RunSpec::hash).filter(run -> !ofFirst.contains(run)).findFirst().orElseThrow();
      Files.write(cluster.directories().getLast().resolve(outOfDate).resolve("epoch"), new byte[] {0, 0, 0, 9});
      cluster.awaitManager();
      Map<String, Integer> epochs = new TreeMap<>();
      Map<String, Integer> expected = new TreeMap<>();
      for (RunSpec spec : specs) {
        epochs.put(spec.hash(), cluster.end(spec.hash()).epoch());
        expected.put(spec.hash(), ofFirst.contains(spec.hash()) ? 2 : spec.hash().equals(outOfDate) ? 10 : 1);
        assertThat(cluster.result(spec).digestText())
            .isEqualTo(Small.run(scenario, VARIANT, spec.seed(), HostFactory.sequential()).digestText());
      }
      assertThat(epochs).isEqualTo(expected);
    }
  }

  @Test
  void aMemberThatJoinsInTheMiddleTakesGroupsOver() {
    try (TestCluster cluster = new TestCluster(directory, Duration.ofMinutes(1))) {
      cluster.start(2);
      String run = cluster.submit(LONGER_SPEC).run();
      TestCluster.await(() -> cluster.status(run).rounds() > 0);
      assertThat(cluster.status(run).members()).isEqualTo(2);
      cluster.start(1);
      RunStatus end = cluster.end(run);
      assertThat(end.state()).isEqualTo(RunState.DONE);
      assertThat(end.members()).isEqualTo(3);
      assertThat(end.epoch()).isGreaterThan(1);
      cluster.assertSameAsSequential(LONGER, LONGER_SPEC);
    }
  }
}
