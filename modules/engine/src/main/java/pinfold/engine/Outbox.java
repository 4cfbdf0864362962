package pinfold.engine;

import java.util.ArrayList;
import java.util.List;

/** What one entity sends in one window: at most one batch per receiver, and perhaps the wish that the run end. */
public final class Outbox {
  private final int origin;
  private final List<EventBatch> batches = new ArrayList<>();
  private EventBatch[] byDestination = new EventBatch[16];
  private long windowEndNanos;
  private long stopAtNanos = Long.MAX_VALUE;

  public Outbox(int origin) {
    this.origin = origin;
  }

  /** Forgets the last window and opens the next, which ends at {@code windowEndNanos}. */
  public void begin(long windowEndNanos) {
    for (EventBatch batch : batches) {
      byDestination[batch.destination()] = null;
    }
    batches.clear();
    this.windowEndNanos = windowEndNanos;
    stopAtNanos = Long.MAX_VALUE;
  }

  /** Opens an event to {@code destination}; fill it and {@link EventBatch#close()} it before opening another. */
  public EventBatch open(int destination, long timeNanos, int kind) {
    if (timeNanos < windowEndNanos) {
      throw new IllegalStateException("causality: entity " + origin + " sent an event for " + timeNanos + " ns to entity "
          + destination + " in the window that ends at " + windowEndNanos + " ns");
    }
    return batchFor(destination).open(timeNanos, kind);
  }

  /** Asks the host to end the run at exactly {@code timeNanos}: all before it happens, nothing at or after it. */
  public void stopAt(long timeNanos) {
    if (timeNanos < windowEndNanos) {
      throw new IllegalStateException("causality: stop asked for " + timeNanos + " ns in the window that ends at "
          + windowEndNanos + " ns");
    }
    stopAtNanos = Math.min(stopAtNanos, timeNanos);
  }

  /** The batches of this window, by first use; the host takes them over. */
  public List<EventBatch> batches() {
    return batches;
  }

  /** Earliest stop asked for, {@link Long#MAX_VALUE} when none. */
  public long stopAtNanos() {
    return stopAtNanos;
  }

  private EventBatch batchFor(int destination) {
    if (destination >= byDestination.length) {
      byDestination = java.util.Arrays.copyOf(byDestination, Math.max(destination + 1, byDestination.length * 2));
    }
    EventBatch batch = byDestination[destination];
    if (batch == null) {
      batch = new EventBatch(origin, destination);
      byDestination[destination] = batch;
      batches.add(batch);
    }
    return batch;
  }
}
