package pinfold.kernel.mm;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.StateHash;

/**
 * What an mm knows of its end by the OOM killer (signal->oom_mm, mm_users; mm/oom_kill.c, 6.12): that it was chosen, how many tasks
 * have yet to leave it, and that nothing is mapped any more (MMF_OOM_SKIP), so that the OOM killer may choose another. The last task to
 * leave takes it down.
 *
 * <p>A task may leave before it is known how many there are. It has to wait for that.
 *
 * @param <T> a task that leaves, as whoever answers it knows it
 */
final class OomVictim<T> {
  private final List<T> early = new ArrayList<>();
  private boolean chosen;
  private boolean counted;
  private boolean gone;
  private int tasks;

  /** Whether it was chosen and still has memory, so that no other is to be chosen. */
  boolean isPending() {
    return chosen && !gone;
  }

  void choose() {
    chosen = true;
  }

  /** So many tasks were told to leave; returns those that did so already, in order. The last of them may be the last of all. */
  List<T> count(int told) {
    counted = true;
    tasks = told;
    List<T> left = List.copyOf(early);
    early.clear();
    return left;
  }

  /** Whether a task that leaves can be answered now; else it is among those that {@link #count} returns. */
  boolean mayLeave(T task) {
    if (!counted) {
      early.add(task);
    }
    return counted;
  }

  /** A task leaves, once the number is known; returns whether it is the last. Who comes when all have left is none. */
  boolean leave() {
    return --tasks == 0;
  }

  void setGone() {
    gone = true;
  }

  /** Adds nothing while it was not chosen. */
  void hashState(StateHash hash) {
    if (chosen) {
      hash.add(gone ? 1 : 0).add(tasks).add(early.size());
    }
  }
}
