package pinfold.experiment.compare;

import java.util.Optional;
import pinfold.kernel.Observer.PinCall;

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
  public boolean started() {
    return ended && result == 0;
  }
}
