package pinfold.cluster.round;

import java.util.List;
import pinfold.engine.EventBatch;

/** The entities of one member, as the rounds see them. Used by one thread at a time. */
public interface Part {
  /** When somebody here has something to do next, ns; {@link Long#MAX_VALUE} when nobody has. */
  long nextNanos();

  /** No message leaves this part before this instant, ns, unless one reaches it first. */
  long earliestSendNanos();

  /** The earliest end of the run that somebody here asked for, ns; {@link Long#MAX_VALUE} when nobody did. */
  long stopAtNanos();

  /** What was sent to entities elsewhere since the last call. */
  List<EventBatch> takeOutgoing();

  /** Files a batch with its receiver, which must be here; only while nothing runs. */
  void deliver(EventBatch batch);

  /**
   * Runs everything that happens here before an instant. Nothing else may be called until {@code then} is, which may be before this
   * returns or later, by the thread that has the rounds then.
   */
  void runUntil(long endNanos, Runnable then);
}
