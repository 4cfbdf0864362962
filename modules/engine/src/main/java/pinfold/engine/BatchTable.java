package pinfold.engine;

import java.util.Arrays;

/** The batches that still hold pending events of one queue, by slot; a slot is free again when its last event is taken. */
final class BatchTable {
  private final long seed;
  private EventBatch[] batches = new EventBatch[4];
  private int[] pending = new int[4];
  private long[] ranks = new long[4];
  private long[] filed = new long[4];
  private int[] free = {3, 2, 1, 0};
  private int freeCount = 4;
  private long nextFiled;

  BatchTable(long seed) {
    this.seed = seed;
  }

  /** The batch's slot, a new one when it has none. */
  int slotOf(EventBatch batch) {
    if (batch.slot >= 0) {
      return batch.slot;
    }
    if (freeCount == 0) {
      grow();
    }
    int slot = free[--freeCount];
    batches[slot] = batch;
    ranks[slot] = EventQueue.rank(seed, batch.origin());
    filed[slot] = nextFiled++;
    batch.slot = slot;
    return slot;
  }

  EventBatch batch(int slot) {
    return batches[slot];
  }

  void retain(int slot, int events) {
    pending[slot] += events;
  }

  void release(int slot) {
    if (--pending[slot] == 0) {
      batches[slot].slot = -1;
      batches[slot] = null;
      free[freeCount++] = slot;
    }
  }

  /** Which of two different events of the same time comes first: by rank of the origin, then as filed. */
  boolean isBefore(long ref, long other) {
    int slot = (int) (ref >>> 32);
    int otherSlot = (int) (other >>> 32);
    if (slot == otherSlot) {
      return (int) ref < (int) other;
    }
    if (ranks[slot] != ranks[otherSlot]) {
      return ranks[slot] < ranks[otherSlot];
    }
    return filed[slot] < filed[otherSlot];
  }

  private void grow() {
    int before = batches.length;
    int capacity = before * 2;
    batches = Arrays.copyOf(batches, capacity);
    pending = Arrays.copyOf(pending, capacity);
    ranks = Arrays.copyOf(ranks, capacity);
    filed = Arrays.copyOf(filed, capacity);
    free = new int[capacity];
    for (int slot = capacity - 1; slot >= before; slot--) {
      free[freeCount++] = slot;
    }
  }
}
