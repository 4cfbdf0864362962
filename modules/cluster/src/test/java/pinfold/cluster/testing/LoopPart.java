package pinfold.cluster.testing;

import java.util.List;
import pinfold.cluster.round.Part;
import pinfold.engine.EntityLoop;
import pinfold.engine.EventBatch;

/** A part without actors, which runs on the thread that has the rounds. */
public final class LoopPart implements Part {
  private final EntityLoop loop;

  public LoopPart(EntityLoop loop) {
    this.loop = loop;
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
    then.run();
  }
}
