package pinfold.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One loop, one thread: the reference that every other host must equal. */
public final class SequentialHost implements Host {
  private static final int PROGRESS_WINDOWS = 1 << 10;

  private final List<Entity> entities;
  private final Outbox[] outboxes;
  private final long windowNanos;
  private final WakeTimes wake;
  private final WakeTimes promises;
  private final int[] awake;
  private final List<EventBatch> inFlight = new ArrayList<>();
  private long nowNanos;
  private long windows;
  private long stopAtNanos = Long.MAX_VALUE;
  private Inspector inspector = Inspector.NONE;
  private ProgressListener listener = (now, count) -> true;

  /** @param windowNanos length of a window, at most the shortest link latency */
  public SequentialHost(List<? extends Entity> entities, long windowNanos) {
    this.entities = List.copyOf(entities);
    this.windowNanos = windowNanos;
    this.outboxes = new Outbox[entities.size()];
    this.wake = new WakeTimes(entities.size());
    this.promises = new WakeTimes(entities.size());
    this.awake = new int[entities.size()];
    for (int i = 0; i < outboxes.length; i++) {
      if (entities.get(i).id() != i) {
        throw new IllegalArgumentException("entity at position " + i + " has id " + entities.get(i).id());
      }
      outboxes[i] = new Outbox(i);
      note(entities.get(i));
    }
  }

  private void note(Entity entity) {
    wake.update(entity.id(), entity.nextNanos());
    promises.update(entity.id(), entity.earliestSendNanos());
  }

  @Override
  public void inject(List<EventBatch> batches) {
    for (EventBatch batch : batches) {
      deliver(batch);
    }
  }

  @Override
  public Outcome runUntil(long endNanos) {
    for (;;) {
      long start = wake.firstNanos();
      long limit = Math.min(endNanos, stopAtNanos);
      if (start >= limit) {
        return end(start, limit, endNanos);
      }
      runWindow(promises.windowEndNanos(start, windowNanos, limit));
      if (windows % PROGRESS_WINDOWS == 0 && !listener.onProgress(nowNanos, windows)) {
        return Outcome.CANCELLED;
      }
    }
  }

  private Outcome end(long start, long limit, long endNanos) {
    if (limit < Long.MAX_VALUE) {
      nowNanos = Math.max(nowNanos, limit);
    }
    if (stopAtNanos < Long.MAX_VALUE && stopAtNanos <= endNanos) {
      stopAtNanos = Long.MAX_VALUE;
      return Outcome.STOPPED;
    }
    return start == Long.MAX_VALUE ? Outcome.QUIESCENT : Outcome.END_TIME;
  }

  private void runWindow(long endNanos) {
    int count = wake.collectBefore(endNanos, awake);
    for (int i = 0; i < count; i++) {
      int id = awake[i];
      Outbox outbox = outboxes[id];
      outbox.begin(endNanos);
      Entity entity = entities.get(id);
      entity.runWindow(endNanos, outbox);
      List<EventBatch> sent = outbox.batches();
      for (int b = 0; b < sent.size(); b++) {
        inFlight.add(sent.get(b));
      }
      stopAtNanos = Math.min(stopAtNanos, outbox.stopAtNanos());
      note(entity);
    }
    for (int i = 0; i < inFlight.size(); i++) {
      deliver(inFlight.get(i));
    }
    inFlight.clear();
    nowNanos = endNanos;
    windows++;
    if (inspector.isDue(windows)) {
      inspector.inspect(nowNanos);
    }
  }

  @Override
  public void inspectWith(Inspector newInspector) {
    inspector = newInspector;
  }

  private void deliver(EventBatch batch) {
    int to = batch.destination();
    entities.get(to).deliver(batch);
    if (batch.earliestNanos() < wake.nanosOf(to)) {
      wake.update(to, batch.earliestNanos());
    }
    if (batch.earliestNanos() < promises.nanosOf(to)) {
      promises.update(to, batch.earliestNanos());
    }
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  @Override
  public long windows() {
    return windows;
  }

  @Override
  public List<? extends Entity> entities() {
    return Collections.unmodifiableList(entities);
  }

  @Override
  public void onProgress(ProgressListener progressListener) {
    listener = progressListener;
  }

  @Override
  public void close() {}
}
