package pinfold.cluster.checkpoint;

import java.time.Duration;

/** How often checkpoints are written. */
public final class CheckpointPace {
  /** Wall time between the end of one checkpoint and the next, unless told otherwise. */
  public static final Duration DEFAULT = Duration.ofSeconds(10);

  /** So many times what a checkpoint took passes until the next: writing them takes at most 5 % of the wall time. */
  private static final int LEAST_TIMES_SAVING = 20;

  private CheckpointPace() {}

  /** Wall time from the end of a checkpoint to the next, ns; longer than asked for where they are expensive. */
  public static long nextNanos(long askedNanos, long lastTookNanos) {
    return Math.max(askedNanos, LEAST_TIMES_SAVING * lastTookNanos);
  }
}
