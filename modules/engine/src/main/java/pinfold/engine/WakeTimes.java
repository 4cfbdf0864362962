package pinfold.engine;

import java.util.Arrays;

/**
 * When each entity has something to do next, as a tree of minima with sixteen children per node: who is awake in a
 * window is found by looking at the awake alone, however many sleep.
 */
public final class WakeTimes {
  private static final int FAN_BITS = 4;
  private static final int FAN = 1 << FAN_BITS;

  private final long[][] levels;

  public WakeTimes(int entities) {
    int depth = 2;
    for (int width = FAN; width < entities; width *= FAN) {
      depth++;
    }
    levels = new long[depth][];
    int width = Math.max(1, entities);
    for (int level = 0; level < depth; level++) {
      int padded = level == depth - 1 ? 1 : (width + FAN - 1) & -FAN;
      levels[level] = new long[padded];
      Arrays.fill(levels[level], Long.MAX_VALUE);
      width = padded >>> FAN_BITS;
    }
  }

  /** The earliest time of all, ns; {@link Long#MAX_VALUE} when everybody sleeps. */
  public long firstNanos() {
    return levels[levels.length - 1][0];
  }

  /** Time of one entity, ns. */
  public long nanosOf(int id) {
    return levels[0][id];
  }

  /** Sets the time of one entity, ns. */
  public void update(int id, long nextNanos) {
    long before = levels[0][id];
    long now = nextNanos;
    levels[0][id] = now;
    int node = id;
    for (int level = 1; level < levels.length; level++) {
      node >>>= FAN_BITS;
      long least = levels[level][node];
      if (now >= least) {
        if (before > least) {
          return;
        }
        now = leastBelow(level, node);
      }
      if (now == least) {
        return;
      }
      levels[level][node] = now;
      before = least;
    }
  }

  /**
   * Where a window that begins at {@code startNanos} may end when these are the times before which nobody sends anything: a
   * window's length after the first of them, and not beyond {@code limitNanos}.
   */
  public long windowEndNanos(long startNanos, long windowNanos, long limitNanos) {
    long silentUntilNanos = Math.max(startNanos, firstNanos());
    return silentUntilNanos >= limitNanos - windowNanos ? limitNanos : silentUntilNanos + windowNanos;
  }

  /** Writes the ids of all entities whose time is before {@code endNanos} to {@code into}, ascending; returns how many. */
  public int collectBefore(long endNanos, int[] into) {
    return firstNanos() < endNanos ? collect(levels.length - 1, 0, endNanos, into, 0) : 0;
  }

  private int collect(int level, int node, long endNanos, int[] into, int found) {
    int count = found;
    long[] below = levels[level - 1];
    int from = node << FAN_BITS;
    for (int child = from; child < from + FAN; child++) {
      if (below[child] < endNanos) {
        if (level == 1) {
          into[count++] = child;
        } else {
          count = collect(level - 1, child, endNanos, into, count);
        }
      }
    }
    return count;
  }

  private long leastBelow(int level, int node) {
    long[] below = levels[level - 1];
    int end = (node + 1) << FAN_BITS;
    long a = Long.MAX_VALUE;
    long b = Long.MAX_VALUE;
    long c = Long.MAX_VALUE;
    long d = Long.MAX_VALUE;
    // Four minima side by side: in one, each comparison would wait for the one before it.
    for (int child = node << FAN_BITS; child < end; child += 4) {
      a = Math.min(a, below[child]);
      b = Math.min(b, below[child + 1]);
      c = Math.min(c, below[child + 2]);
      d = Math.min(d, below[child + 3]);
    }
    return Math.min(Math.min(a, b), Math.min(c, d));
  }
}
