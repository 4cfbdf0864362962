package pinfold.kernel.zone;

import pinfold.engine.StateHash;

/** A list of page frame numbers with two ends, in a ring that grows. */
final class PfnDeque {
  private int[] ring = new int[16];
  private int first;
  private int size;

  int size() {
    return size;
  }

  void addFirst(int pfn) {
    ensureRoom();
    first = (first - 1) & (ring.length - 1);
    ring[first] = pfn;
    size++;
  }

  void addLast(int pfn) {
    ensureRoom();
    ring[(first + size) & (ring.length - 1)] = pfn;
    size++;
  }

  /** Takes the first; the list must not be empty. */
  int pollFirst() {
    int pfn = ring[first];
    first = (first + 1) & (ring.length - 1);
    size--;
    return pfn;
  }

  /** Takes the last; the list must not be empty. */
  int pollLast() {
    size--;
    return ring[(first + size) & (ring.length - 1)];
  }

  int get(int index) {
    return ring[(first + index) & (ring.length - 1)];
  }

  void hashState(StateHash hash) {
    hash.add(size);
    for (int i = 0; i < size; i++) {
      hash.add(ring[(first + i) & (ring.length - 1)]);
    }
  }

  private void ensureRoom() {
    if (size == ring.length) {
      int[] larger = new int[ring.length * 2];
      for (int i = 0; i < size; i++) {
        larger[i] = ring[(first + i) & (ring.length - 1)];
      }
      ring = larger;
      first = 0;
    }
  }
}
