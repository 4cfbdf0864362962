package pinfold.cluster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Outbox;

/**
 * A part of one window: the grant for some of the awake entities, which it takes from the window's plan one after the other,
 * travelling from one to the next and collecting what they send, and at last back to the coordinator.
 *
 * <p>Whoever received it last owns it and forgets it when passing it on. The one exception is {@link #place}, which the
 * watchdog reads while the share is under way.
 */
final class Share implements EntityActor.Command, WindowCoordinator.Command {
  /** As {@link WindowPlan#endNanos}: file what was sent, run nothing. */
  static final long DELIVER_ONLY = Long.MIN_VALUE;

  /** As {@link #place}: on its way back. */
  static final int BACK = Integer.MAX_VALUE;

  private static final VarHandle PLACE;

  static {
    try {
      PLACE = MethodHandles.lookup().findVarHandle(Share.class, "place", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final WindowPlan plan;

  /** Places in the plan that it has been to, and when their entities have something to do and to send next. */
  int[] places = new int[16];
  long[] nextNanos = new long[16];
  long[] earliestSendNanos = new long[16];
  int count;

  EventBatch[] sent = new EventBatch[16];
  int[] sentTo = new int[16];
  long[] sentEarliestNanos = new long[16];
  int sentCount;

  long stopAtNanos;
  int failedId;
  String failedEntity;
  Throwable failure;

  /** Wall time from the first entity to the last, ns, for deciding how to cut the next window. */
  long busyNanos;

  private final int number;
  private long startedAt;
  private int place = BACK;
  private volatile Thread runner;

  /** @param number which part of the plan is its own */
  Share(WindowPlan plan, int number) {
    this.number = number;
    this.plan = plan;
  }

  /** Empties it and takes its first entity. */
  void begin() {
    count = 0;
    sentCount = 0;
    stopAtNanos = Long.MAX_VALUE;
    runner = null;
    PLACE.setRelease(this, plan.take(number));
  }

  /** Sends it to the entity that it took. */
  void go(ActorRef<EntityActor.Command>[] actors) {
    actors[plan.ids[place]].tell(this);
  }

  /** Place in the plan of the entity that has it now; {@link #BACK} when it is on its way back. */
  int place() {
    return (int) PLACE.getAcquire(this);
  }

  /** The thread that works on it, or did in the last window that it was in; null when none has begun. */
  Thread runner() {
    return runner;
  }

  /** Files what was sent to the entity that has it, lets it run, and takes over what it sends. */
  void visit(Entity entity, Outbox outbox) {
    if (count == 0) {
      runner = Thread.currentThread();
      startedAt = System.nanoTime();
    }
    try {
      plan.inboxes[place].deliverTo(entity);
      if (plan.endNanos != DELIVER_ONLY) {
        outbox.begin(plan.endNanos);
        entity.runWindow(plan.endNanos, outbox);
        collect(outbox.batches());
        stopAtNanos = Math.min(stopAtNanos, outbox.stopAtNanos());
      }
      note(entity.nextNanos(), entity.earliestSendNanos());
    } catch (Throwable t) {
      note(Long.MAX_VALUE, Long.MAX_VALUE);
      failedId = entity.id();
      failedEntity = entity.name();
      failure = t;
    }
  }

  private void note(long entityNextNanos, long entityEarliestSendNanos) {
    if (count == places.length) {
      places = Arrays.copyOf(places, count * 2);
      nextNanos = Arrays.copyOf(nextNanos, count * 2);
      earliestSendNanos = Arrays.copyOf(earliestSendNanos, count * 2);
    }
    places[count] = place;
    nextNanos[count] = entityNextNanos;
    earliestSendNanos[count] = entityEarliestSendNanos;
    count++;
  }

  private void collect(List<EventBatch> batches) {
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

  /** Sends it on: to the next entity that nobody has, or home when there is none or after a failure. */
  void pass(ActorRef<EntityActor.Command>[] actors, ActorRef<WindowCoordinator.Command> coordinator) {
    int next = failure == null ? plan.take(number) : plan.count;
    if (next < plan.count) {
      PLACE.setRelease(this, next);
      go(actors);
    } else {
      busyNanos = System.nanoTime() - startedAt;
      PLACE.setRelease(this, BACK);
      coordinator.tell(this);
    }
  }
}
