package pinfold.benchmarks;

import java.util.List;
import pinfold.cluster.ActorHost;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;

/** The hosts that every benchmark compares; the first is what the others' ratios are to. */
enum BenchHost {
  SEQUENTIAL("sequential", 0),
  ACTORS_1("actors, 1 thread", 1),
  ACTORS_2("actors, 2 threads", 2);

  private final String label;
  private final int threads;

  BenchHost(String label, int threads) {
    this.label = label;
    this.threads = threads;
  }

  String label() {
    return label;
  }

  /** Threads of the actor host, 0 for the sequential one. */
  int threads() {
    return threads;
  }

  Host open(List<? extends Entity> entities, long windowNanos) {
    return threads == 0 ? new SequentialHost(entities, windowNanos) : new ActorHost(entities, windowNanos, threads);
  }
}
