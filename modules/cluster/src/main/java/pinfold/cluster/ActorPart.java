package pinfold.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import pinfold.cluster.round.Part;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;

/**
 * A member's entities as actors, one each, children of the actor that has the rounds. That actor alone calls this, and may read its
 * entities while nothing runs.
 */
public final class ActorPart implements Part {
  private final List<Entity> entities;
  private final Consumer<Runnable> owner;
  private final ActorRef<WindowCoordinator.Command> coordinator;
  private List<EventBatch> filed = new ArrayList<>();
  private List<EventBatch> outgoing = new ArrayList<>();
  private long nextNanos = Long.MAX_VALUE;
  private long earliestSendNanos = Long.MAX_VALUE;
  private long stopAtNanos = Long.MAX_VALUE;
  private long windows;

  /**
   * @param context of the actor that has the rounds
   * @param entities all of the run, by id
   * @param isHere which of them run in this part
   * @param windowNanos length of a window, at most the shortest link between entities of this part
   * @param threads of {@code dispatcher}, into so many shares a window may go
   * @param dispatcher name of the dispatcher for the actors
   * @param owner has what it is given run by the actor that has the rounds
   */
  public ActorPart(ActorContext<?> context, List<Entity> entities, IntPredicate isHere, long windowNanos, int threads,
      String dispatcher, Consumer<Runnable> owner) {
    this.entities = entities;
    this.owner = owner;
    for (Entity entity : entities) {
      if (isHere.test(entity.id())) {
        nextNanos = Math.min(nextNanos, entity.nextNanos());
        earliestSendNanos = Math.min(earliestSendNanos, entity.earliestSendNanos());
      }
    }
    this.coordinator = context.spawn(
        WindowCoordinator.create(entities, isHere, windowNanos, new ShareCutter(threads, ShareCutter.SHARE_NANOS),
            new RunMonitor(entities)),
        "windows", DispatcherSelector.fromConfig(dispatcher));
  }

  @Override
  public long nextNanos() {
    return nextNanos;
  }

  @Override
  public long earliestSendNanos() {
    return earliestSendNanos;
  }

  @Override
  public long stopAtNanos() {
    return stopAtNanos;
  }

  /** Windows run so far. */
  public long windows() {
    return windows;
  }

  @Override
  public List<EventBatch> takeOutgoing() {
    List<EventBatch> taken = outgoing;
    outgoing = new ArrayList<>();
    return taken;
  }

  @Override
  public void deliver(EventBatch batch) {
    entities.get(batch.destination()).deliver(batch);
    filed.add(batch);
    nextNanos = Math.min(nextNanos, batch.earliestNanos());
    earliestSendNanos = Math.min(earliestSendNanos, batch.earliestNanos());
  }

  @Override
  public void runUntil(long endNanos, Runnable then) {
    if (nextNanos >= endNanos) {
      then.run();
      return;
    }
    CompletableFuture<WindowCoordinator.Ended> ended = new CompletableFuture<>();
    ended.whenComplete((end, failure) -> owner.accept(() -> {
      if (failure != null) {
        throw failure instanceof RuntimeException e ? e : new CompletionException(failure);
      }
      take(end);
      then.run();
    }));
    coordinator.tell(new WindowCoordinator.Run(endNanos, List.of(), filed, (now, count) -> true, Host.Inspector.NONE, ended));
    filed = new ArrayList<>();
  }

  private void take(WindowCoordinator.Ended end) {
    nextNanos = end.nextNanos();
    earliestSendNanos = end.earliestSendNanos();
    stopAtNanos = end.stopAtNanos();
    windows = end.windows();
    outgoing.addAll(end.outgoing());
  }
}
