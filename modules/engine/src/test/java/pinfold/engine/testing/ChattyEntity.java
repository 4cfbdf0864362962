package pinfold.engine.testing;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.KeyedDraws;
import pinfold.engine.Links;
import pinfold.engine.StateHash;

/**
 * Talks to random others, to itself, and keeps an agenda; rounds its times so that many events of different origins,
 * and of itself, fall on one instant. What it does next depends on all that it saw before, in order.
 */
public final class ChattyEntity extends Entity {
  /** Shortest latency of {@link #links}: no window may be longer. */
  public static final long NEAR_NANOS = 200;

  private static final long FAR_NANOS = 600;
  private static final long GRID_NANOS = 100;
  private static final int TALK = 1;
  private static final int REMIND = 2;

  private final long seed;
  private final int entities;
  private final Links links;
  private final long stopAfterEvents;
  private long draws;
  private long state;
  private long agendaNanos = Long.MAX_VALUE;

  private ChattyEntity(int id, long seed, int entities, Links links, long stopAfterEvents) {
    super(id, seed);
    this.seed = seed;
    this.entities = entities;
    this.links = links;
    this.stopAfterEvents = stopAfterEvents;
  }

  /** A network in four groups; entity 0 asks for the end after {@code stopAfterEvents} events. */
  public static List<ChattyEntity> network(int entities, long seed, long stopAfterEvents) {
    int[] groups = new int[entities];
    for (int id = 0; id < entities; id++) {
      groups[id] = id % 5 - 1;
    }
    Links links = new Links(NEAR_NANOS, FAR_NANOS, groups);
    List<ChattyEntity> network = new ArrayList<>();
    for (int id = 0; id < entities; id++) {
      network.add(new ChattyEntity(id, seed, entities, links, id == 0 ? stopAfterEvents : Long.MAX_VALUE));
    }
    return network;
  }

  /** What starts the talk: {@code each} events per entity, all at {@code nanos}, from two origins. */
  public static List<EventBatch> start(int entities, int each, long nanos) {
    List<EventBatch> batches = new ArrayList<>();
    for (int id = 0; id < entities; id++) {
      for (int origin : new int[] {id, (id + 1) % entities}) {
        EventBatch batch = new EventBatch(origin, id);
        for (int i = 0; i < each; i++) {
          batch.open(nanos, TALK).add(i).close();
        }
        batches.add(batch);
      }
    }
    return batches;
  }

  /** Everything that a run must have in common with another: rolling digests, states, counts, the clock. */
  public static long digest(Host host) {
    StateHash hash = new StateHash();
    for (Entity entity : host.entities()) {
      hash.add(entity.rollingDigest()).add(entity.eventsHandled()).add(entity.nextNanos());
      entity.hashState(hash);
    }
    return hash.add(host.nowNanos()).value();
  }

  @Override
  public String name() {
    return "chatty" + id();
  }

  @Override
  protected void handle(Event event) {
    see(event.timeNanos());
    see(event.origin());
    for (int i = 0; i < event.length(); i++) {
      see(event.word(i));
    }
    if (eventsHandled() == stopAfterEvents) {
      stopAt(nowNanos() + FAR_NANOS + 13);
    }
    if (event.kind() == TALK) {
      talk();
      for (long i = draw(3); i > 0; i--) {
        schedule(nowNanos() + draw(4) * GRID_NANOS / 2, REMIND, state);
      }
      if (draw(8) == 0) {
        agendaNanos = Math.min(agendaNanos, nowNanos() + draw(700));
      }
    } else if (draw(16) == 0) {
      open(id(), nowNanos() + draw(5) * GRID_NANOS, REMIND).close();
    }
  }

  @Override
  protected long nextAgendaNanos() {
    return agendaNanos;
  }

  /** The agenda tells nobody anything. A third of the entities promises so, a third nothing, a third is overcautious. */
  @Override
  protected long earliestAgendaSendNanos() {
    return switch (id() % 3) {
      case 0 -> agendaNanos;
      case 1 -> Long.MAX_VALUE;
      default -> agendaNanos - 10 * NEAR_NANOS;
    };
  }

  @Override
  protected void runAgenda(long beforeNanos) {
    while (agendaNanos < beforeNanos) {
      advanceTo(agendaNanos);
      see(agendaNanos);
      agendaNanos = draw(6) == 0 ? Long.MAX_VALUE : agendaNanos + draw(90);
      if (draw(4) == 0) {
        schedule(nowNanos() + draw(3) * 7, REMIND, 5);
        return;
      }
    }
  }

  private void talk() {
    int to = (int) draw(entities - 1);
    if (to >= id()) {
      to++;
    }
    long earliest = nowNanos() + links.latencyNanos(id(), to) + draw(4) * GRID_NANOS;
    EventBatch batch = open(to, (earliest + GRID_NANOS - 1) / GRID_NANOS * GRID_NANOS, TALK);
    for (long i = draw(4); i > 0; i--) {
      batch.add(state + i);
    }
    batch.close();
  }

  private void see(long word) {
    state = KeyedDraws.mix(state + 1 ^ word);
  }

  private long draw(long bound) {
    return KeyedDraws.below(bound, seed ^ state, 1, id(), draws++);
  }

  @Override
  public void hashState(StateHash hash) {
    hash.add(state).add(draws).add(agendaNanos);
  }
}
