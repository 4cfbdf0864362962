package pinfold.cluster;

import java.util.Arrays;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;

/** Batches on their way to one entity, in the order sent. Owned by the coordinator, lent to a {@link Share}. */
final class Inbox {
  private EventBatch[] batches = new EventBatch[8];
  private int size;
  private long earliestNanos = Long.MAX_VALUE;

  /** Earliest effect time, ns; {@link Long#MAX_VALUE} when empty. */
  long earliestNanos() {
    return earliestNanos;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(EventBatch batch, long batchEarliestNanos) {
    if (size == batches.length) {
      batches = Arrays.copyOf(batches, size * 2);
    }
    batches[size++] = batch;
    earliestNanos = Math.min(earliestNanos, batchEarliestNanos);
  }

  /** Hands everything to the entity and is empty afterwards. */
  void deliverTo(Entity entity) {
    for (int i = 0; i < size; i++) {
      entity.deliver(batches[i]);
      batches[i] = null;
    }
    size = 0;
    earliestNanos = Long.MAX_VALUE;
  }
}
