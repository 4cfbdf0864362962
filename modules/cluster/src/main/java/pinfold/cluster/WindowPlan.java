package pinfold.cluster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who runs in one window, with what has been sent to them. The window's {@link Share}s take entities from it one after the other, so
 * that a thread that is done early takes more of them: the hosts' threads are busy to the end whatever an entity costs.
 *
 * <p>Written by the coordinator before the shares leave and after all are back; in between only {@link #take} changes it.
 */
final class WindowPlan {
  private static final VarHandle TAKEN;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(WindowPlan.class, "taken", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Entities that run, ascending; the first {@link #count} mean anything. */
  final int[] ids;

  /** By place in {@link #ids}: batches to file before running, in the order they are to be filed. */
  final Inbox[] inboxes;

  int count;

  /** End of the window, ns; {@link Share#DELIVER_ONLY} when entities are to file what they are sent and run nothing. */
  long endNanos;

  private int taken;

  WindowPlan(int entities) {
    ids = new int[entities];
    inboxes = new Inbox[entities];
  }

  void begin(int entities, long windowEndNanos) {
    count = entities;
    endNanos = windowEndNanos;
    TAKEN.setRelease(this, 0);
  }

  /** The next place that nobody has taken; {@link #count} or more when all are. */
  int take() {
    return (int) TAKEN.getAndAdd(this, 1);
  }

  /** How many places have been taken, for the watchdog. */
  int taken() {
    return Math.min((int) TAKEN.getAcquire(this), count);
  }
}
