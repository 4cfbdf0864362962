package pinfold.cluster.testing;

import java.util.List;
import java.util.concurrent.Executor;
import pinfold.cluster.round.Part;
import pinfold.engine.EntityLoop;
import pinfold.engine.EventBatch;

/** A part without actors, which runs on the thread that has the rounds. */
public final class LoopPart implements Part {
  private final EntityLoop loop;
  private final Executor later;

  /** @param later says when the part is seen to have run; messages may arrive before */
  public LoopPart(EntityLoop loop, Executor later) {
    this.loop = loop;
    this.later = later;
  }

  @Override
  public long nextNanos() {
    return loop.nextNanos();
  }

  @Override
  public long earliestSendNanos() {
    return loop.earliestSendNanos();
  }

  @Override
  public long stopAtNanos() {
    return loop.stopAtNanos();
  }

  @Override
  public List<EventBatch> takeOutgoing() {
    return loop.takeOutgoing();
  }

  @Override
  public void deliver(EventBatch batch) {
    loop.deliver(batch);
  }

  @Override
  public void runUntil(long endNanos, Runnable then) {
    while (loop.nextNanos() < endNanos) {
      loop.runWindow(endNanos);
    }
    later.execute(then);
  }
}
