package pinfold.kernel.zone;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;

/** A mutex that is one for the machine, given in order of arrival. Its owners are tasks: entity &lt;&lt; 32 | task. */
final class MachineMutex {
  /** Who has it, and behind it who waits. */
  private final Deque<Long> owners = new ArrayDeque<>();

  /** Takes it or waits for it; returns whether it is the task's now. */
  boolean lock(long task) {
    owners.add(task);
    return owners.size() == 1;
  }

  boolean tryLock(long task) {
    return owners.isEmpty() && lock(task);
  }

  /** Gives it back; returns who has it now, -1 if nobody. */
  long unlock() {
    owners.remove();
    return owners.isEmpty() ? -1 : owners.peek();
  }

  /** Who waits for whom, empty when nobody waits. */
  String waiting(String name, IntUnaryOperator cpuOfEntity) {
    return owners.size() < 2 ? "" : owners.size() - 1 + " tasks wait for " + name + ", which cpu"
        + cpuOfEntity.applyAsInt((int) (owners.peek() >>> 32)) + " task " + owners.peek().intValue() + " has";
  }

  void forEach(LongConsumer task) {
    owners.forEach(task::accept);
  }
}
