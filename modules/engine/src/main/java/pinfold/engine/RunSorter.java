package pinfold.engine;

import java.util.Arrays;

/**
 * Sorts a run of events into the order of {@link EventQueue}. Few are inserted one by one; of many, the times are packed
 * with their places into single longs, which sort several times faster than pairs, and equal times are put right after.
 */
final class RunSorter {
  private static final int FEW = 24;

  private final BatchTable table;
  private long[] keys = new long[FEW];
  private long[] moved = new long[FEW];

  RunSorter(BatchTable table) {
    this.table = table;
  }

  /** Sorts the first {@code count} pairs, none of which is later than {@code lastNanos}. */
  void sort(long[] times, long[] refs, int count, long lastNanos) {
    if (count > FEW) {
      if (keys.length < count) {
        keys = new long[times.length];
        moved = new long[times.length];
      }
      sortByTime(times, refs, count, lastNanos);
      sortEqualTimes(times, refs, count);
    } else {
      insert(times, refs, 0, count);
    }
  }

  private void sortByTime(long[] times, long[] refs, int count, long lastNanos) {
    int bits = 32 - Integer.numberOfLeadingZeros(count - 1);
    long first = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, times[i]);
    }
    long span = lastNanos - first;
    if (span < 0 || Long.numberOfLeadingZeros(span) <= bits) {
      mergeSort(times, refs, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      keys[i] = times[i] - first << bits | i;
    }
    Arrays.sort(keys, 0, count);
    System.arraycopy(refs, 0, moved, 0, count);
    int mask = (1 << bits) - 1;
    for (int i = 0; i < count; i++) {
      times[i] = first + (keys[i] >>> bits);
      refs[i] = moved[(int) keys[i] & mask];
    }
  }

  private void sortEqualTimes(long[] times, long[] refs, int count) {
    for (int from = 0; from < count - 1; from++) {
      if (times[from] == times[from + 1]) {
        int to = from + 2;
        while (to < count && times[to] == times[from]) {
          to++;
        }
        mergeSort(times, refs, from, to);
        from = to - 1;
      }
    }
  }

  private void mergeSort(long[] times, long[] refs, int from, int to) {
    if (to - from <= FEW) {
      insert(times, refs, from, to);
      return;
    }
    int middle = from + to >>> 1;
    mergeSort(times, refs, from, middle);
    mergeSort(times, refs, middle, to);
    System.arraycopy(times, from, keys, from, middle - from);
    System.arraycopy(refs, from, moved, from, middle - from);
    int left = from;
    int right = middle;
    for (int at = from; left < middle; at++) {
      if (right < to && isBefore(times[right], refs[right], keys[left], moved[left])) {
        times[at] = times[right];
        refs[at] = refs[right++];
      } else {
        times[at] = keys[left];
        refs[at] = moved[left++];
      }
    }
  }

  private void insert(long[] times, long[] refs, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long time = times[i];
      long ref = refs[i];
      int at = i;
      while (at > from && isBefore(time, ref, times[at - 1], refs[at - 1])) {
        times[at] = times[at - 1];
        refs[at] = refs[at - 1];
        at--;
      }
      times[at] = time;
      refs[at] = ref;
    }
  }

  private boolean isBefore(long time, long ref, long otherTime, long otherRef) {
    return time < otherTime || time == otherTime && table.isBefore(ref, otherRef);
  }
}
