package pinfold.engine;

import java.util.Arrays;

/**
 * Sorts a run of events into the order of {@link EventQueue}: dealt into as many buckets of time as there are events, then
 * put right by insertion, which finds nearly everything in place. Where times crowd together, by merging instead.
 */
final class RunSorter {
  private static final int FEW = 16;

  /** More events than this in one bucket are not sorted by insertion. */
  private static final int CROWD = 24;

  private final EventSlab slab;

  /** The events to sort; filled by the caller. */
  long[] times = new long[FEW];

  int[] slots = new int[FEW];

  private int[] starts = new int[FEW];

  RunSorter(EventSlab slab) {
    this.slab = slab;
  }

  void ensure(int count) {
    if (count > times.length) {
      int capacity = Math.max(count, times.length * 2);
      times = new long[capacity];
      slots = new int[capacity];
    }
  }

  /** Sorts the first {@code count} events, none of which is later than {@code lastNanos}, into the given arrays. */
  void sortInto(long[] intoTimes, int[] intoSlots, int count, long lastNanos) {
    if (count > FEW && deal(intoTimes, intoSlots, count, lastNanos)) {
      insert(intoTimes, intoSlots, 0, count);
      return;
    }
    System.arraycopy(times, 0, intoTimes, 0, count);
    System.arraycopy(slots, 0, intoSlots, 0, count);
    mergeSort(intoTimes, intoSlots, 0, count);
  }

  /** Deals the events into buckets; false when one would be crowded. */
  private boolean deal(long[] intoTimes, int[] intoSlots, int count, long lastNanos) {
    long first = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, times[i]);
    }
    long span = lastNanos - first;
    if (span < 0) {
      return false;
    }
    int shift = Math.max(0, Long.numberOfLeadingZeros(count) - Long.numberOfLeadingZeros(span));
    int buckets = (int) (span >>> shift) + 1;
    if (starts.length <= buckets) {
      starts = new int[Math.max(buckets + 1, starts.length * 2)];
    }
    Arrays.fill(starts, 0, buckets + 1, 0);
    for (int i = 0; i < count; i++) {
      starts[(int) (times[i] - first >>> shift) + 1]++;
    }
    for (int bucket = 1; bucket <= buckets; bucket++) {
      if (starts[bucket] > CROWD) {
        return false;
      }
      starts[bucket] += starts[bucket - 1];
    }
    for (int i = 0; i < count; i++) {
      int at = starts[(int) (times[i] - first >>> shift)]++;
      intoTimes[at] = times[i];
      intoSlots[at] = slots[i];
    }
    return true;
  }

  private void mergeSort(long[] sortTimes, int[] sortSlots, int from, int to) {
    if (to - from <= FEW) {
      insert(sortTimes, sortSlots, from, to);
      return;
    }
    int middle = from + to >>> 1;
    mergeSort(sortTimes, sortSlots, from, middle);
    mergeSort(sortTimes, sortSlots, middle, to);
    System.arraycopy(sortTimes, from, times, from, middle - from);
    System.arraycopy(sortSlots, from, slots, from, middle - from);
    int left = from;
    int right = middle;
    for (int at = from; left < middle; at++) {
      if (right < to && isBefore(sortTimes[right], sortSlots[right], times[left], slots[left])) {
        sortTimes[at] = sortTimes[right];
        sortSlots[at] = sortSlots[right++];
      } else {
        sortTimes[at] = times[left];
        sortSlots[at] = slots[left++];
      }
    }
  }

  private void insert(long[] sortTimes, int[] sortSlots, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long time = sortTimes[i];
      int slot = sortSlots[i];
      int at = i;
      while (at > from && isBefore(time, slot, sortTimes[at - 1], sortSlots[at - 1])) {
        sortTimes[at] = sortTimes[at - 1];
        sortSlots[at] = sortSlots[at - 1];
        at--;
      }
      sortTimes[at] = time;
      sortSlots[at] = slot;
    }
  }

  private boolean isBefore(long time, int slot, long otherTime, int otherSlot) {
    return time < otherTime || time == otherTime && slab.isBefore(slot, otherSlot);
  }
}
