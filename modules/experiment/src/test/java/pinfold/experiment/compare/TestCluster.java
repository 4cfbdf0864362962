package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterNode;
import pinfold.cluster.member.RunDirectory;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.cluster.testing.FreePorts;
import pinfold.scenario.ScenarioConfig;

/** Members of a cluster in this JVM, over real sockets. */
final class TestCluster implements AutoCloseable {
  /**
   * Members end as if they were killed: when all leave at once nobody is left to hand anything over to, and waiting for that is in vain.
   * What members do by the clock they do more often.
   */
  private static final Config QUICK = ConfigFactory.parseString("""
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.cluster {
        seed-node-timeout = 1 s
        periodic-tasks-initial-delay = 100 ms
        gossip-interval = 200 ms
        leader-actions-interval = 200 ms
        sharding.rebalance-interval = 200 ms
        sharding.retry-interval = 200 ms
      }
      """);

  /** Members that are closed are dead without a word, and that is soon noticed. */
  static final Config MORTAL = ConfigFactory.parseString("""
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.cluster.failure-detector.acceptable-heartbeat-pause = 3s
      pekko.cluster.split-brain-resolver.stable-after = 1s
      """);

  private final Config overrides;
  private final Path directory;
  private final Duration checkpointEvery;
  private final int copies;
  private final List<ClusterNode> nodes = new ArrayList<>();
  private final List<Path> directories = new ArrayList<>();
  private int firstPort;

  TestCluster(Path directory, Duration checkpointEvery) {
    this(directory, checkpointEvery, ConfigFactory.empty());
  }

  TestCluster(Path directory, Duration checkpointEvery, Config overrides) {
    this(directory, checkpointEvery, 0, overrides);
  }

  /** @param copies 0: all members have the directory; else each has one of its own below it */
  TestCluster(Path directory, Duration checkpointEvery, int copies, Config overrides) {
    this.copies = copies;
    this.overrides = overrides.withFallback(QUICK);
    this.directory = directory;
    this.checkpointEvery = checkpointEvery;
  }

  static RunSpec spec(ScenarioConfig scenario, String variant, long seed) {
    return spec(scenario, variant, seed, false);
  }

  static RunSpec spec(ScenarioConfig scenario, String variant, long seed, boolean onOneMember) {
    TreeMap<String, String> files = new TreeMap<>();
    files.put("scenarios/" + scenario.name() + ".conf", scenario.effective());
    Small.variantFiles().forEach((name, text) -> files.put("variants/" + name + ".conf", text));
    return new RunSpec(scenario.name(), variant, seed, onOneMember, files);
  }

  /** Starts members, and waits until all are up. */
  void start(int count) {
    for (int i = 0; i < count; i++) {
      startOne(copies == 0 ? directory : directory.resolve("member-" + nodes.size()));
    }
    await(() -> first().members().size() == nodes.size());
  }

  /** Starts members with these directories of their own, and waits until all are up. */
  void startWith(List<Path> own) {
    own.forEach(this::startOne);
    await(() -> first().members().size() == nodes.size());
  }

  /** Starts a member, and does not wait. */
  ClusterNode startOne(Path own) {
    int port = FreePorts.next();
    List<String> seeds = nodes.isEmpty() ? List.of() : List.of("127.0.0.1:" + firstPort);
    firstPort = nodes.isEmpty() ? port : firstPort;
    directories.add(own);
    nodes.add(ClusterNode.start(new ClusterNode.Settings("127.0.0.1", port, seeds, checkpointEvery, copies, 2, overrides),
          new ScenarioWorkload(), new RunDirectory(own, "test")));
    return nodes.getLast();
  }

  /** Ends the first member, which has the manager, without a word. The next is the first then. */
  void loseFirst() {
    nodes.removeFirst().close();
  }

  /** Waits until a member has a manager that knows of runs. */
  void awaitManager() {
    await(() -> nodes.stream().anyMatch(node -> !node.runs().isEmpty()));
  }

  List<ClusterNode> nodes() {
    return nodes;
  }

  ClusterNode first() {
    return nodes.getFirst();
  }

  static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  RunStatus submit(RunSpec spec) {
    return first().submit(spec).toCompletableFuture().join();
  }

  RunStatus status(String run) {
    return first().status(run).toCompletableFuture().join();
  }

  RunStatus resume(String run) {
    return first().resume(run).toCompletableFuture().join();
  }

  RunStatus checkpoint(String run) {
    return first().checkpoint(run).toCompletableFuture().join();
  }

  /** Waits for the end of a run. */
  RunStatus end(String run) {
    await(() -> status(run).state() == RunState.DONE || status(run).state() == RunState.FAILED);
    return status(run);
  }

  RunResult result(RunSpec spec) {
    return ScenarioWorkload.result(spec, first().result(spec.hash()).toCompletableFuture().join(), 0);
  }

  /** The run's result is that of the sequential host, which is asked for it anew. */
  void assertSameAsSequential(ScenarioConfig scenario, RunSpec spec) {
    RunResult expected = Small.run(scenario, spec.variant(), spec.seed(), HostFactory.sequential());
    RunResult result = result(spec);
    assertThat(result.digestText()).isEqualTo(expected.digestText());
    assertThat(result.pinCalls()).isEqualTo(expected.pinCalls());
    assertThat(result.series().rows()).isEqualTo(expected.series().rows());
  }

  /** Simulated time of a checkpoint, which its name begins with. */
  static long nanosOf(Path checkpoint) {
    String name = checkpoint.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('-')));
  }

  /** The run directories of the members. */
  List<Path> directories() {
    return directories;
  }

  /** Directories of the complete checkpoints of a run that the first member, or whoever has no own directory, sees, the latest first. */
  List<Path> checkpoints(String run) {
    return checkpoints(directories.isEmpty() ? directory : directories.getFirst(), run);
  }

  static List<Path> checkpoints(Path directory, String run) {
    Path all = directory.resolve(run).resolve("checkpoints");
    try (Stream<Path> list = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
      return list.filter(path -> Files.exists(path.resolve("complete"))).sorted(Comparator.reverseOrder()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    nodes.parallelStream().forEach(ClusterNode::close);
  }
}
