package pinfold.engine.testing;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.HostBase;
import pinfold.engine.KeyedDraws;
import pinfold.engine.Outbox;

/**
 * Does everything a host may do and a kind one would not: runs the entities of a window in random order, keeps batches
 * back until their receiver cannot do without them, files those of different senders in random order, and makes
 * every window a random length. Only the batches of one sender to one receiver stay in the order sent.
 */
public final class ShufflingHost extends HostBase {
  private final List<List<EventBatch>> held = new ArrayList<>();
  private final long longestWindowNanos;
  private final long seed;
  private long draws;
  private long stopAtNanos = Long.MAX_VALUE;

  /** @param seed of the disorder */
  public ShufflingHost(List<? extends Entity> entities, long longestWindowNanos, long seed) {
    super(entities);
    this.longestWindowNanos = longestWindowNanos;
    this.seed = seed;
    for (int id = 0; id < entities.size(); id++) {
      held.add(new ArrayList<>());
    }
  }

  @Override
  public void inject(List<EventBatch> batches) {
    for (EventBatch batch : batches) {
      held.get(batch.destination()).add(batch);
    }
  }

  @Override
  public Outcome runUntil(long endNanos) {
    for (;;) {
      long start = entities.stream().mapToLong(this::nextNanos).min().orElse(Long.MAX_VALUE);
      long limit = Math.min(endNanos, stopAtNanos);
      if (start >= limit) {
        entities.forEach(entity -> deliver(entity, Long.MAX_VALUE));
        return end(start, limit, endNanos);
      }
      runWindow(Math.min(limit, start + 1 + draw(longestWindowNanos)));
    }
  }

  private Outcome end(long start, long limit, long endNanos) {
    nowNanos = limit == Long.MAX_VALUE ? nowNanos : Math.max(nowNanos, limit);
    Outcome outcome = Outcome.of(start, stopAtNanos, endNanos);
    stopAtNanos = outcome == Outcome.STOPPED ? Long.MAX_VALUE : stopAtNanos;
    return outcome;
  }

  private long nextNanos(Entity entity) {
    long earliest = held.get(entity.id()).stream().mapToLong(EventBatch::earliestNanos).min().orElse(Long.MAX_VALUE);
    return Math.min(entity.nextNanos(), earliest);
  }

  private void runWindow(long endNanos) {
    List<Entity> awake = new ArrayList<>(entities.stream().filter(entity -> nextNanos(entity) < endNanos).toList());
    List<EventBatch> sent = new ArrayList<>();
    while (!awake.isEmpty()) {
      Entity entity = awake.remove((int) draw(awake.size()));
      deliver(entity, endNanos);
      Outbox outbox = new Outbox(entity.id());
      outbox.begin(endNanos);
      entity.runWindow(endNanos, outbox);
      stopAtNanos = Math.min(stopAtNanos, outbox.stopAtNanos());
      sent.addAll(outbox.batches());
    }
    inject(sent);
    nowNanos = endNanos;
    windows++;
  }

  /** Files, in random order, what is due before {@code endNanos} and what the same sender sent earlier. */
  private void deliver(Entity entity, long endNanos) {
    List<EventBatch> waiting = held.get(entity.id());
    List<EventBatch> due = new ArrayList<>(waiting.stream().filter(batch -> mustGo(batch, waiting, endNanos)).toList());
    waiting.removeAll(due);
    while (!due.isEmpty()) {
      int origin = due.get((int) draw(due.size())).origin();
      EventBatch first = due.stream().filter(batch -> batch.origin() == origin).findFirst().orElseThrow();
      due.remove(first);
      entity.deliver(first);
    }
  }

  private static boolean mustGo(EventBatch batch, List<EventBatch> waiting, long endNanos) {
    return waiting.subList(waiting.indexOf(batch), waiting.size()).stream()
        .anyMatch(later -> later.origin() == batch.origin() && later.earliestNanos() < endNanos);
  }

  private long draw(long bound) {
    return KeyedDraws.below(bound, seed, 2, 0, draws++);
  }

  /** It keeps messages back, so there is nothing to look at. */
  @Override
  public void inspectWith(Inspector inspector) {
    throw new UnsupportedOperationException("a shuffling host cannot be inspected");
  }
}
