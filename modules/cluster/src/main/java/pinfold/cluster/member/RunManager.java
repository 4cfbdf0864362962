package pinfold.cluster.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.checkpoint.CheckpointStore;
import pinfold.cluster.member.ClusterMessage.Abort;
import pinfold.cluster.member.ClusterMessage.AskStatus;
import pinfold.cluster.member.ClusterMessage.Begin;
import pinfold.cluster.member.ClusterMessage.Go;
import pinfold.cluster.member.ClusterMessage.GroupIsAt;
import pinfold.cluster.member.ClusterMessage.GroupLeaves;
import pinfold.cluster.member.ClusterMessage.GroupSaved;
import pinfold.cluster.member.ClusterMessage.MemberGone;
import pinfold.cluster.member.ClusterMessage.PartDone;
import pinfold.cluster.member.ClusterMessage.PartFailed;
import pinfold.cluster.member.ClusterMessage.PartProgress;
import pinfold.cluster.member.ClusterMessage.PartReady;
import pinfold.cluster.member.ClusterMessage.Release;
import pinfold.cluster.member.ClusterMessage.Resume;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterMessage.SaveAll;
import pinfold.cluster.member.ClusterMessage.Submit;
import pinfold.cluster.member.ClusterMessage.Tick;
import pinfold.cluster.member.ClusterMessage.WhereAreYou;

/**
 * The one actor of a cluster that decides about runs: where their parts begin and when they are saved, and what happens when a member
 * dies. It takes no part in the rounds. When its own member dies another takes over, finds the runs on disk, and begins each again at
 * its last checkpoint.
 *
 * <p>A run goes through epochs. An epoch begins with the question where its groups are; when all have answered, each member that has
 * some builds its part; when all parts are ready they go. It ends with the result, or when a member of it dies, a group must move or
 * a checkpoint cannot be read: then the next begins at the last checkpoint. What an old epoch still says is ignored. Epochs are counted
 * on disk: a manager that finds a greater number there than its own has lost the run to another cluster on the same directory, and
 * leaves it alone.
 */
final class RunManager {
  private static final Duration TICK = Duration.ofMillis(500);
  /** Wall time for which an epoch waits for members that are up and have not said that they take groups. */
  private static final long GATHERING_NANOS = Duration.ofSeconds(10).toNanos();
  /** Wall time after which an epoch that has not begun to run is given up for the next. */
  private static final long PLACING_NANOS = Duration.ofSeconds(90).toNanos();

  /** Wall time without another group saved after which a checkpoint that is not complete is asked for again. */
  private static final long SAVING_NANOS = Duration.ofSeconds(10).toNanos();
  /** Wall time without a word of a part after which its epoch is given up: longer than any checkpoint should take. */
  private static final long SILENCE_NANOS = Duration.ofMinutes(3).toNanos();

  private final ActorContext<ClusterMessage> context;
  private final ActorRef<ShardingEnvelope<ClusterMessage>> groups;
  private final EvenShards shards;
  private final Workload workload;
  private final RunDirectory directory;
  private final long checkpointNanos;
  private final Map<String, Run> runs = new TreeMap<>();

  /** A run and how far it is. */
  private static final class Run {
    final String id;
    final RunSpec spec;
    final CheckpointStore store;
    final int groupCount;
    /** Of a run that stays on one member: which of the places for such runs it has. */
    final int place;
    int epoch;
    RunState state = RunState.PLACING;
    String message = "";
    long stateSince = System.nanoTime();

    // Of the epoch.
    final Map<Integer, ActorRef<ClusterMessage>> groupAt = new TreeMap<>();
    List<ActorRef<ClusterMessage>> members = List.of();
    /** By part: what its member was told. */
    final List<Begin> begins = new ArrayList<>();
    final Map<Integer, ActorRef<ClusterMessage>> ready = new TreeMap<>();
    final Map<Integer, PartDone> done = new TreeMap<>();
    final Map<Integer, ActorRef<ClusterMessage>> leaving = new TreeMap<>();
    boolean saving;
    long saveAskedAt;
    /** By part: when it last said how far it is. */
    final Map<Integer, Long> heardAt = new TreeMap<>();
    final Map<String, Set<Integer>> saved = new TreeMap<>();
    long savedAt = System.nanoTime();
    long nowNanos;
    long rounds;

    Run(String id, RunSpec spec, CheckpointStore store, int groupCount, int place) {
      this.id = id;
      this.spec = spec;
      this.store = store;
      this.groupCount = groupCount;
      this.place = place;
    }

    String shard(int group) {
      return spec.onOneMember() ? "one-" + place : Integer.toString(group);
    }

    boolean isOver() {
      return state == RunState.DONE || state == RunState.FAILED;
    }

    RunStatus status() {
      return new RunStatus(id, state, epoch, nowNanos, rounds, members.size(), message);
    }
  }

  private RunManager(ActorContext<ClusterMessage> context, ActorRef<ShardingEnvelope<ClusterMessage>> groups, EvenShards shards,
      Workload workload, RunDirectory directory, Duration checkpointEvery) {
    this.shards = shards;
    this.context = context;
    this.groups = groups;
    this.workload = workload;
    this.directory = directory;
    this.checkpointNanos = checkpointEvery.toNanos();
  }

  /**
   * @param shards of this member; the sharding's coordinator is on the manager's member too, as both are on the oldest
   * @param checkpointEvery wall time between checkpoints
   */
  static Behavior<ClusterMessage> create(ActorRef<ShardingEnvelope<ClusterMessage>> groups, EvenShards shards, Workload workload,
      RunDirectory directory, Duration checkpointEvery) {
    return Behaviors.setup(context -> Behaviors.withTimers((TimerScheduler<ClusterMessage> timers) -> {
      RunManager manager = new RunManager(context, groups, shards, workload, directory, checkpointEvery);
      ActorRef<MemberRemoved> removed =
          context.messageAdapter(MemberRemoved.class, event -> new MemberGone(event.member().address().toString()));
      Cluster.get(context.getSystem()).subscriptions().tell(new Subscribe<>(removed, MemberRemoved.class));
      timers.startTimerWithFixedDelay(new Tick(), TICK);
      manager.takeOver();
      return Behaviors.receiveMessage(manager::onMessage);
    }));
  }

  /** Runs that an earlier manager of this cluster left. */
  private void takeOver() {
    for (String id : directory.unfinished()) {
      context.getLog().info("run {}: taken over", id);
      resume(id);
    }
  }

  private Behavior<ClusterMessage> onMessage(ClusterMessage message) {
    try {
      handle(message);
    } catch (CheckpointException e) {
      context.getLog().error("the run directory cannot be used", e);
    }
    return Behaviors.same();
  }

  private void handle(ClusterMessage message) {
    switch (message) {
      case Submit submit -> submit.replyTo().tell(submit(submit.spec()));
      case AskStatus ask -> ask.replyTo().tell(status(ask.run()));
      case Resume resume -> resume.replyTo().tell(resume(resume.run()));
      case GroupIsAt at -> inEpoch(at.run(), at.epoch(), RunState.PLACING, run -> groupIsAt(run, at));
      case PartReady part -> inEpoch(part.run(), part.epoch(), null, run -> partReady(run, part));
      case PartProgress progress -> inEpoch(progress.run(), progress.epoch(), RunState.RUNNING, run -> partProgress(run, progress));
      case GroupSaved group -> inEpoch(group.run(), group.epoch(), RunState.RUNNING, run -> groupSaved(run, group));
      case PartDone part -> partDone(part);
      case PartFailed part -> inEpoch(part.run(), part.epoch(), null, run -> partFailed(run, part));
      case GroupLeaves leaves -> groupLeaves(leaves);
      case MemberGone gone -> runs.values().forEach(run -> memberGone(run, gone.address()));
      case Tick tick -> runs.values().forEach(this::tick);
      default -> {}
    }
  }

  /** Whether the run is still this cluster's; if not, its parts here are ended. */
  private boolean isOurs(Run run) {
    boolean ours = directory.epoch(run.id) == run.epoch;
    if (!ours) {
      end(run, RunState.FAILED, "another cluster on the same directory has taken this run over");
    }
    return ours;
  }

  @FunctionalInterface
  private interface Step {
    void take(Run run);
  }

  /** Ignores what old epochs say. */
  private void inEpoch(String id, int epoch, RunState state, Step step) {
    Run run = runs.get(id);
    if (run != null && run.epoch == epoch && !run.isOver() && (state == null || run.state == state)) {
      step.take(run);
    }
  }

  private RunStatus submit(RunSpec spec) {
    String id = spec.hash();
    if (runs.containsKey(id) && runs.get(id).state != RunState.FAILED) {
      return runs.get(id).status();
    }
    try {
      workload.nodes(spec);
      directory.saveSpec(id, spec);
    } catch (RuntimeException e) {
      return new RunStatus(id, RunState.FAILED, 0, 0, 0, 0, String.valueOf(e.getMessage()));
    }
    return resume(id);
  }

  private RunStatus resume(String id) {
    if (runs.containsKey(id) && !runs.get(id).isOver()) {
      return runs.get(id).status();
    }
    RunSpec spec = directory.spec(id);
    if (spec == null) {
      return new RunStatus(id, RunState.UNKNOWN, 0, 0, 0, 0, "no run " + id + " was ever submitted");
    }
    RunOutcome outcome = directory.result(id);
    Run run = new Run(id, spec, directory.checkpoints(id, spec), Groups.count(spec, workload), freePlace());
    runs.put(id, run);
    if (outcome != null) {
      run.state = RunState.DONE;
      run.nowNanos = outcome.nowNanos();
      run.rounds = outcome.rounds();
    } else {
      directory.forgetFailure(id);
      place(run);
    }
    return run.status();
  }

  /** The lowest that no run under way has: the sharding spreads places over members, so that is where a run has ended. */
  private int freePlace() {
    Set<Integer> taken = new HashSet<>();
    runs.values().stream().filter(run -> run.spec.onOneMember() && !run.isOver()).forEach(run -> taken.add(run.place));
    int place = 0;
    while (taken.contains(place)) {
      place++;
    }
    return place;
  }

  private RunStatus status(String id) {
    Run run = runs.get(id);
    return run == null ? new RunStatus(id, RunState.UNKNOWN, 0, 0, 0, 0, "no run " + id + " is known to this cluster") : run.status();
  }

  /** Begins the next epoch: asks all groups where they are. */
  private void place(Run run) {
    run.ready.values().forEach(part -> part.tell(new Abort(run.epoch)));
    run.leaving.values().forEach(group -> group.tell(new Release()));
    run.epoch = directory.nextEpoch(run.id);
    state(run, RunState.PLACING);
    run.groupAt.clear();
    run.members = List.of();
    run.begins.clear();
    run.ready.clear();
    run.done.clear();
    run.leaving.clear();
    run.saved.clear();
    run.saving = false;
    run.heardAt.clear();
    askWhere(run);
  }

  private static void state(Run run, RunState state) {
    run.state = state;
    run.stateSince = System.nanoTime();
  }

  /** Groups are placed when somebody asks for them, so nobody does before the members that are up have told the sharding. */
  private void askWhere(Run run) {
    if (shards.regions() < ClusterNode.membersUp(context.getSystem()).count() && System.nanoTime() - run.stateSince < GATHERING_NANOS) {
      return;
    }
    for (int group = 0; group < run.groupCount; group++) {
      if (!run.groupAt.containsKey(group)) {
        groups.tell(new ShardingEnvelope<>(GroupActor.entityId(run.id, group, run.shard(group)),
            new WhereAreYou(run.id, run.epoch, group, context.getSelf())));
      }
    }
  }

  private void groupIsAt(Run run, GroupIsAt at) {
    run.groupAt.put(at.group(), at.member());
    if (run.groupAt.size() < run.groupCount || !run.members.isEmpty()) {
      return;
    }
    run.members = List.copyOf(new LinkedHashSet<>(run.groupAt.values()));
    int[] partOfGroup = new int[run.groupCount];
    run.groupAt.forEach((group, member) -> partOfGroup[group] = run.members.indexOf(member));
    Checkpoint checkpoint = run.store.complete().stream().findFirst().orElse(null);
    run.nowNanos = checkpoint == null ? 0 : checkpoint.nowNanos();
    run.rounds = 0;
    context.getLog().info("run {} epoch {}: {} groups on {} members, from {}", run.id, run.epoch, run.groupCount, run.members.size(),
        checkpoint == null ? "the beginning" : "checkpoint " + checkpoint.name());
    for (int part = 0; part < run.members.size(); part++) {
      run.begins.add(new Begin(run.id, run.epoch, run.spec, part, run.members.size(), partOfGroup, checkpoint, context.getSelf()));
    }
    begin(run);
  }

  /** Tells those that are not ready; who has heard it ignores it. */
  private static void begin(Run run) {
    for (Begin begin : run.begins) {
      if (!run.ready.containsKey(begin.part())) {
        run.members.get(begin.part()).tell(begin);
      }
    }
  }

  private void partReady(Run run, PartReady part) {
    run.ready.put(part.part(), part.ref());
    if (run.state == RunState.RUNNING) { // It has not heard that it may go.
      part.ref().tell(new Go(run.epoch, List.copyOf(run.ready.values())));
      return;
    }
    if (run.ready.size() == run.members.size()) {
      state(run, RunState.RUNNING);
      run.savedAt = System.nanoTime();
      run.ready.keySet().forEach(each -> run.heardAt.put(each, System.nanoTime()));
      List<ActorRef<ClusterMessage>> parts = List.copyOf(run.ready.values());
      parts.forEach(ref -> ref.tell(new Go(run.epoch, parts)));
    }
  }

  private void groupSaved(Run run, GroupSaved group) {
    Set<Integer> saved = run.saved.computeIfAbsent(group.checkpoint(), name -> new HashSet<>());
    saved.add(group.group());
    run.saveAskedAt = System.nanoTime();
    run.heardAt.replaceAll((part, at) -> System.nanoTime());
    if (saved.size() < run.groupCount || !isOurs(run)) {
      return;
    }
    run.saved.clear();
    run.saving = false;
    run.savedAt = System.nanoTime();
    try {
      run.store.complete(group.checkpoint(), group.nowNanos(), run.groupCount);
      context.getLog().info("run {} epoch {}: checkpoint {}", run.id, run.epoch, group.checkpoint());
    } catch (CheckpointException e) {
      context.getLog().error("run {} epoch {}: no checkpoint {}", run.id, run.epoch, group.checkpoint(), e);
    }
    if (!run.leaving.isEmpty()) {
      place(run);
    }
  }

  private void partProgress(Run run, PartProgress part) {
    run.heardAt.put(part.part(), System.nanoTime());
    run.nowNanos = Math.max(run.nowNanos, part.nowNanos());
    run.rounds = Math.max(run.rounds, part.rounds());
  }

  private void partDone(PartDone part) {
    Run known = runs.get(part.run());
    if (known != null && known.isOver() && known.ready.containsKey(part.part())) { // It has not heard that it may end.
      known.ready.get(part.part()).tell(new Abort(part.epoch()));
    }
    inEpoch(part.run(), part.epoch(), RunState.RUNNING, run -> partDone(run, part));
  }

  private void partDone(Run run, PartDone part) {
    run.done.put(part.part(), part);
    run.heardAt.put(part.part(), System.nanoTime());
    if (run.done.size() < run.members.size() || !isOurs(run)) {
      return;
    }
    RunOutcome outcome = RunOutcome.of(new ArrayList<>(run.done.values()));
    directory.saveResult(run.id, outcome);
    run.nowNanos = outcome.nowNanos();
    run.rounds = outcome.rounds();
    end(run, RunState.DONE, "");
  }

  private void end(Run run, RunState how, String message) {
    state(run, how);
    run.message = message;
    run.ready.values().forEach(ref -> ref.tell(new Abort(run.epoch)));
    run.leaving.values().forEach(group -> group.tell(new Release()));
    run.done.clear();
    context.getLog().info("run {} epoch {}: {} {}", run.id, run.epoch, how, message);
  }

  private void partFailed(Run run, PartFailed part) {
    context.getLog().warn("run {} epoch {} part {}: {}", run.id, run.epoch, part.part(), part.message());
    if (part.badCheckpoint() == null) {
      end(run, RunState.FAILED, part.message());
      directory.saveFailure(run.id, part.message());
    } else {
      run.store.discard(part.badCheckpoint());
      place(run);
    }
  }

  /** A group may go when everything is saved, and then all begin again from there. */
  private void groupLeaves(GroupLeaves leaves) {
    Run run = runs.get(leaves.run());
    if (run == null || run.isOver()) {
      leaves.groupRef().tell(new Release());
      return;
    }
    run.leaving.put(leaves.group(), leaves.groupRef());
    if (run.state == RunState.PLACING) {
      place(run);
    } else {
      save(run);
    }
  }

  private void memberGone(Run run, String address) {
    boolean concerned = run.groupAt.values().stream().anyMatch(member -> address.equals(addressOf(member)));
    if (!run.isOver() && concerned) {
      context.getLog().warn("run {} epoch {}: member {} is gone", run.id, run.epoch, address);
      place(run);
    }
  }

  /** A reference to an actor of this member itself has no address. */
  private String addressOf(ActorRef<ClusterMessage> ref) {
    Address address = ref.path().address();
    return address.hasGlobalScope() ? address.toString() : Cluster.get(context.getSystem()).selfMember().address().toString();
  }

  private void save(Run run) {
    boolean late = System.nanoTime() - run.saveAskedAt > SAVING_NANOS;
    if (!run.saving || late) {
      run.saving = true;
      run.saveAskedAt = System.nanoTime();
      run.ready.get(0).tell(new SaveAll(run.epoch));
    }
  }

  private void tick(Run run) {
    if (run.isOver() || !isOurs(run)) {
      return;
    }
    if (run.state == RunState.PLACING) {
      if (System.nanoTime() - run.stateSince > PLACING_NANOS) {
        place(run);
      } else if (run.members.isEmpty()) {
        askWhere(run);
      } else {
        begin(run);
      }
    } else if (run.heardAt.values().stream().anyMatch(at -> System.nanoTime() - at > SILENCE_NANOS)) {
      context.getLog().warn("run {} epoch {}: a part says nothing", run.id, run.epoch);
      place(run);
    } else if (run.saving || System.nanoTime() - run.savedAt > checkpointNanos) {
      save(run);
    }
  }
}
