package pinfold.engine;

import java.util.List;
import java.util.function.Consumer;

/**
 * A component of the simulated world: it owns its state, learns of everything else by events, and has an exact clock.
 *
 * <p>A host delivers batches, then lets the entity run every event before a window's end, in the order of
 * {@link EventQueue}. Whatever the entity sends takes effect at or after that end. Between windows nobody touches it.
 */
public abstract class Entity {
  private final int id;
  private final EventQueue pending;
  private final Event current = new Event();
  private final StateHash rolling = new StateHash();
  private Outbox outbox;
  /** What the entity schedules for itself while it handles one event. */
  private EventBatch own;
  private long nowNanos;
  private long eventsHandled;

  protected Entity(int id, long seed) {
    this.id = id;
    this.pending = new EventQueue(seed);
  }

  public final int id() {
    return id;
  }

  /**
   * The entities as a list of its own, each at the position of its id.
   *
   * @throws IllegalArgumentException if one is elsewhere
   */
  static List<Entity> byId(List<? extends Entity> entities) {
    for (int i = 0; i < entities.size(); i++) {
      if (entities.get(i).id() != i) {
        throw new IllegalArgumentException("entity at position " + i + " has id " + entities.get(i).id());
      }
    }
    return List.copyOf(entities);
  }

  /** What a person calls it, as in {@code cpu3} or {@code node0}. */
  public abstract String name();

  /** Files a batch; called only between windows. */
  public final void deliver(EventBatch batch) {
    assert batch.destination() == id : "batch for " + batch.destination() + " delivered to " + id;
    assert batch.earliestNanos() >= nowNanos : "causality: event at " + batch.earliestNanos() + " ns from origin "
        + batch.origin() + " reached " + name() + ", which is at " + nowNanos + " ns";
    pending.addAll(batch);
  }

  /** Shows every event that has reached this entity and is not due yet, in no particular order; only between windows. */
  public final void forEachPending(Consumer<Event> visitor) {
    pending.forEach(visitor);
  }

  /** When this entity has something to do next, {@link Long#MAX_VALUE} when it sleeps until somebody writes. */
  public final long nextNanos() {
    return Math.min(pending.nextNanos(), nextAgendaNanos());
  }

  /** No message leaves this entity before this instant unless one reaches it first. */
  public final long earliestSendNanos() {
    return Math.min(pending.nextNanos(), earliestAgendaSendNanos());
  }

  /** Runs everything before {@code endNanos}. Afterwards the entity has seen all of the window and nothing beyond it. */
  public final void runWindow(long endNanos, Outbox out) {
    outbox = out;
    for (;;) {
      long event = pending.nextNanos();
      long agenda = nextAgendaNanos();
      if (Math.min(event, agenda) >= endNanos) {
        break;
      }
      if (event <= agenda) {
        pending.pollBefore(endNanos, current);
        nowNanos = current.timeNanos;
        eventsHandled++;
        rolling.add(nowNanos).add(((long) current.kind << 32) | current.origin)
            .addAll(current.words, current.offset, current.length);
        handle(current);
      } else {
        nowNanos = agenda;
        runAgenda(Math.min(event, endNanos));
      }
      fileOwn();
    }
    outbox = null;
  }

  /** Acts on one event; {@link #nowNanos()} is its effect time. */
  protected abstract void handle(Event event);

  /**
   * Next instant of work that the entity keeps for itself outside the queue, for entities whose inner loop is too hot
   * for events. Events of the same instant come first.
   */
  protected long nextAgendaNanos() {
    return Long.MAX_VALUE;
  }

  /**
   * An instant before which the agenda's work sends nothing and asks for no stop: a promise that lets the host make windows
   * longer, which nobody can see but the clock on the wall. It need not be the best possible, only true.
   */
  protected long earliestAgendaSendNanos() {
    return nextAgendaNanos();
  }

  /** Does the agenda's work of every instant before {@code beforeNanos}, or the first part of it. */
  protected void runAgenda(long beforeNanos) {
    throw new IllegalStateException(name() + " has no agenda");
  }

  /** The entity's clock, ns. */
  protected final long nowNanos() {
    return nowNanos;
  }

  /** Lets the agenda move the clock forward. */
  protected final void advanceTo(long timeNanos) {
    assert timeNanos >= nowNanos : name() + " at " + nowNanos + " ns cannot go back to " + timeNanos + " ns";
    nowNanos = timeNanos;
  }

  /**
   * Opens an event to another entity; the caller adds the payload and closes it. One to itself is a scheduled one:
   * sent any other way it could be filed before or after those, depending on where the window ends.
   */
  protected final EventBatch open(int destination, long timeNanos, int kind) {
    rolling.add(timeNanos).add(((long) kind << 32) | destination);
    if (destination == id) {
      return openOwn(timeNanos, kind);
    }
    return outbox.open(destination, timeNanos, kind);
  }

  /** Schedules an event to this entity itself, at or after now. */
  protected final void schedule(long timeNanos, int kind, long... payload) {
    openOwn(timeNanos, kind).addAll(payload, 0, payload.length).close();
  }

  /** As {@link #schedule(long, int, long...)}, without payload. */
  protected final void schedule(long timeNanos, int kind) {
    openOwn(timeNanos, kind).close();
  }

  /** As {@link #schedule(long, int, long...)}, with a payload of one long. */
  protected final void schedule(long timeNanos, int kind, long payload) {
    openOwn(timeNanos, kind).add(payload).close();
  }

  /** Asks for the end of the run, see {@link Outbox#stopAt}. */
  protected final void stopAt(long timeNanos) {
    outbox.stopAt(timeNanos);
  }

  /** Hash of everything consumed and of the headers of everything sent, so far. */
  public final long rollingDigest() {
    return rolling.value();
  }

  /** Folds the whole state into {@code hash}, ordered by ids, never by heap or hash order. */
  public abstract void hashState(StateHash hash);

  /** Events handled so far. */
  public final long eventsHandled() {
    return eventsHandled;
  }

  private EventBatch openOwn(long timeNanos, int kind) {
    assert timeNanos >= nowNanos : name() + " at " + nowNanos + " ns cannot schedule for " + timeNanos + " ns";
    if (own == null) {
      own = new EventBatch(id, id);
    }
    return own.open(timeNanos, kind);
  }

  private void fileOwn() {
    if (own == null || own.length() == 0) {
      return;
    }
    if (pending.file(own)) {
      own = null;
    } else {
      own.clear();
    }
  }
}
