package pinfold.cluster.member;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.japi.function.Function;
import pinfold.cluster.ActorSystems;
import pinfold.cluster.files.CopiesOnMembers;
import pinfold.cluster.files.DirectoryLock;
import pinfold.cluster.files.FileActor;
import pinfold.cluster.files.FileCopies;
import pinfold.cluster.files.SharedDirectory;
import pinfold.cluster.member.ClusterMessage.AskStatus;
import pinfold.cluster.member.ClusterMessage.ManagerIs;
import pinfold.cluster.member.ClusterMessage.Resume;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterMessage.SaveNow;
import pinfold.cluster.member.ClusterMessage.Submit;

/** One member of a cluster, in this JVM. Several may be in one JVM, as tests have them. */
public final class ClusterNode implements AutoCloseable {
  /** Name of every member's actor system: members of another name do not join. */
  public static final String SYSTEM = "pinfold";

  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final ActorSystem<Void> system;
  /** The actor system, and what it had taken. */
  private final CompletionStage<Done> ended;
  private final RunDirectory directory;
  private final FileCopies copies;
  private final Board board;
  private final ActorRef<ClusterMessage> manager;

  /**
   * Where a member listens and whom it joins.
   *
   * @param seeds {@code HOST:PORT} of members to join; empty: this is the first
   * @param checkpointEvery wall time between checkpoints
   * @param copies 0: all members see the run directory; else it is this member's own, and so many others keep its files too
   * @param threads that its parts of machines run on
   * @param overrides settings that win over {@code cluster.conf}
   */
  public record Settings(String host, int port, List<String> seeds, Duration checkpointEvery, int copies, int threads,
      Config overrides) {}

  private ClusterNode(ActorSystem<Void> system, CompletionStage<Done> ended, RunDirectory directory, FileCopies copies, Board board,
      ActorRef<ClusterMessage> manager) {
    this.ended = ended;
    this.copies = copies;
    this.system = system;
    this.directory = directory;
    this.board = board;
    this.manager = manager;
  }

  /**
   * Starts a member; it joins in the background.
   *
   * @throws pinfold.cluster.checkpoint.CheckpointException if its own directory is another member's too
   */
  public static ClusterNode start(Settings settings, Workload workload, RunDirectory directory) {
    Optional<DirectoryLock> lock = settings.copies == 0 ? Optional.empty() : Optional.of(DirectoryLock.take(directory.root()));
    ActorSystem<Void> system;
    try {
      system = ActorSystems.start(Behaviors.empty(), SYSTEM, config(settings, directory.build()));
    } catch (RuntimeException e) {
      lock.ifPresent(DirectoryLock::close);
      throw e;
    }
    CompletionStage<Done> ended = system.getWhenTerminated().thenApply(done -> {
      lock.ifPresent(DirectoryLock::close);
      return done;
    });
    FileCopies copies = copies(system, settings, directory);
    Board board = new Board();
    ActorRef<ClusterMessage> member = system.systemActorOf(MemberActor.create(workload, directory, copies, board), "member",
        Props.empty());
    system.systemActorOf(MemberLog.create(), "log", Props.empty());
    EvenShards shards = new EvenShards();
    ActorRef<ShardingEnvelope<ClusterMessage>> groups = ClusterSharding.get(system).init(
        Entity.of(GroupActor.KEY, entity -> GroupActor.create(entity.getEntityId(), member)).withStopMessage(GroupActor.LEAVE)
            .withMessageExtractor(new OneShardPerGroup()).withAllocationStrategy(shards));
    ActorRef<ClusterMessage> manager = ClusterSingleton.get(system).init(SingletonActor.of(
        RunManager.create(groups, shards, workload, directory, copies, board, settings.checkpointEvery), "runs"));
    member.tell(new ManagerIs(manager));
    return new ClusterNode(system, ended, directory, copies, board, manager);
  }

  private static FileCopies copies(ActorSystem<?> system, Settings settings, RunDirectory directory) {
    if (settings.copies == 0) {
      return new SharedDirectory();
    }
    return new CopiesOnMembers(directory.root(), system.systemActorOf(FileActor.create(directory, settings.copies), FileActor.NAME,
        DispatcherSelector.fromConfig(FileActor.DISPATCHER)));
  }

  private static Config config(Settings settings, String build) {
    List<String> seeds = settings.seeds.isEmpty() ? List.of(settings.host + ":" + settings.port) : settings.seeds;
    String seedNodes = String.join(",", seeds.stream().map(seed -> "\"pekko://" + SYSTEM + "@" + seed + "\"").toList());
    return settings.overrides.withFallback(ConfigFactory.parseString("""
        pekko.remote.artery.canonical.hostname = "%s"
        pekko.remote.artery.canonical.port = %d
        pekko.cluster.seed-nodes = [%s]
        %s = "%s"
        %s = %d
        pinfold.window-dispatcher.window-executor.threads = %d
        """.formatted(settings.host, settings.port, seedNodes, SameSettings.BUILD, build, SameSettings.COPIES, settings.copies,
        settings.threads)))
        .withFallback(ConfigFactory.parseResources(ClusterNode.class, "/pinfold/cluster/cluster.conf"))
        .withFallback(ConfigFactory.defaultReference()).resolve();
  }

  /** Ends when this member has left the cluster or was removed. */
  public CompletionStage<Done> whenTerminated() {
    return ended;
  }

  /** What tells this member's build from others. */
  public String build() {
    return directory.build();
  }

  /** The result of a run, null where no member that is up has one. */
  public CompletionStage<RunOutcome> result(String run) {
    return here(directory.resultFile(run)).thenApply(here -> directory.result(run));
  }

  /** What was submitted, null where no member that is up knows the run. */
  public CompletionStage<RunSpec> spec(String run) {
    return here(directory.specFile(run)).thenApply(here -> directory.spec(run));
  }

  /** Has a file brought here if another member has it. */
  private CompletionStage<Void> here(Path file) {
    CompletableFuture<Void> here = new CompletableFuture<>();
    copies.fetch(List.of(file), missing -> here.complete(null));
    return here.orTimeout(ANSWER.toSeconds(), TimeUnit.SECONDS);
  }

  ActorSystem<Void> system() {
    return system;
  }

  /** Addresses of the members that are up. */
  public List<String> members() {
    return membersUp(system).map(member -> hostPort(member.address())).toList();
  }

  static Stream<Member> membersUp(ActorSystem<?> system) {
    return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
        .filter(member -> member.status() == MemberStatus.up());
  }

  /** Addresses of members that do not answer at present. */
  public List<String> unreachable() {
    return Cluster.get(system).state().getUnreachable().stream().map(member -> hostPort(member.address())).toList();
  }

  /** This member's own address. */
  public String address() {
    return hostPort(Cluster.get(system).selfMember().address());
  }

  /** {@code HOST:PORT}, or {@code here} of something on this member. */
  static String hostPort(Address address) {
    return address.hasGlobalScope() ? address.host().get() + ":" + address.port().get() : "here";
  }

  /** What this member is set to. */
  public Config config() {
    return system.settings().config();
  }

  /** What this member's parts of runs are doing. */
  public List<PartStatus> parts() {
    return board.parts();
  }

  /** What is known of the cluster's runs; empty but on the member that has the manager. */
  public List<RunReport> runs() {
    return board.runs();
  }

  public CompletionStage<RunStatus> submit(RunSpec spec) {
    return ask(replyTo -> new Submit(spec, replyTo));
  }

  public CompletionStage<RunStatus> status(String run) {
    return ask(replyTo -> new AskStatus(run, replyTo));
  }

  public CompletionStage<RunStatus> resume(String run) {
    return ask(replyTo -> new Resume(run, replyTo));
  }

  /** Has the run saved. Answered before it is: the checkpoint is complete when {@link RunStatus#savedNanos()} is another. */
  public CompletionStage<RunStatus> checkpoint(String run) {
    return ask(replyTo -> new SaveNow(run, replyTo));
  }

  private CompletionStage<RunStatus> ask(Function<ActorRef<ClusterMessage>, ClusterMessage> question) {
    return AskPattern.ask(manager, question, ANSWER, system.scheduler()).thenApply(RunStatus.class::cast);
  }

  @Override
  public void close() {
    system.terminate();
    ended.toCompletableFuture().join();
  }
}
