package pinfold.kernel.check;

import pinfold.engine.Host;
import pinfold.kernel.Machine;

/**
 * Verifies a machine while a host runs it. A violation ends the run with an {@link InvariantViolation}; nothing else about the
 * run changes.
 *
 * <p>Everybody is asked what they hold for each check, so checks of single folios wait for some windows: at most
 * {@value #MOST_WINDOWS}, and fewer when much is done in them.
 *
 * @see CheckLevel
 */
public final class MachineChecks implements Host.Inspector {
  private static final int MOST_WINDOWS = 256;
  private static final int ENOUGH_TO_CHECK = 2_000;
  /** A sweep is due when so many times as much was checked since the last one as it looked at. */
  private static final int CHECKED_PER_SWEEP = 4;

  private final Invariants invariants;
  private final CheckLevel level;
  private long windowsAtCheck;
  private long checkedAtSweep;
  private long nowWindows;

  private MachineChecks(Machine machine, CheckLevel level) {
    this.invariants = level == CheckLevel.OFF ? null : new Invariants(machine);
    this.level = level;
  }

  /**
   * Has a host check the machine; to be called before anything runs.
   *
   * @param host runs the entities of {@code machine}
   */
  public static MachineChecks of(Host host, Machine machine, CheckLevel level) {
    MachineChecks checks = new MachineChecks(machine, level);
    if (level != CheckLevel.OFF) {
      host.inspectWith(checks);
    }
    return checks;
  }

  @Override
  public boolean isDue(long windows) {
    nowWindows = windows;
    if (level == CheckLevel.FULL) {
      return true;
    }
    long waiting = invariants.toCheck();
    return waiting >= ENOUGH_TO_CHECK || waiting > 0 && windows - windowsAtCheck >= MOST_WINDOWS;
  }

  @Override
  public void inspect(long nowNanos) {
    windowsAtCheck = nowWindows;
    if (level == CheckLevel.FULL || invariants.checked() - checkedAtSweep > CHECKED_PER_SWEEP * invariants.lastSweepSize()) {
      sweep(nowNanos);
    } else {
      invariants.checkTouched(nowNanos);
    }
  }

  private void sweep(long nowNanos) {
    checkedAtSweep = invariants.checked();
    invariants.sweep(nowNanos);
  }

  /** Verifies everything once more, at the end of a run; only while no window runs. */
  public void finish(long nowNanos) {
    if (level != CheckLevel.OFF) {
      sweep(nowNanos);
    }
  }

  /** Decisions of the drain rule that were recomputed. */
  public long drainDecisions() {
    return level == CheckLevel.OFF ? 0 : invariants.drainDecisions();
  }
}
