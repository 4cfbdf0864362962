package pinfold.cluster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who runs in one window, with what has been sent to them. Each of the window's {@link Share}s has a part of its own and takes entities
 * from the front of that one after the other, then from the back of the others' parts: the threads are busy to the end whatever an
 * entity costs, and most entities run on the thread, and find their data in the cache of the core, that had them before.
 *
 * <p>Written by the coordinator before the shares leave and after all are back; in between only {@link #take} changes it.
 */
final class WindowPlan {
  private static final VarHandle LEFT = MethodHandles.arrayElementVarHandle(long[].class);
  /** Longs from one share's part to the next: a cache line and the one fetched with it. */
  private static final int STRIDE = 16;
  private static final long ONE_FROM_THE_FRONT = 1L << 32;

  /** Entities that run, ascending; the first {@link #count} mean anything. */
  final int[] ids;

  /** By place in {@link #ids}: batches to file before running, in the order they are to be filed. */
  final Inbox[] inboxes;

  int count;

  /** End of the window, ns; {@link Share#DELIVER_ONLY} when entities are to file what they are sent and run nothing. */
  long endNanos;

  private int parts;
  /** By share, {@link #STRIDE} apart: the first place that nobody has taken in the upper half, the end of those in the lower. */
  private final long[] left;

  WindowPlan(int entities, int mostShares) {
    ids = new int[entities];
    inboxes = new Inbox[entities];
    left = new long[mostShares * STRIDE];
  }

  /** @param shares into how many parts the places are cut, from 1 to {@code mostShares}; each has at least one place */
  void begin(int entities, long windowEndNanos, int shares) {
    count = entities;
    endNanos = windowEndNanos;
    parts = shares;
    for (int share = 0; share < shares; share++) {
      long first = (long) count * share / shares;
      long end = (long) count * (share + 1) / shares;
      LEFT.setRelease(left, share * STRIDE, first * ONE_FROM_THE_FRONT + end);
    }
  }

  /** The next place for this share; {@link #count} when all are taken. */
  int take(int share) {
    for (int i = 0; i < parts; i++) {
      int at = (share + i) % parts * STRIDE;
      for (long seen = seen(at); first(seen) < end(seen); seen = seen(at)) {
        if (LEFT.compareAndSet(left, at, seen, i == 0 ? seen + ONE_FROM_THE_FRONT : seen - 1)) {
          return i == 0 ? first(seen) : end(seen) - 1;
        }
      }
    }
    return count;
  }

  /** Whether a place has been taken, for the watchdog. */
  boolean isTaken(int place) {
    for (int share = 0; share < parts; share++) {
      long seen = seen(share * STRIDE);
      if (first(seen) <= place && place < end(seen)) {
        return false;
      }
    }
    return true;
  }

  private long seen(int at) {
    return (long) LEFT.getAcquire(left, at);
  }

  private static int first(long seen) {
    return (int) (seen >>> 32);
  }

  private static int end(long seen) {
    return (int) seen;
  }
}
