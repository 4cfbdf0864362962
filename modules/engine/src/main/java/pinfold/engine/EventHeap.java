package pinfold.engine;

import java.util.Arrays;

/** A binary heap of (time, slot) in the order of {@link EventQueue}. */
final class EventHeap {
  private final EventSlab slab;
  private long[] times = new long[8];
  private int[] slots = new int[8];
  private int size;

  EventHeap(EventSlab slab) {
    this.slab = slab;
  }

  int size() {
    return size;
  }

  /** {@link Long#MAX_VALUE} when empty. */
  long firstNanos() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  long nanos(int index) {
    return times[index];
  }

  int slot(int index) {
    return slots[index];
  }

  int firstSlot() {
    return slots[0];
  }

  boolean firstIsBefore(long time, int slot) {
    return times[0] < time || times[0] == time && slab.isBefore(slots[0], slot);
  }

  /** Time of some event, the one that {@link #removeLast} removes. */
  long lastNanos() {
    return times[size - 1];
  }

  int lastSlot() {
    return slots[size - 1];
  }

  void removeLast() {
    size--;
  }

  void add(long time, int slot) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      slots = Arrays.copyOf(slots, size * 2);
    }
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!isBefore(time, slot, parent)) {
        break;
      }
      times[i] = times[parent];
      slots[i] = slots[parent];
      i = parent;
    }
    times[i] = time;
    slots[i] = slot;
  }

  void removeFirst() {
    int last = --size;
    long time = times[last];
    int slot = slots[last];
    int i = 0;
    for (;;) {
      int child = 2 * i + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && isBefore(times[child + 1], slots[child + 1], child)) {
        child++;
      }
      if (isBefore(time, slot, child)) {
        break;
      }
      times[i] = times[child];
      slots[i] = slots[child];
      i = child;
    }
    times[i] = time;
    slots[i] = slot;
  }

  private boolean isBefore(long time, int slot, int other) {
    return time < times[other] || time == times[other] && slab.isBefore(slot, slots[other]);
  }
}
