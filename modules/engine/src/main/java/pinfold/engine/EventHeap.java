package pinfold.engine;

import java.util.Arrays;

/** A binary heap of (time, reference) in the order of {@link EventQueue}. */
final class EventHeap {
  private final BatchTable table;
  private long[] times = new long[8];
  private long[] refs = new long[8];
  private int size;

  EventHeap(BatchTable table) {
    this.table = table;
  }

  int size() {
    return size;
  }

  /** {@link Long#MAX_VALUE} when empty. */
  long firstNanos() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  long firstRef() {
    return refs[0];
  }

  boolean firstIsBefore(long time, long ref) {
    return times[0] < time || times[0] == time && table.isBefore(refs[0], ref);
  }

  /** Time of some event, the one that {@link #removeLast} removes. */
  long lastNanos() {
    return times[size - 1];
  }

  long lastRef() {
    return refs[size - 1];
  }

  void removeLast() {
    size--;
  }

  void add(long time, long ref) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      refs = Arrays.copyOf(refs, size * 2);
    }
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!isBefore(time, ref, parent)) {
        break;
      }
      times[i] = times[parent];
      refs[i] = refs[parent];
      i = parent;
    }
    times[i] = time;
    refs[i] = ref;
  }

  void removeFirst() {
    int last = --size;
    long time = times[last];
    long ref = refs[last];
    int i = 0;
    for (;;) {
      int child = 2 * i + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && isBefore(times[child + 1], refs[child + 1], child)) {
        child++;
      }
      if (isBefore(time, ref, child)) {
        break;
      }
      times[i] = times[child];
      refs[i] = refs[child];
      i = child;
    }
    times[i] = time;
    refs[i] = ref;
  }

  private boolean isBefore(long time, long ref, int other) {
    return time < times[other] || time == times[other] && table.isBefore(ref, refs[other]);
  }
}
