package pinfold.cluster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import pinfold.engine.EventBatch;

/**
 * A part of one window: the grant for some of the awake entities, with what has been sent to them, travelling from one
 * to the next and collecting what they send, and at last back to the coordinator.
 *
 * <p>Whoever received it last owns it and forgets it when passing it on. The one exception is {@link #position}, which
 * the watchdog reads while the share is under way.
 */
final class Share implements EntityActor.Command, WindowCoordinator.Command {
  /** As {@link #endNanos}: file what was sent, run nothing. */
  static final long DELIVER_ONLY = Long.MIN_VALUE;

  private static final VarHandle POSITION;

  static {
    try {
      POSITION = MethodHandles.lookup().findVarHandle(Share.class, "position", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** End of the window, ns; {@link #DELIVER_ONLY} when entities are to file what they are sent and run nothing. */
  long endNanos;

  int[] ids = new int[16];
  long[] nextNanos = new long[16];
  long[] earliestSendNanos = new long[16];
  int count;

  /** By place in {@link #ids}: batches to file before running, in the order they are to be filed. */
  Inbox[] inboxes = new Inbox[16];

  EventBatch[] sent = new EventBatch[16];
  int[] sentTo = new int[16];
  long[] sentEarliestNanos = new long[16];
  int sentCount;

  long stopAtNanos;
  int failedPlace;
  String failedEntity;
  Throwable failure;

  /** Wall time from the first entity to the last, ns, for deciding how to cut the next window. */
  long startedAt;
  long busyNanos;

  private int position;
  private volatile Thread runner;

  void begin(long windowEndNanos) {
    endNanos = windowEndNanos;
    count = 0;
    sentCount = 0;
    stopAtNanos = Long.MAX_VALUE;
    runner = null;
  }

  /** Sends it off to its first entity. */
  void depart(ActorRef<EntityActor.Command>[] actors) {
    POSITION.setRelease(this, 0);
    actors[ids[0]].tell(this);
  }

  void add(int id) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, count * 2);
      nextNanos = Arrays.copyOf(nextNanos, count * 2);
      earliestSendNanos = Arrays.copyOf(earliestSendNanos, count * 2);
      inboxes = Arrays.copyOf(inboxes, count * 2);
    }
    ids[count] = id;
    count++;
  }

  /** Which of {@link #ids} has it now; {@link #count} when it is on its way back. */
  int position() {
    return (int) POSITION.getAcquire(this);
  }

  /** The thread that works on it, null when none has begun. */
  Thread runner() {
    return runner;
  }

  void startedHere() {
    runner = Thread.currentThread();
    startedAt = System.nanoTime();
  }

  /** Takes over the batches of the entity that has it. */
  void collect(List<EventBatch> batches) {
    for (int i = 0; i < batches.size(); i++) {
      EventBatch batch = batches.get(i);
      if (sentCount == sent.length) {
        sent = Arrays.copyOf(sent, sentCount * 2);
        sentTo = Arrays.copyOf(sentTo, sentCount * 2);
        sentEarliestNanos = Arrays.copyOf(sentEarliestNanos, sentCount * 2);
      }
      sent[sentCount] = batch;
      sentTo[sentCount] = batch.destination();
      sentEarliestNanos[sentCount] = batch.earliestNanos();
      sentCount++;
    }
  }

  /** Sends it on: to the next entity, or home after the last one or a failure. */
  void pass(ActorRef<EntityActor.Command>[] actors, ActorRef<WindowCoordinator.Command> coordinator) {
    int next = position + 1;
    if (next < count && failure == null) {
      POSITION.setRelease(this, next);
      actors[ids[next]].tell(this);
    } else {
      busyNanos = System.nanoTime() - startedAt;
      POSITION.setRelease(this, count);
      coordinator.tell(this);
    }
  }
}
