package pinfold.engine;

import java.util.List;

/**
 * Runs entities: delivers batches, decides when each runs its windows, and changes nothing about the result. All hosts
 * give bit-identical results at any parallelism and for any window no longer than the shortest link.
 */
public interface Host extends AutoCloseable {
  /** Puts events in from outside, as from an entity with the batch's origin; none may take effect before {@link #nowNanos()}. */
  void inject(List<EventBatch> batches);

  /**
   * Runs until nothing is left to do before {@code endNanos}, or an entity asked to stop, and says why it ended.
   *
   * @throws NoProgressException when the host waits for an entity that does not answer
   */
  Outcome runUntil(long endNanos);

  /** All events before this instant have happened. */
  long nowNanos();

  /** Windows run so far; skipped stretches do not count. */
  long windows();

  /** The entities, by id, for reading while no run is under way. */
  List<? extends Entity> entities();

  /** Called after windows, now and then, with the simulated time; used by progress displays and to cancel a run. */
  void onProgress(ProgressListener listener);

  /** Lets {@code inspector} look between windows, in place of the one before. */
  void inspectWith(Inspector inspector);

  @Override
  void close();

  /** Why a run ended. */
  enum Outcome {
    /** Nobody has anything left to do. */
    QUIESCENT,
    /** The end time was reached. */
    END_TIME,
    /** An entity asked for the end. */
    STOPPED,
    /** The progress listener asked for the end; the result is not a function of the seed. */
    CANCELLED;

    /**
     * Why a run ends between windows. A stop that was asked for and comes after the end time is something left to do.
     *
     * @param nextNanos when somebody has something to do next, {@link Long#MAX_VALUE} if nobody has
     * @param stopAtNanos when somebody asked to stop, {@link Long#MAX_VALUE} if nobody did
     */
    public static Outcome of(long nextNanos, long stopAtNanos, long endNanos) {
      if (stopAtNanos < Long.MAX_VALUE && stopAtNanos <= endNanos) {
        return STOPPED;
      }
      return nextNanos == Long.MAX_VALUE && stopAtNanos == Long.MAX_VALUE ? QUIESCENT : END_TIME;
    }
  }

  /** Told of progress; returns false to cancel the run. */
  @FunctionalInterface
  interface ProgressListener {
    boolean onProgress(long nowNanos, long windows);
  }

  /** Looks at the entities between windows, when nobody runs and all that was sent has reached its receiver; changes nothing. */
  interface Inspector {
    /** Never looks. */
    Inspector NONE = new Inspector() {
      @Override
      public boolean isDue(long windows) {
        return false;
      }

      @Override
      public void inspect(long nowNanos) {}
    };

    /** Asked after each window, when messages may still be under way. */
    boolean isDue(long windows);

    /** What it throws ends the run. */
    void inspect(long nowNanos);
  }

  /** A host that stopped getting answers: says who waits for whom. */
  final class NoProgressException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoProgressException(String message) {
      super(message);
    }
  }
}
