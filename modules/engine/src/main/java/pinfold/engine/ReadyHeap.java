package pinfold.engine;

import java.util.Arrays;

/** Entities by the time of their next work: an indexed binary heap, so that one update costs a few comparisons. */
public final class ReadyHeap {
  private final long[] nanos;
  private final int[] heap;
  private final int[] position;

  public ReadyHeap(int entities) {
    nanos = new long[entities];
    heap = new int[entities];
    position = new int[entities];
    Arrays.fill(nanos, Long.MAX_VALUE);
    for (int i = 0; i < entities; i++) {
      heap[i] = i;
      position[i] = i;
    }
  }

  public long firstNanos() {
    return heap.length == 0 ? Long.MAX_VALUE : nanos[heap[0]];
  }

  public int firstId() {
    return heap[0];
  }

  public void update(int id, long nextNanos) {
    long before = nanos[id];
    nanos[id] = nextNanos;
    if (nextNanos < before) {
      siftUp(position[id]);
    } else if (nextNanos > before) {
      siftDown(position[id]);
    }
  }

  private void siftUp(int i) {
    int id = heap[i];
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (nanos[heap[parent]] <= nanos[id]) {
        break;
      }
      place(heap[parent], i);
      i = parent;
    }
    place(id, i);
  }

  private void siftDown(int i) {
    int id = heap[i];
    for (;;) {
      int child = 2 * i + 1;
      if (child >= heap.length) {
        break;
      }
      if (child + 1 < heap.length && nanos[heap[child + 1]] < nanos[heap[child]]) {
        child++;
      }
      if (nanos[heap[child]] >= nanos[id]) {
        break;
      }
      place(heap[child], i);
      i = child;
    }
    place(id, i);
  }

  private void place(int id, int i) {
    heap[i] = id;
    position[id] = i;
  }
}
