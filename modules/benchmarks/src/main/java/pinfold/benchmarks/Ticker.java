package pinfold.benchmarks;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.KeyedDraws;
import pinfold.engine.StateHash;

/** Wakes once per window, works a stated amount, and tells its neighbour among the awake, who thereby wakes too. */
final class Ticker extends Entity {
  static final long WINDOW_NANOS = 1_000;
  private static final int TICK = 1;

  private final int neighbour;
  private final int work;
  private long state;

  /**
   * @param neighbour whom to tell; its own id: nobody
   * @param work rounds of mixing per event, about a nanosecond each
   */
  Ticker(int id, int neighbour, int work) {
    super(id, 1);
    this.neighbour = neighbour;
    this.work = work;
    this.state = id;
  }

  @Override
  public String name() {
    return "ticker" + id();
  }

  @Override
  protected void handle(Event event) {
    for (int i = 0; i < work; i++) {
      state = KeyedDraws.mix(state + i);
    }
    open(neighbour, nowNanos() + WINDOW_NANOS, TICK).add(state).close();
  }

  @Override
  public void hashState(StateHash hash) {
    hash.add(state);
  }
}
