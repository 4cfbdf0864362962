package pinfold.kernel.check;

import java.util.List;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;

/**
 * A host that verifies its machine while it runs. On the sequential host after every window; any other host is run in slices of
 * simulated time and checked between them, which changes nothing about the result.
 *
 * @see CheckLevel
 */
public final class CheckedHost implements Host {
  /** Windows between two sweeps grow with what a sweep has to look at, so that checks cost a few times the run at most. */
  private static final int FOLIOS_PER_WINDOW = 1;
  private static final long FEWEST_WINDOWS = 64;
  private static final long FIRST_SLICE_NANOS = 10_000;

  private final Host inner;
  private final Invariants invariants;
  private final CheckLevel level;
  private final boolean everyWindow;
  private long windowsAtSweep;
  private long sliceNanos = FIRST_SLICE_NANOS;

  private CheckedHost(Host inner, Machine machine, CheckLevel level) {
    this.inner = inner;
    this.invariants = new Invariants(machine);
    this.level = level;
    this.everyWindow = inner instanceof SequentialHost;
    if (inner instanceof SequentialHost sequential) {
      sequential.afterWindow(this::afterWindow);
    }
  }

  /**
   * The host itself, or one that checks; to be made before anything runs.
   *
   * @param host runs the entities of {@code machine}
   */
  public static Host of(Host host, Machine machine, CheckLevel level) {
    return level == CheckLevel.OFF ? host : new CheckedHost(host, machine, level);
  }

  private void afterWindow() {
    if (level == CheckLevel.FULL || sweepIsDue()) {
      sweep();
    } else {
      invariants.checkTouched(inner.nowNanos());
    }
  }

  private boolean sweepIsDue() {
    return inner.windows() - windowsAtSweep >= Math.max(FEWEST_WINDOWS, invariants.lastSweepSize() / FOLIOS_PER_WINDOW);
  }

  private void sweep() {
    windowsAtSweep = inner.windows();
    invariants.sweep(inner.nowNanos());
  }

  @Override
  public Outcome runUntil(long endNanos) {
    Outcome outcome = everyWindow ? inner.runUntil(endNanos) : runInSlices(endNanos);
    sweep();
    return outcome;
  }

  private Outcome runInSlices(long endNanos) {
    for (;;) {
      long next = nextNanos();
      long from = next == Long.MAX_VALUE ? inner.nowNanos() : Math.max(inner.nowNanos(), next);
      long sliceEnd = from > endNanos - sliceNanos ? endNanos : from + sliceNanos;
      long before = inner.windows();
      Outcome outcome = inner.runUntil(sliceEnd);
      if (outcome != Outcome.END_TIME || sliceEnd == endNanos) {
        return outcome;
      }
      afterWindow();
      adaptSlice(inner.windows() - before);
    }
  }

  /** A slice is one window for a full check, else as many as pass between two sweeps. */
  private void adaptSlice(long windows) {
    long wanted = level == CheckLevel.FULL ? 1 : Math.max(FEWEST_WINDOWS, invariants.lastSweepSize() / FOLIOS_PER_WINDOW);
    if (windows > 2 * wanted) {
      sliceNanos = Math.max(1, sliceNanos / 2);
    } else if (windows < wanted) {
      sliceNanos = Math.min(2 * sliceNanos, Long.MAX_VALUE / 4);
    }
  }

  private long nextNanos() {
    long next = Long.MAX_VALUE;
    for (Entity entity : inner.entities()) {
      next = Math.min(next, entity.nextNanos());
    }
    return next;
  }

  @Override
  public void inject(List<EventBatch> batches) {
    inner.inject(batches);
  }

  @Override
  public long nowNanos() {
    return inner.nowNanos();
  }

  @Override
  public long windows() {
    return inner.windows();
  }

  @Override
  public List<? extends Entity> entities() {
    return inner.entities();
  }

  @Override
  public void onProgress(ProgressListener listener) {
    inner.onProgress(listener);
  }

  @Override
  public void close() {
    inner.close();
  }
}
