package pinfold.experiment.compare;

import java.util.List;
import java.util.Optional;
import pinfold.kernel.MachineReading;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.cpu.Errno;

/**
 * How one VM's start ended.
 *
 * @param ended false when the run was over first
 * @param result 0 or a negative errno; meaningless unless ended
 * @param startNanos simulated time when it began
 * @param endNanos when it had started or failed
 * @param pinCalls calls that pinned long-term
 * @param drainAlls lru_add_drain_all() calls that its pins made
 * @param migratedPages pages that its pins moved
 * @param failedPages pages that they could not move
 * @param failure the call that failed
 */
public record VmResult(String name, boolean ended, long result, long startNanos, long endNanos, int pinCalls, int drainAlls,
    long migratedPages, long failedPages, Optional<PinCall> failure) {
  /** The VM with this number: its tasks carry it as their label, its address space has it too. */
  static VmResult of(String name, int vm, MachineReading reading) {
    List<PinCall> calls = reading.pinCalls().stream().filter(call -> call.space() == vm).toList();
    Optional<TaskEnd> end = reading.taskEnds().stream().filter(task -> task.label() == vm).findFirst();
    return new VmResult(name, end.isPresent(), end.map(TaskEnd::result).orElse(0L), end.map(TaskEnd::startNanos).orElse(0L),
        end.map(TaskEnd::endNanos).orElse(0L), calls.size(), calls.stream().mapToInt(PinCall::allDrains).sum(),
        calls.stream().mapToLong(PinCall::migrated).sum(), calls.stream().mapToLong(PinCall::failed).sum(),
        calls.stream().filter(call -> call.outcome() < 0).findFirst());
  }

  /** Whether its pin went round and round without end. */
  public boolean livelocked() {
    return ended && result == -Errno.LIVELOCK;
  }

  public boolean started() {
    return ended && result == 0;
  }
}
