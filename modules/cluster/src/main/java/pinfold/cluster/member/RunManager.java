package pinfold.cluster.member;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.checkpoint.CheckpointPace;
import pinfold.cluster.checkpoint.CheckpointStore;
import pinfold.cluster.checkpoint.UnreadableCheckpointException;
import pinfold.cluster.files.FileCopies;
import pinfold.cluster.files.Surveyed;
import pinfold.cluster.member.ClusterMessage.Abort;
import pinfold.cluster.member.ClusterMessage.AskStatus;
import pinfold.cluster.member.ClusterMessage.Begin;
import pinfold.cluster.member.ClusterMessage.FilesMissing;
import pinfold.cluster.member.ClusterMessage.Go;
import pinfold.cluster.member.ClusterMessage.GroupIsAt;
import pinfold.cluster.member.ClusterMessage.GroupLeaves;
import pinfold.cluster.member.ClusterMessage.GroupSaved;
import pinfold.cluster.member.ClusterMessage.MemberCame;
import pinfold.cluster.member.ClusterMessage.PartDone;
import pinfold.cluster.member.ClusterMessage.PartFailed;
import pinfold.cluster.member.ClusterMessage.PartProgress;
import pinfold.cluster.member.ClusterMessage.PartReady;
import pinfold.cluster.member.ClusterMessage.Release;
import pinfold.cluster.member.ClusterMessage.Resume;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.ClusterMessage.SaveAll;
import pinfold.cluster.member.ClusterMessage.SaveNow;
import pinfold.cluster.member.ClusterMessage.Submit;
import pinfold.cluster.member.ClusterMessage.Then;
import pinfold.cluster.member.ClusterMessage.Tick;
import pinfold.cluster.member.ClusterMessage.WhereAreYou;
import pinfold.cluster.member.RunReport.LastCheckpoint;

/**
 * The one actor of a cluster that decides about runs: where their parts begin and when they are saved, and what happens when a member
 * dies. It takes no part in the rounds. When its own member dies another takes over and finds the runs on disk. Those that stay on one
 * member it adopts as they are where that member lives; the others it begins again at their last checkpoints. What it writes it has the
 * other members keep too ({@link FileCopies}), if not all see the same directory.
 *
 * <p>A run goes through epochs. An epoch begins with the question where its groups are; when all have answered, each member that has
 * some builds its part; when all parts are ready they go. It ends with the result, or when a member of it dies, a group must move or
 * a checkpoint cannot be read: then the next begins at the last checkpoint. What an old epoch still says is ignored. Epochs are counted
 * on disk: a manager that finds a greater number there than its own has lost the run to another cluster, and leaves it alone.
 */
final class RunManager {
  private static final Duration TICK = Duration.ofMillis(500);
  /** Wall time between ticks after which this JVM must have stood still itself, and the silence of others tells nothing. */
  private static final long STOOD_STILL_NANOS = Duration.ofSeconds(5).toNanos();
  /**
   * Wall time for which a manager that takes over listens for the parts of runs that it may adopt. Parts speak every 0.2 s, those that are
   * done every 2 s, and what passes on their words looks for the manager every 1 s.
   */
  private static final Duration LISTENING = Duration.ofSeconds(5);
  /** Wall time for which an epoch waits for members that are up and have not said that they take groups. */
  private static final long GATHERING_NANOS = Duration.ofSeconds(10).toNanos();
  /** Wall time after which an epoch that has not begun to run is given up for the next. */
  private static final long PLACING_NANOS = Duration.ofSeconds(90).toNanos();
  /** The same for an epoch that cannot begin as things are. */
  private static final long BLOCKED_NANOS = Duration.ofSeconds(10).toNanos();

  /** Wall time without another group saved after which a checkpoint that is not complete is asked for again. */
  private static final long SAVING_NANOS = Duration.ofSeconds(10).toNanos();
  /** Wall time without a word of a part after which its epoch is given up: longer than any checkpoint should take. */
  private static final long SILENCE_NANOS = Duration.ofMinutes(3).toNanos();
  /** Times in a row that a checkpoint cannot be read before the run fails. */
  private static final int MOST_UNREADABLE = 5;
  /** Wall time until a checkpoint that cannot be read is tried again. */
  private static final long UNREADABLE_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();
  /** Runs that are over which metrics still show, the last ones. */
  private static final int MOST_RUNS_OVER = 8;

  private final ActorContext<ClusterMessage> context;
  private final ActorRef<ShardingEnvelope<ClusterMessage>> groups;
  private final EvenShards shards;
  private final Workload workload;
  private final RunDirectory directory;
  private final FileCopies copies;
  private final Board board;
  private final long checkpointNanos;
  private final Map<String, Run> runs = new TreeMap<>();
  /** Parts may speak of runs that an earlier manager began. */
  private boolean listening = true;
  private long tickedAt = System.nanoTime();

  /** A run and how far it is. */
  private static final class Run {
    final String id;
    final RunSpec spec;
    final CheckpointStore store;
    final int groupCount;
    /** Of a run that stays on one member: which of the places for such runs it has, -1 as long as that is not known. */
    int place = -1;
    int epoch;
    RunState state = RunState.PLACING;
    String message = "";
    long stateSince = System.nanoTime();

    // Of the epoch.
    /** It was begun by an earlier manager, and is left alone until its part speaks or has had the time to. */
    boolean awaited;
    long giveUpAt;
    String giveUpWhy;
    /** What the members that are up have, once more than half of them know of the epoch; null before. */
    Surveyed held;
    /** There are checkpoints, and nobody who is up has all files of one. */
    boolean filesMissing;
    boolean ending;
    final Map<Integer, ActorRef<ClusterMessage>> groupAt = new TreeMap<>();
    List<ActorRef<ClusterMessage>> members = List.of();
    int[] partOfGroup;
    /** By part: what its member was told. */
    final List<Begin> begins = new ArrayList<>();
    final Map<Integer, ActorRef<ClusterMessage>> ready = new TreeMap<>();
    final Map<Integer, PartDone> done = new TreeMap<>();
    final Map<Integer, ActorRef<ClusterMessage>> leaving = new TreeMap<>();
    boolean saving;
    long saveAskedAt;
    long saveBeganAt;
    /** By part: when it last said how far it is. */
    final Map<Integer, Long> heardAt = new TreeMap<>();
    /** Checkpoints of which files were found missing, until somebody joins who may have them. */
    final Set<String> notWhole = new HashSet<>();
    /** By checkpoint and group: what was said of it. */
    final Map<String, Map<Integer, GroupSaved>> saved = new TreeMap<>();
    /** By part: what it said last. */
    final Map<Integer, PartProgress> progress = new TreeMap<>();
    final Rate rate = new Rate();
    long savedAt = System.nanoTime();
    /** How long the parts stood still for the last checkpoint. */
    long savingNanos;
    /** Simulated time of the last checkpoint that was completed here, -1 for none. */
    long savedNanos = -1;
    /** Somebody asked for a checkpoint and there has been none since. */
    boolean saveWanted;
    /** Times in a row that the checkpoint could not be read. */
    int unreadable;
    /** The epoch is given up, and the next begins a while after this moment; 0 if not. */
    long pausedAt;
    long nowNanos;
    long rounds;
    long checkpoints;
    LastCheckpoint lastCheckpoint;

    Run(String id, RunSpec spec, CheckpointStore store, int groupCount) {
      this.id = id;
      this.spec = spec;
      this.store = store;
      this.groupCount = groupCount;
    }

    String shard(int group) {
      return spec.onOneMember() ? "one-" + place : Integer.toString(group);
    }

    boolean isOver() {
      return state == RunState.DONE || state == RunState.FAILED;
    }

    RunStatus status() {
      return new RunStatus(id, state, epoch, nowNanos, savedNanos, rounds, share(), members.size(), message);
    }

    /** Of the work; as a run in one JVM reckons it, also by the simulated time that may be left. */
    private double share() {
      if (state == RunState.DONE) {
        return 1;
      }
      if (members.isEmpty() || progress.size() < members.size()) {
        return -1;
      }
      double ofTime = progress.values().stream().mapToDouble(part -> (double) part.nowNanos() / part.endNanos()).max().orElse(0);
      return Math.max(ofTime, Work.share(progress.values().stream().map(PartProgress::work).toList()));
    }

    RunReport report() {
      long bytes = progress.values().stream().mapToLong(PartProgress::sentBytes).sum();
      double busiest = progress.values().stream().mapToLong(PartProgress::busyNanos).max().orElse(0);
      double mean = progress.values().stream().mapToLong(PartProgress::busyNanos).average().orElse(0);
      return new RunReport(id, spec.scenario(), spec.variant(), spec.seed(), state, epoch, nowNanos, rounds, share(), rate.perSecond(),
          rounds == 0 ? 0 : (double) bytes / rounds, mean == 0 ? 0 : busiest / mean, members.size(), groupCount, checkpoints,
          lastCheckpoint);
    }
  }

  private RunManager(ActorContext<ClusterMessage> context, ActorRef<ShardingEnvelope<ClusterMessage>> groups, EvenShards shards,
      Workload workload, RunDirectory directory, FileCopies copies, Board board, Duration checkpointEvery) {
    this.copies = copies;
    this.board = board;
    this.shards = shards;
    this.context = context;
    this.groups = groups;
    this.workload = workload;
    this.directory = directory;
    this.checkpointNanos = checkpointEvery.toNanos();
  }

  /**
   * @param shards of this member; the sharding's coordinator is on the manager's member too, as both are on the oldest
   * @param checkpointEvery wall time between checkpoints, unless {@link CheckpointPace} makes it longer
   */
  static Behavior<ClusterMessage> create(ActorRef<ShardingEnvelope<ClusterMessage>> groups, EvenShards shards, Workload workload,
      RunDirectory directory, FileCopies copies, Board board, Duration checkpointEvery) {
    return Behaviors.setup(context -> Behaviors.withTimers((TimerScheduler<ClusterMessage> timers) -> {
      context.setLoggerName(RunManager.class);
      RunManager manager = new RunManager(context, groups, shards, workload, directory, copies, board, checkpointEvery);
      ActorRef<MemberRemoved> removed = context.messageAdapter(MemberRemoved.class, event -> new Then(() -> manager.removed(event)));
      Cluster.get(context.getSystem()).subscriptions().tell(new Subscribe<>(removed, MemberRemoved.class));
      ActorRef<MemberUp> came = context.messageAdapter(MemberUp.class, event -> new MemberCame());
      Cluster.get(context.getSystem()).subscriptions().tell(new Subscribe<>(came, MemberUp.class));
      timers.startTimerWithFixedDelay(new Tick(), TICK);
      manager.takeOver();
      return Behaviors.receive(ClusterMessage.class).onAnyMessage(manager::onMessage)
          .onSignal(PostStop.class, stopped -> manager.stopped()).build();
    }));
  }

  /** What is to be done here, by this actor, when something has become known of the files. */
  private <T> Consumer<T> here(Consumer<T> step) {
    return value -> context.getSelf().tell(new Then(() -> step.accept(value)));
  }

  /** The same for a run, if it is in the same epoch then. */
  private <T> Consumer<T> here(Run run, RunState state, BiConsumer<Run, T> step) {
    int epoch = run.epoch;
    return here(value -> inEpoch(run.id, epoch, state, same -> step.accept(same, value)));
  }

  /** Runs that an earlier manager of this cluster left. */
  private void takeOver() {
    copies.survey("", here(surveyed -> {
      directory.unfinished().forEach(this::takeOver);
      runs.values().stream().filter(run -> run.awaited).forEach(run -> mayBeAdopted(run, surveyed));
      context.scheduleOnce(LISTENING, context.getSelf(), new Then(() -> listening = false));
    }));
  }

  /** An epoch that is not the greatest known is over. */
  private void mayBeAdopted(Run run, Surveyed surveyed) {
    if (surveyed.epochElsewhere(run.id) > run.epoch) {
      place(run, surveyed.epochElsewhere(run.id));
    } else {
      run.held = surveyed;
    }
  }

  private void takeOver(String id) {
    if (!runs.containsKey(id)) {
      context.getLog().atInfo().addKeyValue("run", id).log("run is taken over");
      resume(id);
    }
  }

  /** Whoever joins with a directory of its own may have runs that nobody here knew, later epochs of those under way, and missing files. */
  private void memberCame(Surveyed surveyed) {
    if (!surveyed.epochsElsewhere().isEmpty()) {
      directory.unfinished().forEach(this::takeOver);
    }
    for (Run run : runs.values()) {
      run.notWhole.clear();
      int elsewhere = surveyed.epochElsewhere(run.id);
      if (!run.isOver() && (run.filesMissing || elsewhere > run.epoch)) {
        placeAgain(run, elsewhere, "a member has joined that " + (elsewhere > run.epoch ? "knows of epoch " + elsewhere
            : "may have the files that were missing"));
      } else if (!run.isOver() && run.held != null) {
        copies.keepByAll(directory.epochFile(run.id), run.epoch, majority -> {});
      }
    }
  }

  private Behavior<ClusterMessage> stopped() {
    board.runs(List.of());
    return Behaviors.same();
  }

  private LoggingEventBuilder event(Run run, Level level) {
    return Logging.event(context.getLog(), level, run.id, run.epoch);
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
      case Submit submit -> submit(submit);
      case AskStatus ask -> ask.replyTo().tell(status(ask.run()));
      case SaveNow save -> save.replyTo().tell(saveNow(save.run()));
      case Resume resume -> copies.survey(resume.run(), here(surveyed -> resume.replyTo().tell(resume(resume.run()))));
      case GroupIsAt at -> inEpoch(at.run(), at.epoch(), RunState.PLACING, run -> groupIsAt(run, at));
      case PartReady part -> inEpoch(part.run(), part.epoch(), null, run -> partReady(run, part));
      case PartProgress progress -> partProgress(progress);
      case GroupSaved group -> inEpoch(group.run(), group.epoch(), RunState.RUNNING, run -> groupSaved(run, group));
      case PartDone part -> inEpoch(part.run(), part.epoch(), RunState.RUNNING, run -> partDone(run, part));
      case PartFailed part -> inEpoch(part.run(), part.epoch(), null, run -> partFailed(run, part));
      case GroupLeaves leaves -> groupLeaves(leaves);
      case FilesMissing missing -> inEpoch(missing.run(), missing.epoch(), RunState.PLACING, run -> filesMissing(run, missing));
      case Then then -> then.step().run();
      case MemberCame came -> copies.survey("", here(this::memberCame));
      case Tick tick -> {
        forgetSilenceOfOwn();
        runs.values().forEach(this::tick);
        report();
      }
      default -> {}
    }
  }

  /** Whether the run is still this cluster's; if not, its parts here are ended. */
  private boolean isOurs(Run run) {
    boolean ours = directory.epoch(run.id) == run.epoch;
    if (!ours) {
      end(run, RunState.FAILED, "another cluster has taken this run over: epoch " + directory.epoch(run.id) + " has begun");
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
    if (run != null && run.epoch == epoch && run.pausedAt == 0 && !run.isOver() && (state == null || run.state == state)) {
      step.take(run);
    }
  }

  private void submit(Submit submit) {
    String id = submit.spec().hash();
    if (runs.containsKey(id) && runs.get(id).state != RunState.FAILED) {
      submit.replyTo().tell(runs.get(id).status());
      return;
    }
    try {
      workload.nodes(submit.spec());
      directory.saveSpec(id, submit.spec());
    } catch (RuntimeException e) {
      submit.replyTo().tell(RunStatus.without(id, RunState.FAILED, String.valueOf(e.getMessage())));
      return;
    }
    copies.keepByAll(directory.specFile(id), directory.epoch(id), here(majority -> submit.replyTo().tell(resume(id))));
  }

  private RunStatus resume(String id) {
    if (runs.containsKey(id) && !runs.get(id).isOver()) {
      return runs.get(id).status();
    }
    RunSpec spec = directory.spec(id);
    if (spec == null) {
      return RunStatus.without(id, RunState.UNKNOWN, "no run " + id + " was ever submitted");
    }
    RunOutcome outcome = directory.result(id);
    Run run = new Run(id, spec, directory.checkpoints(id, spec), Groups.count(spec, workload));
    runs.put(id, run);
    if (outcome != null) {
      run.state = RunState.DONE;
      run.nowNanos = outcome.nowNanos();
      run.rounds = outcome.rounds();
    } else if (isToBeAwaited(run)) {
      run.awaited = true;
      run.epoch = directory.epoch(id);
    } else {
      place(run, 0);
    }
    report();
    return run.status();
  }

  /** It may be under way; or others may, and which places are taken will be known when they have spoken. */
  private boolean isToBeAwaited(Run run) {
    return listening && run.spec.onOneMember()
        && (directory.epoch(run.id) > 0 || runs.values().stream().anyMatch(other -> other.awaited));
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
    return run == null ? RunStatus.without(id, RunState.UNKNOWN, "no run " + id + " is known to this cluster") : run.status();
  }

  /** One that is being written counts. */
  private RunStatus saveNow(String id) {
    RunStatus before = status(id);
    Run run = runs.get(id);
    if (run != null && !run.isOver()) {
      run.saveWanted = true;
      if (run.state == RunState.RUNNING) {
        save(run);
      }
    }
    return before;
  }

  private void placeAgain(Run run, String why) {
    placeAgain(run, 0, why);
  }

  /** Gives the epoch up and begins the next, a later one than that of which another directory tells. */
  private void placeAgain(Run run, int epochElsewhere, String why) {
    event(run, Level.WARN).log("epoch ends: {}", why);
    run.message = why;
    place(run, epochElsewhere);
  }

  /**
   * Begins the next epoch: has it written down, and asks all groups where they are.
   *
   * @param epochElsewhere the greatest in another directory, as far as is known
   */
  private void place(Run run, int epochElsewhere) {
    run.ready.values().forEach(part -> part.tell(new Abort(run.epoch)));
    run.leaving.values().forEach(group -> group.tell(new Release()));
    run.awaited = false;
    run.place = run.place < 0 ? freePlace() : run.place;
    run.epoch = directory.nextEpoch(run.id, epochElsewhere);
    state(run, RunState.PLACING);
    run.giveUpAt = System.nanoTime() + PLACING_NANOS;
    run.giveUpWhy = "not all parts were ready after " + PLACING_NANOS / 1_000_000_000 + " s";
    run.held = null;
    run.filesMissing = false;
    run.ending = false;
    run.groupAt.clear();
    run.members = List.of();
    run.begins.clear();
    run.ready.clear();
    run.done.clear();
    run.leaving.clear();
    run.saved.clear();
    run.saving = false;
    run.pausedAt = 0;
    run.heardAt.clear();
    run.progress.clear();
    run.rate.clear();
    event(run, Level.INFO).addKeyValue("groups", run.groupCount).log("epoch begins");
    copies.survey(run.id, here(run, RunState.PLACING, this::surveyed));
    askWhere(run);
  }

  /** An epoch that another directory knows must be an older one, and one that few know of must not begin. */
  private void surveyed(Run run, Surveyed surveyed) {
    RunOutcome outcome = directory.result(run.id);
    if (outcome != null) {
      ended(run, outcome);
    } else if (surveyed.epochElsewhere(run.id) >= run.epoch) {
      placeAgain(run, surveyed.epochElsewhere(run.id), "another member knows of epoch " + surveyed.epochElsewhere(run.id));
    } else {
      copies.keepByAll(directory.epochFile(run.id), run.epoch, here(run, RunState.PLACING, (same, majority) -> {
        if (majority) {
          same.held = surveyed;
          beginIfPlaced(same);
        } else {
          blocked(same, "fewer than half of the members know that it has begun");
        }
      }));
    }
  }

  private void filesMissing(Run run, FilesMissing missing) {
    run.notWhole.add(missing.checkpoint());
    placeAgain(run, "no member that is up has " + String.join(", ", missing.files()));
  }

  private void blocked(Run run, List<String> missing) {
    run.filesMissing = true;
    blocked(run, "no member that is up has " + String.join(", ", missing) + ": start those that are missing");
  }

  private void blocked(Run run, String why) {
    run.message = why;
    run.giveUpWhy = why;
    run.giveUpAt = Math.min(run.giveUpAt, System.nanoTime() + BLOCKED_NANOS);
    event(run, Level.WARN).log("epoch cannot begin: {}", why);
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
    beginIfPlaced(run);
  }

  /** Builds the parts when all is known: where the groups are, and what they can go on from. */
  private void beginIfPlaced(Run run) {
    if (run.groupAt.size() < run.groupCount || run.held == null || !run.members.isEmpty() || run.filesMissing) {
      return;
    }
    List<Checkpoint> complete;
    try {
      complete = run.store.complete();
    } catch (UnreadableCheckpointException e) {
      unreadable(run, e.getMessage());
      return;
    }
    Checkpoint checkpoint = complete.stream().filter(each -> !run.notWhole.contains(each.name()) && missing(run, each).isEmpty())
        .findFirst().orElse(null);
    if (checkpoint == null && !complete.isEmpty()) {
      List<String> missing = missing(run, complete.getFirst());
      blocked(run, missing.isEmpty() ? List.of("all files of checkpoint " + complete.getFirst().name()) : missing);
      return;
    }
    run.members = List.copyOf(new LinkedHashSet<>(run.groupAt.values()));
    run.partOfGroup = new int[run.groupCount];
    run.groupAt.forEach((group, member) -> run.partOfGroup[group] = run.members.indexOf(member));
    run.nowNanos = checkpoint == null ? 0 : checkpoint.nowNanos();
    run.rounds = 0;
    event(run, Level.INFO).addKeyValue("groups", run.groupCount).addKeyValue("members", run.members.size())
        .addKeyValue("checkpoint", checkpoint == null ? "none" : checkpoint.name()).log("groups are placed");
    for (int part = 0; part < run.members.size(); part++) {
      run.begins.add(new Begin(run.id, run.epoch, run.spec, part, run.members.size(), run.partOfGroup, run.place, checkpoint));
    }
    begin(run);
  }

  /** Files of a checkpoint that no member has that is up. */
  private static List<String> missing(Run run, Checkpoint checkpoint) {
    return IntStream.range(0, checkpoint.groups()).mapToObj(group -> run.store.stateFile(checkpoint.name(), group))
        .filter(run.held.has().negate()).map(Path::toString).toList();
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
      run.unreadable = 0;
      event(run, Level.INFO).addKeyValue("parts", run.ready.size()).log("all parts are ready and go");
      run.savedAt = System.nanoTime();
      run.ready.keySet().forEach(each -> run.heardAt.put(each, System.nanoTime()));
      List<ActorRef<ClusterMessage>> parts = List.copyOf(run.ready.values());
      parts.forEach(ref -> ref.tell(new Go(run.epoch, parts)));
      if (run.saveWanted) {
        save(run);
      }
    }
  }

  private void groupSaved(Run run, GroupSaved group) {
    Map<Integer, GroupSaved> saved = run.saved.computeIfAbsent(group.checkpoint(), name -> new TreeMap<>());
    saved.put(group.group(), group);
    run.saveAskedAt = System.nanoTime();
    run.heardAt.replaceAll((part, at) -> System.nanoTime());
    if (saved.size() < run.groupCount || !isOurs(run)) {
      return;
    }
    run.saved.clear();
    run.saving = false;
    run.saveWanted = false;
    run.savingNanos = savingNanos(run, saved);
    run.savedAt = System.nanoTime();
    try {
      copies.complete(run.store, group.checkpoint(), group.nowNanos(), run.groupCount);
    } catch (CheckpointException e) {
      event(run, Level.ERROR).addKeyValue("checkpoint", group.checkpoint()).setCause(e).log("checkpoint is not complete");
      beginAgainIfGroupsLeave(run);
      return;
    }
    long bytes = saved.values().stream().mapToLong(GroupSaved::bytes).sum();
    long beganAt = run.saveBeganAt;
    copies.keepByAll(run.store.completeFile(group.checkpoint()), run.epoch, here(run, RunState.RUNNING, (same, majority) -> {
      same.savedNanos = group.nowNanos();
      same.checkpoints++;
      same.lastCheckpoint = new LastCheckpoint(group.nowNanos(), bytes, System.nanoTime() - beganAt, System.currentTimeMillis());
      event(same, Level.INFO).addKeyValue("checkpoint", group.checkpoint()).addKeyValue("bytes", bytes)
          .addKeyValue("seconds", Logging.seconds(same.lastCheckpoint.wallNanos())).log("checkpoint is complete");
      beginAgainIfGroupsLeave(same);
    }));
  }

  private void beginAgainIfGroupsLeave(Run run) {
    if (!run.leaving.isEmpty()) {
      placeAgain(run, "groups " + run.leaving.keySet() + " move to another member");
    }
  }

  /** A part saves one group after the other, and the parts wait for the slowest of them. */
  private static long savingNanos(Run run, Map<Integer, GroupSaved> groups) {
    long[] ofPart = new long[run.members.size()];
    groups.forEach((group, saved) -> ofPart[run.partOfGroup[group]] += saved.wallNanos());
    return Arrays.stream(ofPart).max().orElse(0);
  }

  private void partProgress(PartProgress part) {
    Run known = runs.get(part.run());
    if (known == null ? directory.hasResult(part.run()) : known.isOver() || part.epoch() < known.epoch) {
      part.ref().tell(new Abort(part.epoch())); // It has not heard that it may end.
      return;
    }
    inEpoch(part.run(), part.epoch(), null, run -> {
      if (run.awaited && run.held != null && isOurs(run)) {
        adopt(run, part);
      }
      if (run.state == RunState.RUNNING) {
        partProgress(run, part);
      }
    });
  }

  /** Takes up as it is what an earlier manager began. The sharding knows where its group is, and has no need to hear of it. */
  private void adopt(Run run, PartProgress part) {
    run.awaited = false;
    run.place = part.place();
    run.groupAt.put(0, part.member());
    run.members = List.of(part.member());
    run.partOfGroup = new int[run.groupCount];
    run.ready.put(part.part(), part.ref());
    run.savedAt = System.nanoTime();
    run.saveBeganAt = run.savedAt; // What the part saves now, it was asked for by the earlier manager.
    state(run, RunState.RUNNING);
    event(run, Level.INFO).addKeyValue("member", addressOf(part.member())).log("run is adopted");
    copies.keepByAll(directory.epochFile(run.id), run.epoch, majority -> {});
  }

  private void partProgress(Run run, PartProgress part) {
    run.heardAt.put(part.part(), System.nanoTime());
    run.progress.put(part.part(), part);
    run.nowNanos = Math.max(run.nowNanos, part.nowNanos());
    run.rounds = Math.max(run.rounds, part.rounds());
    if (part.copying()) {
      run.saveAskedAt = System.nanoTime();
    }
  }

  private void partDone(Run run, PartDone part) {
    run.done.put(part.part(), part);
    run.heardAt.put(part.part(), System.nanoTime());
    if (run.done.size() < run.members.size() || run.ending || !isOurs(run)) {
      return;
    }
    run.ending = true;
    RunOutcome outcome = RunOutcome.of(new ArrayList<>(run.done.values()));
    directory.saveResult(run.id, outcome);
    copies.keepByAll(directory.resultFile(run.id), run.epoch, here(run, RunState.RUNNING, (same, majority) -> ended(same, outcome)));
  }

  private void ended(Run run, RunOutcome outcome) {
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
    if (how == RunState.DONE) {
      event(run, Level.INFO).log("run is done");
    } else {
      event(run, Level.ERROR).log("run has failed: {}", message);
    }
  }

  private void partFailed(Run run, PartFailed part) {
    if (part.checkpoint() == null) {
      fail(run, part.message());
    } else if (part.damaged()) {
      event(run, Level.WARN).addKeyValue("part", part.part()).addKeyValue("checkpoint", part.checkpoint())
          .log("checkpoint is refused and removed: {}", part.message());
      run.store.discard(part.checkpoint());
      copies.discard(run.id, run.epoch, part.checkpoint());
      placeAgain(run, "checkpoint " + part.checkpoint() + " could not be read");
    } else {
      unreadable(run, part.message());
    }
  }

  /** Too many open files, a directory that is not mounted: that may pass, so the same checkpoint is tried again in a later epoch. */
  private void unreadable(Run run, String message) {
    event(run, Level.WARN).log("checkpoint cannot be read now: {}", message);
    run.unreadable++;
    if (run.unreadable == MOST_UNREADABLE) {
      run.unreadable = 0;
      fail(run, message + " (tried " + MOST_UNREADABLE + " times; the checkpoint was left as it is: 'pinfold resume " + run.id
          + "' goes on from it when it can be read)");
    } else {
      run.message = message;
      run.pausedAt = System.nanoTime();
    }
  }

  private void fail(Run run, String message) {
    end(run, RunState.FAILED, message);
    directory.saveFailure(run.id, message);
    copies.keepByAll(directory.failureFile(run.id), run.epoch, majority -> {});
  }

  /** A group may go when everything is saved, and then all begin again from there. */
  private void groupLeaves(GroupLeaves leaves) {
    Run run = runs.get(leaves.run());
    if (run == null ? listening : run.awaited) {
      context.scheduleOnce(TICK, context.getSelf(), leaves); // Until it is known what becomes of the run.
      return;
    }
    if (run == null || run.isOver()) {
      leaves.groupRef().tell(new Release());
      return;
    }
    run.leaving.put(leaves.group(), leaves.groupRef());
    if (run.state == RunState.PLACING) {
      placeAgain(run, "groups " + run.leaving.keySet() + " move to another member");
    } else {
      save(run);
    }
  }

  /**
   * A member that ends, or that the others have removed, is told that all members were removed, whatever they are. Then it is not for
   * this manager to begin epochs: they would void those of its successor.
   */
  private void removed(MemberRemoved event) {
    boolean isOver = event.previousStatus() == MemberStatus.down() || event.previousStatus() == MemberStatus.exiting();
    if (isOver && Cluster.get(context.getSystem()).selfMember().status() != MemberStatus.down()) {
      runs.values().forEach(run -> memberGone(run, event.member().address().toString()));
    }
  }

  private void memberGone(Run run, String address) {
    boolean concerned = run.groupAt.values().stream().anyMatch(member -> address.equals(addressOf(member)));
    if (!run.isOver() && concerned) {
      placeAgain(run, "member " + address.substring(address.indexOf('@') + 1) + " is gone");
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
      run.saveBeganAt = run.saveAskedAt;
      run.ready.get(0).tell(new SaveAll(run.epoch));
    }
  }

  /** All runs that are under way, and the last of those that are over. */
  private void report() {
    List<Run> over = runs.values().stream().filter(Run::isOver).sorted(Comparator.comparingLong((Run run) -> run.stateSince).reversed())
        .limit(MOST_RUNS_OVER).toList();
    board.runs(Stream.concat(runs.values().stream().filter(run -> !run.isOver()), over.stream()).map(Run::report).toList());
  }

  /** What this member's JVM missed while it stood still is not the others' silence. */
  private void forgetSilenceOfOwn() {
    long now = System.nanoTime();
    if (now - tickedAt > STOOD_STILL_NANOS) {
      runs.values().forEach(run -> run.heardAt.replaceAll((part, at) -> now));
    }
    tickedAt = now;
  }

  private void tick(Run run) {
    if (run.isOver() || !isOurs(run)) {
      return;
    }
    if (run.awaited) {
      if (!listening) {
        place(run, 0);
      }
      return;
    }
    run.rate.at(System.nanoTime(), run.rounds);
    if (run.pausedAt != 0) {
      if (System.nanoTime() - run.pausedAt > UNREADABLE_PAUSE_NANOS) {
        placeAgain(run, run.message);
      }
    } else if (run.state == RunState.PLACING) {
      if (System.nanoTime() - run.giveUpAt > 0) {
        placeAgain(run, run.giveUpWhy);
      } else if (run.members.isEmpty()) {
        askWhere(run);
      } else {
        begin(run);
      }
    } else if (run.heardAt.values().stream().anyMatch(at -> System.nanoTime() - at > SILENCE_NANOS)) {
      placeAgain(run, "a part said nothing for " + SILENCE_NANOS / 1_000_000_000 + " s");
    } else if (run.saving || run.saveWanted
        || System.nanoTime() - run.savedAt > CheckpointPace.nextNanos(checkpointNanos, run.savingNanos)) {
      save(run);
    }
  }
}
