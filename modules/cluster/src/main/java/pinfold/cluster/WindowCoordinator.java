package pinfold.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.Host.Outcome;
import pinfold.engine.WakeTimes;

/**
 * Decides when each window begins and who runs in it. Protocol: the host sends {@link Run} and waits for its future,
 * one at a time; per window the coordinator sends out one or more {@link Share}s and gets each back exactly once; when
 * all are back and what they carried is filed, the next window begins. Nothing is lost: all of it is in one JVM.
 */
final class WindowCoordinator {
  private static final int PROGRESS_WINDOWS = 1 << 10;
  /** Entities run where the coordinator runs. */
  private static final DispatcherSelector DISPATCHER = DispatcherSelector.sameAsParent();

  /** What the coordinator understands. */
  sealed interface Command permits Run, Share {}

  /** Run until {@code endNanos}, with {@code injected} batches filed first; {@code filed} ones have been filed already. */
  record Run(long endNanos, List<EventBatch> injected, List<EventBatch> filed, Host.ProgressListener listener, Host.Inspector inspector,
      CompletableFuture<Ended> ended) implements Command {}

  /**
   * How a run ended, and where.
   *
   * @param nextNanos when somebody has something to do next
   * @param earliestSendNanos when somebody may send something next, unless he is sent something before
   * @param stopAtNanos the earliest end of the run that somebody in a part of the entities asked for
   * @param outgoing batches for entities that are elsewhere, by sender in the order sent
   */
  record Ended(Outcome outcome, long nowNanos, long windows, long nextNanos, long earliestSendNanos, long stopAtNanos,
      List<EventBatch> outgoing) {}

  private final long windowNanos;
  /** By entity id; null when all are here. */
  private final boolean[] here;
  private final ActorRef<EntityActor.Command>[] actors;
  private final RunMonitor monitor;
  private final ShareCutter cutter;
  private final WakeTimes wake;
  private final WakeTimes promises;
  private final WindowPlan plan;
  private final Share[] shares;
  private final Inbox[] filling;
  private final Inbox[] spare;

  private List<EventBatch> outgoing = new ArrayList<>();
  private Run run;
  private Outcome outcome;
  private boolean inspecting;
  private long nowNanos;
  private long windowEndNanos;
  private long stopAtNanos = Long.MAX_VALUE;
  private long windows;
  private int sharesOut;
  private int failedId;
  private EntityFailedException failure;

  private WindowCoordinator(
      long[] nextNanos, long[] earliestSendNanos, boolean[] here, long windowNanos, ShareCutter cutter,
      ActorRef<EntityActor.Command>[] actors, RunMonitor monitor) {
    this.here = here;
    this.windowNanos = windowNanos;
    this.actors = actors;
    this.monitor = monitor;
    this.cutter = cutter;
    this.wake = new WakeTimes(nextNanos.length);
    this.promises = new WakeTimes(nextNanos.length);
    this.plan = new WindowPlan(nextNanos.length, cutter.most());
    this.shares = new Share[cutter.most()];
    Arrays.setAll(shares, i -> new Share(plan, i));
    this.filling = new Inbox[nextNanos.length];
    this.spare = new Inbox[nextNanos.length];
    for (int id = 0; id < nextNanos.length; id++) {
      filling[id] = new Inbox();
      spare[id] = new Inbox();
      wake.update(id, nextNanos[id]);
      promises.update(id, earliestSendNanos[id]);
    }
  }

  /** Of all entities of a run. */
  static Behavior<Command> create(List<Entity> entities, long windowNanos, ShareCutter cutter, RunMonitor monitor) {
    return create(entities, null, windowNanos, cutter, monitor);
  }

  /**
   * Of the entities that {@code isHere}. What they send to others is put aside for whoever has those, and an end that they ask for is
   * passed on, as all parts have to end there.
   */
  static Behavior<Command> create(List<Entity> entities, IntPredicate isHere, long windowNanos, ShareCutter cutter,
      RunMonitor monitor) {
    long[] nextNanos = new long[entities.size()];
    long[] earliestSendNanos = new long[entities.size()];
    boolean[] here = isHere == null ? null : new boolean[entities.size()];
    for (Entity entity : entities) {
      int id = entity.id();
      boolean isElsewhere = isHere != null && !isHere.test(id);
      nextNanos[id] = isElsewhere ? Long.MAX_VALUE : entity.nextNanos();
      earliestSendNanos[id] = isElsewhere ? Long.MAX_VALUE : entity.earliestSendNanos();
      if (here != null) {
        here[id] = !isElsewhere;
      }
    }
    return Behaviors.setup(context -> {
      @SuppressWarnings({"unchecked", "rawtypes"})
      ActorRef<EntityActor.Command>[] actors = new ActorRef[entities.size()];
      for (Entity entity : entities) {
        if (here == null || here[entity.id()]) {
          actors[entity.id()] =
              context.spawn(EntityActor.create(entity, actors, context.getSelf()), "entity-" + entity.id(), DISPATCHER);
        }
      }
      WindowCoordinator coordinator =
          new WindowCoordinator(nextNanos, earliestSendNanos, here, windowNanos, cutter, actors, monitor);
      return Behaviors.receiveMessage(coordinator::onMessage);
    });
  }

  private Behavior<Command> onMessage(Command command) {
    try {
      switch (command) {
        case Run next -> onRun(next);
        case Share share -> onShare(share);
      }
    } catch (Throwable t) {
      run.ended.completeExceptionally(t);
    }
    return Behaviors.same();
  }

  private void onRun(Run next) {
    run = next;
    outcome = null;
    for (EventBatch batch : next.injected) {
      file(batch, batch.destination(), batch.earliestNanos());
    }
    for (EventBatch batch : next.filed) {
      note(batch.destination(), batch.earliestNanos());
    }
    beginWindow();
  }

  private void beginWindow() {
    long start = wake.firstNanos();
    long limit = here == null ? Math.min(run.endNanos, stopAtNanos) : run.endNanos;
    if (start >= limit) {
      finish(endOfRun(start, limit));
      return;
    }
    windowEndNanos = promises.windowEndNanos(start, windowNanos, limit);
    send(wake.collectBefore(windowEndNanos, plan.ids), windowEndNanos);
  }

  private Outcome endOfRun(long start, long limit) {
    if (limit < Long.MAX_VALUE) {
      nowNanos = Math.max(nowNanos, limit);
    }
    Outcome outcome = Outcome.of(start, here == null ? stopAtNanos : Long.MAX_VALUE, run.endNanos);
    stopAtNanos = outcome == Outcome.STOPPED ? Long.MAX_VALUE : stopAtNanos;
    return outcome;
  }

  /** Leaves nothing under way: what has been sent so far is filed with its receivers, who run nothing. */
  private void finish(Outcome how) {
    outcome = how;
    if (!deliverAll()) {
      end();
    }
  }

  /** Has what is filed here delivered without running anything; false when there is nothing. */
  private boolean deliverAll() {
    int count = 0;
    for (int id = 0; id < filling.length; id++) {
      if (!filling[id].isEmpty()) {
        plan.ids[count++] = id;
      }
    }
    if (count > 0) {
      send(count, Share.DELIVER_ONLY);
    }
    return count > 0;
  }

  private void end() {
    Run ended = run;
    run = null;
    List<EventBatch> sent = outgoing;
    outgoing = new ArrayList<>();
    ended.ended.complete(
        new Ended(outcome, nowNanos, windows, wake.firstNanos(), promises.firstNanos(), stopAtNanos, sent));
  }

  private void send(int count, long endNanos) {
    sharesOut = cutter.shares(count);
    plan.begin(count, endNanos, sharesOut);
    for (int place = 0; place < count; place++) {
      int id = plan.ids[place];
      plan.inboxes[place] = filling[id];
      filling[id] = spare[id];
      spare[id] = null;
    }
    int sharesToSend = sharesOut;
    int first = lastOnThisThread(sharesToSend);
    // All take their first entity before any leaves, or the first could be through with all of them.
    for (int i = 0; i < sharesToSend; i++) {
      shares[i].begin();
    }
    monitor.windowBegins(windowEndNanos, plan, shares, sharesToSend);
    for (int i = 0; i < sharesToSend; i++) {
      shares[(first + i) % sharesToSend].go(actors);
    }
  }

  /** What is sent first stays on this thread, so that should be the share that was here before. */
  private int lastOnThisThread(int sharesToSend) {
    for (int i = 1; i < sharesToSend; i++) {
      if (shares[i].runner() == Thread.currentThread()) {
        return i;
      }
    }
    return 0;
  }

  private void onShare(Share share) {
    for (int i = 0; i < share.count; i++) {
      int place = share.places[i];
      int id = plan.ids[place];
      spare[id] = plan.inboxes[place];
      wake.update(id, Math.min(share.nextNanos[i], filling[id].earliestNanos()));
      promises.update(id, Math.min(share.earliestSendNanos[i], filling[id].earliestNanos()));
    }
    for (int i = 0; i < share.sentCount; i++) {
      file(share.sent[i], share.sentTo[i], share.sentEarliestNanos[i]);
      share.sent[i] = null;
    }
    stopAtNanos = Math.min(stopAtNanos, share.stopAtNanos);
    if (share.failure != null) {
      noteFailure(share);
    }
    cutter.learn(share);
    if (--sharesOut == 0) {
      endWindow();
    }
  }

  private void endWindow() {
    if (failure != null) {
      run.ended.completeExceptionally(failure);
      return;
    }
    if (outcome != null) {
      end();
      return;
    }
    if (inspecting) {
      inspect();
      return;
    }
    nowNanos = windowEndNanos;
    windows++;
    monitor.windowEnds(windows);
    if (run.inspector.isDue(windows)) {
      inspecting = deliverAll();
      if (!inspecting) {
        inspect();
      }
    } else {
      goOn();
    }
  }

  private void inspect() {
    inspecting = false;
    run.inspector.inspect(nowNanos);
    goOn();
  }

  private void goOn() {
    if (windows % PROGRESS_WINDOWS == 0 && !run.listener.onProgress(nowNanos, windows)) {
      finish(Outcome.CANCELLED);
    } else {
      beginWindow();
    }
  }

  private void file(EventBatch batch, int destination, long earliestNanos) {
    if (here != null && !here[destination]) {
      outgoing.add(batch);
      return;
    }
    filling[destination].add(batch, earliestNanos);
    note(destination, earliestNanos);
  }

  private void note(int destination, long earliestNanos) {
    if (earliestNanos < wake.nanosOf(destination)) {
      wake.update(destination, earliestNanos);
    }
    if (earliestNanos < promises.nanosOf(destination)) {
      promises.update(destination, earliestNanos);
    }
  }

  /** Of several failures in one window the lowest id's is reported, whichever thread came first. */
  private void noteFailure(Share share) {
    if (failure == null || share.failedId < failedId) {
      failedId = share.failedId;
      failure = new EntityFailedException(share.failedEntity, share.failure);
    }
  }
}
