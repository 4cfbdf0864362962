package pinfold.engine;

import java.util.List;

/** One loop, one thread: the reference that every other host must equal. */
public final class SequentialHost extends HostBase {
  private static final int PROGRESS_WINDOWS = 1 << 10;

  private final EntityLoop loop;

  /** @param windowNanos length of a window, at most the shortest link latency */
  public SequentialHost(List<? extends Entity> entities, long windowNanos) {
    super(entities);
    this.loop = new EntityLoop(this.entities, id -> true, windowNanos);
  }

  @Override
  public void inject(List<EventBatch> batches) {
    batches.forEach(loop::deliver);
  }

  @Override
  public Outcome runUntil(long endNanos) {
    for (;;) {
      long start = loop.nextNanos();
      long limit = Math.min(endNanos, loop.stopAtNanos());
      if (start >= limit) {
        return end(start, limit, endNanos);
      }
      nowNanos = loop.runWindow(limit);
      windows++;
      if (inspector.isDue(windows)) {
        inspector.inspect(nowNanos);
      }
      if (windows % PROGRESS_WINDOWS == 0 && !listener.onProgress(nowNanos, windows)) {
        return Outcome.CANCELLED;
      }
    }
  }

  private Outcome end(long start, long limit, long endNanos) {
    if (limit < Long.MAX_VALUE) {
      nowNanos = Math.max(nowNanos, limit);
    }
    Outcome outcome = Outcome.of(start, loop.stopAtNanos(), endNanos);
    if (outcome == Outcome.STOPPED) {
      loop.forgetStop();
    }
    return outcome;
  }
}
