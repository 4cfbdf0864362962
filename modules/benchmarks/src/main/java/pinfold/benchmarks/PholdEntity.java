package pinfold.benchmarks;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.KeyedDraws;
import pinfold.engine.StateHash;

/** A part of PHOLD's logical processes: each event makes its process send one, a quarter of them to any process of all. */
final class PholdEntity extends Entity {
  /** Mean time between an event and the one it causes, lookahead included. */
  static final long MEAN_NANOS = 1_000_000;

  /** The least such time: the window. */
  static final long LOOKAHEAD_NANOS = 100_000;

  private static final int HOLD = 1;
  private static final long REMOTE_OF_256 = 64;
  private static final double RATE = MEAN_NANOS - LOOKAHEAD_NANOS;

  private final int entities;
  private final int processes;
  private final long key;
  private final long[] draws;

  /** @param processes how many this entity has, a power of two, as is the number of entities */
  PholdEntity(int id, int entities, int processes, long seed) {
    super(id, seed);
    this.entities = entities;
    this.processes = processes;
    this.key = KeyedDraws.bits(seed, 1, id, 0);
    this.draws = new long[processes];
  }

  @Override
  public String name() {
    return "phold" + id();
  }

  /** One first event for each process. */
  EventBatch first() {
    EventBatch batch = new EventBatch(id(), id());
    for (int process = 0; process < processes; process++) {
      batch.open(delay(draw(process)), HOLD).add(process).close();
    }
    return batch;
  }

  @Override
  protected void handle(Event event) {
    int process = (int) event.word(0);
    long draw = draw(process);
    long timeNanos = nowNanos() + delay(draw);
    if ((draw & 255) >= REMOTE_OF_256) {
      schedule(timeNanos, HOLD, process);
      return;
    }
    long to = KeyedDraws.mix(draw);
    int entity = (int) (to >>> 32) & (entities - 1);
    int remote = (int) to & (processes - 1);
    if (entity == id()) {
      schedule(timeNanos, HOLD, remote);
    } else {
      open(entity, timeNanos, HOLD).add(remote).close();
    }
  }

  private long draw(int process) {
    return KeyedDraws.mix(key + ((long) process << 40) + draws[process]++);
  }

  /** Exponential beyond the lookahead; from the upper bits, the lower ones decide where to. */
  private static long delay(long draw) {
    double uniform = ((draw >>> 11) + 1) * 0x1p-53;
    return LOOKAHEAD_NANOS - (long) (Math.log(uniform) * RATE);
  }

  @Override
  public void hashState(StateHash hash) {
    hash.addAll(draws, 0, draws.length);
  }
}
