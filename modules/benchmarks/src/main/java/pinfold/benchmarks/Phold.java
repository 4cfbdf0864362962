package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import pinfold.cluster.ActorHost;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.engine.StateHash;

/**
 * PHOLD, the event engines' common benchmark, through the real engine: 65,536 processes in 64 entities, one event each, 25 %
 * of them to any process, the others to itself, mean 1.0 with lookahead 0.1, digests on.
 */
public final class Phold {
  private static final int ENTITIES = 64;
  private static final int PROCESSES = 1024;

  private Phold() {}

  /**
   * One measurement.
   *
   * @param threads of the actor host; 0 is the sequential host
   * @param digest equal for all hosts
   */
  public record Result(int threads, long events, double millionEventsPerSecond, long digest) {}

  /** Runs {@code warmUpMeans} and then {@code rounds} times {@code means} of simulated time; the best round counts. */
  public static Result run(int threads, int warmUpMeans, int means, int rounds) {
    List<PholdEntity> entities = new ArrayList<>();
    for (int id = 0; id < ENTITIES; id++) {
      entities.add(new PholdEntity(id, ENTITIES, PROCESSES, 1));
    }
    try (Host host = threads == 0 ? new SequentialHost(entities, PholdEntity.LOOKAHEAD_NANOS)
        : new ActorHost(entities, PholdEntity.LOOKAHEAD_NANOS, threads)) {
      host.inject(entities.stream().map(PholdEntity::first).toList());
      long end = warmUpMeans * PholdEntity.MEAN_NANOS;
      host.runUntil(end);
      double best = 0;
      for (int round = 0; round < rounds; round++) {
        long eventsBefore = events(entities);
        long from = System.nanoTime();
        end += means * PholdEntity.MEAN_NANOS;
        host.runUntil(end);
        best = Math.max(best, (events(entities) - eventsBefore) * 1e3 / (System.nanoTime() - from));
      }
      return new Result(threads, events(entities), best, digest(entities));
    }
  }

  private static long events(List<PholdEntity> entities) {
    return entities.stream().mapToLong(PholdEntity::eventsHandled).sum();
  }

  private static long digest(List<PholdEntity> entities) {
    StateHash hash = new StateHash();
    for (PholdEntity entity : entities) {
      hash.add(entity.rollingDigest());
      entity.hashState(hash);
    }
    return hash.value();
  }

  /** Prints all hosts, and each one's ratio to the sequential one. */
  public static void main(String[] args) {
    Result sequential = run(0, 100, 100, 3);
    System.out.printf("%-12s %8s  %6s  %s%n", "host", "M ev/s", "ratio", "digest");
    for (Result result : List.of(sequential, run(1, 100, 100, 3), run(2, 100, 100, 3))) {
      System.out.printf("%-12s %8.2f  %6.2f  %016x%n", result.threads == 0 ? "sequential" : "actors " + result.threads,
          result.millionEventsPerSecond, result.millionEventsPerSecond / sequential.millionEventsPerSecond, result.digest);
    }
  }
}
