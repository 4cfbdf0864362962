package pinfold.cluster.member;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import pinfold.cluster.ActorPart;
import pinfold.cluster.checkpoint.Checkpoint;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.checkpoint.CheckpointStore;
import pinfold.cluster.checkpoint.GroupHistory;
import pinfold.cluster.checkpoint.UnreadableCheckpointException;
import pinfold.cluster.files.FileCopies;
import pinfold.cluster.member.ClusterMessage.Abort;
import pinfold.cluster.member.ClusterMessage.Begin;
import pinfold.cluster.member.ClusterMessage.Fetched;
import pinfold.cluster.member.ClusterMessage.FilesMissing;
import pinfold.cluster.member.ClusterMessage.Go;
import pinfold.cluster.member.ClusterMessage.GoOn;
import pinfold.cluster.member.ClusterMessage.GroupSaved;
import pinfold.cluster.member.ClusterMessage.PartDone;
import pinfold.cluster.member.ClusterMessage.PartFailed;
import pinfold.cluster.member.ClusterMessage.PartProgress;
import pinfold.cluster.member.ClusterMessage.PartReady;
import pinfold.cluster.member.ClusterMessage.Ran;
import pinfold.cluster.member.ClusterMessage.Round;
import pinfold.cluster.member.ClusterMessage.SaveAll;
import pinfold.cluster.member.ClusterMessage.SayAgain;
import pinfold.cluster.member.ClusterMessage.Then;
import pinfold.cluster.member.ClusterMessage.Tick;
import pinfold.cluster.round.RoundExchange;
import pinfold.cluster.round.RoundLinks;
import pinfold.cluster.round.RoundListener;
import pinfold.cluster.round.RoundMessage;
import pinfold.cluster.state.StateCodec;
import pinfold.cluster.state.StateException;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host.Outcome;

/**
 * One member's part of a run in one epoch: it builds the machine, takes up its groups' state, and runs rounds with the other parts
 * until the manager gives the epoch up. After its last round it stays, as others may have lost what it said. Protocol:
 * docs/protocol.md.
 */
final class PartRunner {
  /** Where parts and their entities run. */
  static final String DISPATCHER = "pinfold.window-dispatcher";

  private static final int SAVE = 1;
  private static final Duration TICK = Duration.ofMillis(200);
  /** Ticks after which a part that nobody told to go is forgotten: the epoch was given up, and this member has no part in the next. */
  private static final int MOST_TICKS_BEFORE_GO = 1_000;
  /** Ticks between one time that the manager is told something that it must know and the next. */
  private static final int TICKS_PER_REMINDER = 10;
  /** Rounds in a row before other messages get their turn. */
  private static final int ROUNDS_AT_ONCE = 64;
  /** Wall time of waiting for others after which the log says so. */
  private static final long STARVED_NANOS = Duration.ofSeconds(3).toNanos();

  private final ActorContext<ClusterMessage> context;
  private final Begin begin;
  private final ActorRef<ClusterMessage> manager;
  private final ActorRef<ClusterMessage> member;
  private final CheckpointStore store;
  private final FileCopies copies;
  private final Board board;
  private final PreparedRun run;
  private final StateCodec codec;
  private final int[] groupOf;
  private final List<Integer> groups;
  /** By group: rows of the series, the time first. */
  private final List<List<long[]>> series = new ArrayList<>();
  /** By group: what its last checkpoint in this epoch consisted of. */
  private final List<GroupHistory> histories = new ArrayList<>();
  private final ActorPart part;
  private final List<ClusterMessage> early = new ArrayList<>();
  private List<ActorRef<ClusterMessage>> parts = List.of();
  private RoundExchange exchange;
  private long roundAtTick = -1;
  /** A tick fell into a round, while nothing may be looked at. */
  private boolean tickDue;
  private boolean goOnSent;
  private int ticks;
  /** What was said at the end, and is said again until somebody answers; null before. */
  private PartDone done;
  private long wentNanos;
  private long waitingSince;
  private long waitedNanos;
  /** Groups that were saved and wait for their copies. */
  private int copying;
  private long savedBytes;
  private long savingNanos;
  /** Written by the transport's threads. */
  private final LongAdder sentBytes = new LongAdder();
  private long sentMessages;
  private long askedAgain;
  /** The round whose messages were asked for again last; the log has each such round once. */
  private long roundAskedAgain = -1;
  private boolean starved;

  private PartRunner(ActorContext<ClusterMessage> context, Begin begin, ActorRef<ClusterMessage> manager, ActorRef<ClusterMessage> member,
      Workload workload, CheckpointStore store, FileCopies copies, Board board) {
    this.manager = manager;
    this.member = member;
    this.copies = copies;
    this.board = board;
    this.context = context;
    this.begin = begin;
    this.store = store;
    this.run = workload.prepare(begin.spec());
    this.codec = new StateCodec(run.machine());
    List<Entity> entities = run.machine().entities();
    this.groupOf = entities.stream().mapToInt(entity -> Groups.of(begin.spec(), run.machine(), entity.id())).toArray();
    this.groups = groups(begin);
    for (int group = 0; group < begin.partOfGroup().length; group++) {
      series.add(new ArrayList<>());
      histories.add(new GroupHistory());
    }
    if (begin.checkpoint() != null) {
      groups.forEach(this::restore);
    }
    this.part = new ActorPart(context, entities, this::isHere, run.nearNanos(), threads(context), DISPATCHER,
        step -> context.getSelf().tell(new Ran(step)));
    if (begin.checkpoint() == null) {
      for (EventBatch batch : run.firstEvents()) {
        if (isHere(batch.destination())) {
          part.deliver(batch);
        }
      }
    }
  }

  private static List<Integer> groups(Begin begin) {
    return IntStream.range(0, begin.partOfGroup().length).filter(group -> begin.partOfGroup()[group] == begin.part()).boxed().toList();
  }

  private static int threads(ActorContext<?> context) {
    return context.getSystem().settings().config().getInt(DISPATCHER + ".window-executor.threads");
  }

  /**
   * Begins when the files are here that its groups go on from.
   *
   * @param manager whichever there is at the time: another may have taken over
   * @param member who begins this
   */
  static Behavior<ClusterMessage> create(Begin begin, ActorRef<ClusterMessage> manager, ActorRef<ClusterMessage> member,
      Workload workload, CheckpointStore store, FileCopies copies, Board board) {
    Behavior<ClusterMessage> built = build(begin, manager, member, workload, store, copies, board);
    if (begin.checkpoint() == null) {
      return built;
    }
    List<Integer> groups = groups(begin);
    // The first file of a group tells which others it needs.
    return fetch(begin, manager, copies, () -> groups.stream().map(group -> store.stateFile(begin.checkpoint().name(), group)).toList(),
        fetch(begin, manager, copies, () -> groups.stream().flatMap(group -> store.filesOf(begin.checkpoint(), group).stream()).toList(),
            built));
  }

  private static PartFailed unreadable(Begin begin, RuntimeException e) {
    return new PartFailed(begin.run(), begin.epoch(), begin.part(), e.getMessage(), begin.checkpoint().name(),
        !(e instanceof UnreadableCheckpointException));
  }

  private static Behavior<ClusterMessage> fetch(Begin begin, ActorRef<ClusterMessage> manager, FileCopies copies,
      Supplier<List<Path>> files, Behavior<ClusterMessage> then) {
    return Behaviors.setup(context -> {
      try {
        copies.fetch(files.get(), missing -> context.getSelf().tell(new Fetched(missing)));
      } catch (CheckpointException e) {
        manager.tell(unreadable(begin, e));
        return Behaviors.stopped();
      }
      return Behaviors.receiveMessage(message -> switch (message) {
        case Fetched fetched when fetched.missing().isEmpty() -> then;
        case Fetched fetched -> {
          manager.tell(new FilesMissing(begin.run(), begin.epoch(), begin.part(), begin.checkpoint().name(),
              fetched.missing().stream().map(Path::toString).toList()));
          yield Behaviors.stopped();
        }
        case Abort abort -> Behaviors.stopped();
        default -> Behaviors.same();
      });
    });
  }

  private static Behavior<ClusterMessage> build(Begin begin, ActorRef<ClusterMessage> manager, ActorRef<ClusterMessage> member,
      Workload workload, CheckpointStore store, FileCopies copies, Board board) {
    return Behaviors.setup(context -> {
      context.setLoggerName(PartRunner.class);
      try {
        PartRunner runner = new PartRunner(context, begin, manager, member, workload, store, copies, board);
        runner.ready();
        return Behaviors.withTimers(timers -> {
          timers.startTimerWithFixedDelay(new Tick(), TICK);
          return Behaviors.receive(ClusterMessage.class).onAnyMessage(runner::onMessage)
              .onSignal(PostStop.class, stopped -> runner.stopped()).build();
        });
      } catch (CheckpointException | StateException e) {
        manager.tell(unreadable(begin, e));
      } catch (RuntimeException e) {
        manager.tell(new PartFailed(begin.run(), begin.epoch(), begin.part(), String.valueOf(e.getMessage()), null, false));
      }
      return Behaviors.stopped();
    });
  }

  private void ready() {
    manager.tell(new PartReady(begin.run(), begin.epoch(), begin.part(), context.getSelf()));
  }

  private boolean isHere(int entity) {
    return begin.partOfGroup()[groupOf[entity]] == begin.part();
  }

  private Behavior<ClusterMessage> onMessage(ClusterMessage message) {
    try {
      switch (message) {
        case Go go when go.epoch() == begin.epoch() -> go(go);
        case Round round when round.epoch() == begin.epoch() -> receive(round);
        case SayAgain again when again.epoch() == begin.epoch() && exchange != null -> exchange.askedAgain(again.from(), again.round());
        case SaveAll save when save.epoch() == begin.epoch() && exchange != null -> exchange.request(SAVE);
        case Tick tick -> tick();
        case Ran ran -> {
          waitingSince = System.nanoTime();
          ran.then().run();
          if (tickDue) {
            tick();
          }
          steps();
        }
        case Then then -> then.step().run();
        case GoOn goOn -> {
          goOnSent = false;
          steps();
        }
        case Abort abort when abort.epoch() == begin.epoch() -> {
          return Behaviors.stopped();
        }
        default -> {}
      }
    } catch (RuntimeException | AssertionError e) {
      event(Level.ERROR).setCause(e).log("part failed");
      manager.tell(new PartFailed(begin.run(), begin.epoch(), begin.part(), e.toString(), null, false));
      return Behaviors.stopped();
    }
    return Behaviors.same();
  }

  private Behavior<ClusterMessage> stopped() {
    board.remove(begin.run(), begin.epoch());
    event(Level.INFO).log("part ends");
    return Behaviors.same();
  }

  private void go(Go go) {
    if (exchange != null) {
      return;
    }
    wentNanos = System.nanoTime();
    waitingSince = wentNanos;
    parts = go.parts();
    int[] partOfEntity = new int[groupOf.length];
    for (int entity = 0; entity < partOfEntity.length; entity++) {
      partOfEntity[entity] = begin.partOfGroup()[groupOf[entity]];
    }
    long startNanos = begin.checkpoint() == null ? 0 : begin.checkpoint().nowNanos();
    exchange = new RoundExchange(begin.part(), begin.parts(), part, partOfEntity, run.farNanos(), startNanos, run.endNanos(),
        run.sampleNanos(), new Links(), new Listener());
    event(Level.INFO).addKeyValue("groups", groups.size()).log("part runs");
    exchange.begin();
    early.forEach(this::onMessage);
    early.clear();
    steps();
  }

  private void receive(Round round) {
    if (exchange == null) {
      early.add(round);
      return;
    }
    exchange.receive(round.message());
    steps();
  }

  private void steps() {
    long now = System.nanoTime();
    for (int i = 0; i < ROUNDS_AT_ONCE; i++) {
      if (!exchange.step()) {
        waitingSince = i > 0 ? System.nanoTime() : waitingSince;
        return;
      }
      if (starved) {
        starved = false;
        event(Level.INFO).addKeyValue("seconds", Logging.seconds(now - waitingSince)).log("goes on, after it waited for others");
      }
      waitedNanos += i == 0 && !goOnSent ? now - waitingSince : 0;
    }
    waitingSince = System.nanoTime();
    if (!goOnSent) {
      goOnSent = true;
      context.getSelf().tell(new GoOn());
    }
  }

  private void tick() {
    ticks++;
    if (exchange == null) {
      if (ticks == MOST_TICKS_BEFORE_GO) {
        context.getSelf().tell(new Abort(begin.epoch()));
      } else if (ticks % TICKS_PER_REMINDER == 0) {
        ready();
      }
      return;
    }
    if (done != null) {
      if (ticks % TICKS_PER_REMINDER == 0) {
        report();
        manager.tell(done);
      }
      return;
    }
    tickDue = exchange.isRunning();
    if (tickDue) {
      return;
    }
    if (exchange.round() == roundAtTick) {
      exchange.tick();
    }
    roundAtTick = exchange.round();
    report();
  }

  /** Tells the manager and the board how far it is; only while nothing runs. */
  private void report() {
    long now = System.nanoTime();
    List<Integer> waitingFor = exchange.waitingFor();
    long waitingNanos = waitingFor.isEmpty() ? 0 : now - waitingSince;
    if (waitingNanos > STARVED_NANOS && !starved) {
      starved = true;
      event(Level.WARN).addKeyValue("seconds", Logging.seconds(waitingNanos)).addKeyValue("for", names(waitingFor))
          .log("waits for other parts");
    }
    long waited = waitedNanos + waitingNanos;
    long busy = now - wentNanos - waited;
    long events = 0;
    for (Entity entity : run.machine().entities()) {
      events += isHere(entity.id()) ? entity.eventsHandled() : 0;
    }
    manager.tell(new PartProgress(begin.run(), begin.epoch(), begin.part(), context.getSelf(), member, begin.place(),
        exchange.nowNanos(), run.endNanos(), exchange.round(), sentBytes.sum(), busy, run.work().get(), copying > 0));
    board.put(new PartStatus(begin.run(), begin.epoch(), begin.part(), begin.parts(), groups, exchange.nowNanos(), exchange.round(),
        part.windows(), events, sentBytes.sum(), sentMessages, askedAgain, waited, busy, waitingNanos, savedBytes, savingNanos));
  }

  /** Parts as {@code 2@10.0.0.3:7400}, separated by commas. */
  private String names(List<Integer> numbers) {
    return numbers.stream().map(number -> number + "@" + ClusterNode.hostPort(parts.get(number).path().address()))
        .collect(Collectors.joining(","));
  }

  private LoggingEventBuilder event(Level level) {
    LoggingEventBuilder event = Logging.event(context.getLog(), level, begin.run(), begin.epoch()).addKeyValue("part", begin.part());
    return exchange == null ? event : event.addKeyValue("window", exchange.round());
  }

  private void save(long nowNanos) {
    String name = Checkpoint.name(nowNanos, begin.epoch());
    for (int group : groups) {
      long began = System.nanoTime();
      long bytes = store.saveGroup(name, group, nowNanos, histories.get(group), (out, large) -> {
        Output output = new Output(out, 1 << 20);
        List<long[]> rows = series.get(group);
        output.writeInt(rows.size());
        for (long[] row : rows) {
          output.writeInt(row.length);
          output.writeLongs(row, 0, row.length);
        }
        codec.save(run.machine().entities().stream().filter(entity -> groupOf[entity.id()] == group).toList(), output, large);
        output.flush();
      });
      savedBytes += bytes;
      savingNanos += System.nanoTime() - began;
      event(Level.INFO).addKeyValue("group", group).addKeyValue("bytes", bytes)
          .addKeyValue("seconds", Logging.seconds(System.nanoTime() - began)).log("group is saved");
      GroupSaved saved = new GroupSaved(begin.run(), begin.epoch(), name, nowNanos, group, bytes, System.nanoTime() - began);
      copying++;
      copies.keepBySome(store.filesOf(new Checkpoint(name, nowNanos, begin.partOfGroup().length), group), begin.epoch(),
          () -> context.getSelf().tell(new Then(() -> copied(saved))));
    }
  }

  private void copied(GroupSaved saved) {
    copying--;
    manager.tell(saved);
  }

  private void restore(int group) {
    long began = System.nanoTime();
    long bytes = store.loadGroup(begin.checkpoint(), group, (in, large) -> {
      Input input = new Input(in, 1 << 20);
      int rows = input.readInt();
      for (int i = 0; i < rows; i++) {
        series.get(group).add(input.readLongs(input.readInt()));
      }
      codec.restore(input, large);
      return input.total() + large.readBytes();
    });
    event(Level.INFO).addKeyValue("group", group).addKeyValue("bytes", bytes)
        .addKeyValue("seconds", Logging.seconds(System.nanoTime() - began)).log("group is restored");
  }

  private final class Links implements RoundLinks {
    @Override
    public void send(int toMember, RoundMessage message) {
      sentMessages++;
      parts.get(toMember).tell(new Round(begin.epoch(), message, sentBytes));
    }

    @Override
    public void askAgain(int toMember, long round) {
      askedAgain++;
      if (round != roundAskedAgain) {
        roundAskedAgain = round;
        event(Level.INFO).addKeyValue("from", names(List.of(toMember))).log("asks for a round again");
      }
      parts.get(toMember).tell(new SayAgain(begin.epoch(), begin.part(), round));
    }
  }

  private final class Listener implements RoundListener {
    @Override
    public void atSample(long nowNanos) {
      for (int group : groups) {
        long[] counters = run.machine().counters(entity -> groupOf[entity] == group).values();
        long[] row = new long[counters.length + 1];
        row[0] = nowNanos;
        System.arraycopy(counters, 0, row, 1, counters.length);
        series.get(group).add(row);
      }
    }

    @Override
    public void atRequest(long round, long nowNanos, int requests) {
      if ((requests & SAVE) != 0) {
        save(nowNanos);
      }
    }

    @Override
    public void ended(Outcome outcome, long nowNanos) {
      atSample(nowNanos);
      Output reading = new Output(1 << 12, -1);
      codec.save(run.machine().read(PartRunner.this::isHere), reading);
      done = new PartDone(begin.run(), begin.epoch(), begin.part(), outcome, nowNanos, exchange.round(),
          Series.sum(groups.stream().map(series::get).toList()), reading.toBytes());
      report();
      manager.tell(done);
    }
  }
}
