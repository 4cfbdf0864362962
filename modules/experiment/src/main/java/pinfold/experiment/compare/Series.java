package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;

/** Counters over simulated time, read at fixed instants: part of the result, so the same on every host. */
public final class Series {
  /** What is sampled, in the order of the columns. */
  public static final List<VmCounter> COUNTERS = List.of(VmCounter.NR_FREE_PAGES, VmCounter.NR_FREE_CMA,
      VmCounter.NR_INACTIVE_ANON, VmCounter.NR_ACTIVE_ANON, VmCounter.NR_INACTIVE_FILE, VmCounter.NR_ACTIVE_FILE,
      VmCounter.NR_UNEVICTABLE, VmCounter.NR_MLOCK, VmCounter.NR_FOLL_PIN_ACQUIRED, VmCounter.NR_FOLL_PIN_RELEASED,
      VmCounter.PGFAULT, VmCounter.PGACTIVATE, VmCounter.PGMIGRATE_SUCCESS, VmCounter.PGMIGRATE_FAIL, VmCounter.LRU_ADD_DRAIN,
      VmCounter.LRU_ADD_DRAIN_ALL, VmCounter.CPUS_DRAINED, VmCounter.LRU_LOCK_WAIT_NANOS, VmCounter.PAGE_OPERATIONS,
      VmCounter.LRU_ADD_LOCK_WAIT_NANOS, VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS, VmCounter.PGFREE);

  private final List<long[]> rows = new ArrayList<>();

  /** Names of the columns: the time, then the counters. */
  public static List<String> header() {
    List<String> header = new ArrayList<>(List.of("time_ns"));
    COUNTERS.forEach(counter -> header.add(counter.statName()));
    return header;
  }

  void sample(long nowNanos, Counters counters) {
    long[] row = new long[1 + COUNTERS.size()];
    row[0] = nowNanos;
    for (int i = 0; i < COUNTERS.size(); i++) {
      row[i + 1] = counters.get(COUNTERS.get(i));
    }
    rows.add(row);
  }

  /** The row that was taken last. */
  List<Long> lastRow() {
    return row(rows.getLast());
  }

  private static List<Long> row(long[] row) {
    return Arrays.stream(row).boxed().toList();
  }

  /** How much a counter grew a second from an instant, or the last row before it, to the end. */
  double perSecond(VmCounter counter, long fromNanos) {
    int column = 1 + COUNTERS.indexOf(counter);
    long[] first = new long[1 + COUNTERS.size()];
    for (long[] row : rows) {
      first = row[0] <= fromNanos ? row : first;
    }
    long[] last = rows.getLast();
    return (last[column] - first[column]) * 1e9 / (last[0] - first[0]);
  }

  /** A row per instant. */
  public List<List<Long>> rows() {
    return rows.stream().map(Series::row).toList();
  }
}
