package pinfold.kernel.node;

import java.util.Arrays;

/** Bursts under way, by the time of their next element; ties by the seeded rank of their CPU. */
final class BurstAgenda {
  private Burst[] heap = new Burst[8];
  private int size;

  long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : heap[0].agendaNanos;
  }

  /** No burst sends anything before this instant. */
  long earliestSendNanos() {
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      earliest = Math.min(earliest, heap[i].earliestSendNanos());
    }
    return earliest;
  }

  void add(Burst burst, long nanos) {
    burst.agendaNanos = nanos;
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int i = size++;
    while (i > 0 && before(burst, heap[i - 1 >>> 1])) {
      heap[i] = heap[i - 1 >>> 1];
      i = i - 1 >>> 1;
    }
    heap[i] = burst;
  }

  Burst poll() {
    Burst first = heap[0];
    Burst last = heap[--size];
    heap[size] = null;
    int i = 0;
    for (int child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], last)) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    if (size > 0) {
      heap[i] = last;
    }
    return first;
  }

  private static boolean before(Burst a, Burst b) {
    return a.agendaNanos != b.agendaNanos ? a.agendaNanos < b.agendaNanos : a.rank < b.rank;
  }
}
