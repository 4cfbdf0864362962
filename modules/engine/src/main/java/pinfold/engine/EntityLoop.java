package pinfold.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Some of a run's entities, or all, window by window on one thread. What they send to entities that are not among them is put aside
 * for whoever has those.
 */
public final class EntityLoop {
  private final List<Entity> entities;
  private final boolean[] here;
  private final Outbox[] outboxes;
  private final long windowNanos;
  private final WakeTimes wake;
  private final WakeTimes promises;
  private final int[] awake;
  private final List<EventBatch> inFlight = new ArrayList<>();
  private List<EventBatch> outgoing = new ArrayList<>();
  private long stopAtNanos = Long.MAX_VALUE;
  private long windows;

  /**
   * @param entities all of the run, by id
   * @param isHere which of them run in this loop
   * @param windowNanos length of a window, at most the shortest link between entities of this loop
   */
  public EntityLoop(List<? extends Entity> entities, IntPredicate isHere, long windowNanos) {
    this.entities = Entity.byId(entities);
    this.windowNanos = windowNanos;
    this.here = new boolean[entities.size()];
    this.outboxes = new Outbox[here.length];
    this.wake = new WakeTimes(here.length);
    this.promises = new WakeTimes(here.length);
    this.awake = new int[here.length];
    for (int id = 0; id < here.length; id++) {
      here[id] = isHere.test(id);
      if (here[id]) {
        outboxes[id] = new Outbox(id);
        note(entities.get(id));
      }
    }
  }

  private void note(Entity entity) {
    wake.update(entity.id(), entity.nextNanos());
    promises.update(entity.id(), entity.earliestSendNanos());
  }

  /** When somebody here has something to do next, {@link Long#MAX_VALUE} when nobody has. */
  public long nextNanos() {
    return wake.firstNanos();
  }

  /** No message leaves this loop before this instant unless one reaches it first. */
  public long earliestSendNanos() {
    return promises.firstNanos();
  }

  /** The earliest end of the run that somebody here asked for and {@link #forgetStop} has not taken back. */
  public long stopAtNanos() {
    return stopAtNanos;
  }

  void forgetStop() {
    stopAtNanos = Long.MAX_VALUE;
  }

  /** Files a batch with its receiver, which must be here. */
  public void deliver(EventBatch batch) {
    int to = batch.destination();
    entities.get(to).deliver(batch);
    if (batch.earliestNanos() < wake.nanosOf(to)) {
      wake.update(to, batch.earliestNanos());
    }
    if (batch.earliestNanos() < promises.nanosOf(to)) {
      promises.update(to, batch.earliestNanos());
    }
  }

  /** Runs one window, which ends before or at {@code limitNanos}, and returns its end; somebody must have something to do. */
  public long runWindow(long limitNanos) {
    long endNanos = promises.windowEndNanos(wake.firstNanos(), windowNanos, limitNanos);
    int count = wake.collectBefore(endNanos, awake);
    for (int i = 0; i < count; i++) {
      int id = awake[i];
      Outbox outbox = outboxes[id];
      outbox.begin(endNanos);
      Entity entity = entities.get(id);
      entity.runWindow(endNanos, outbox);
      inFlight.addAll(outbox.batches());
      stopAtNanos = Math.min(stopAtNanos, outbox.stopAtNanos());
      note(entity);
    }
    for (EventBatch batch : inFlight) {
      if (here[batch.destination()]) {
        deliver(batch);
      } else {
        outgoing.add(batch);
      }
    }
    inFlight.clear();
    windows++;
    return endNanos;
  }

  /** Windows run so far. */
  public long windows() {
    return windows;
  }

  /** What was sent to entities elsewhere since the last call, in the order in which it must be delivered. */
  public List<EventBatch> takeOutgoing() {
    List<EventBatch> taken = outgoing;
    outgoing = new ArrayList<>();
    return taken;
  }
}
