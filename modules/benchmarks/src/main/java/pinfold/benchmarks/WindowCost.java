package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import pinfold.cluster.ActorHost;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;

/** What a window costs beside the work in it: a few of many entities awake, each with one event per window. */
public final class WindowCost {
  private WindowCost() {}

  /**
   * One measurement.
   *
   * @param threads of the actor host; 0 is the sequential host
   * @param work rounds of mixing per event, about a nanosecond each
   */
  public record Result(int entities, int awake, int work, int threads, double microsPerWindow) {}

  /** Runs the windows four times on one host and gives the best time but for the first, which is warm-up. */
  public static Result run(int entities, int awake, int work, int threads, int windows) {
    List<Entity> tickers = new ArrayList<>();
    for (int id = 0; id < entities; id++) {
      tickers.add(new Ticker(id, (id + 1) % awake, work));
    }
    double best = Double.MAX_VALUE;
    try (Host host = threads == 0
        ? new SequentialHost(tickers, Ticker.WINDOW_NANOS) : new ActorHost(tickers, Ticker.WINDOW_NANOS, threads)) {
      List<EventBatch> first = new ArrayList<>();
      for (int id = 0; id < awake; id++) {
        EventBatch batch = new EventBatch(id, id);
        batch.open(0, 1).add(0).close();
        first.add(batch);
      }
      host.inject(first);
      for (int round = 1; round <= 4; round++) {
        long from = System.nanoTime();
        host.runUntil(round * windows * Ticker.WINDOW_NANOS);
        double micros = (System.nanoTime() - from) / 1e3 / windows;
        if (round > 1) {
          best = Math.min(best, micros);
        }
      }
    }
    return new Result(entities, awake, work, threads, best);
  }

  /** Prints a table like that of docs/decisions/0002-actor-host.md. */
  public static void main(String[] args) {
    int[][] cases = {{64, 1}, {64, 4}, {64, 64}, {1000, 1}, {1000, 64}, {1000, 1000}};
    System.out.printf("%9s %6s %6s %11s %9s %9s   (us per window)%n",
        "entities", "awake", "work", "sequential", "1 thread", "2 threads");
    for (int work : new int[] {0, 200, 1000, 5000}) {
      for (int[] c : cases) {
        int windows = Math.clamp(40_000_000L / ((long) c[1] * (work * 2 + 200)), 300, 50_000);
        double[] micros = new double[3];
        for (int threads = 0; threads < 3; threads++) {
          micros[threads] = run(c[0], c[1], work, threads, windows).microsPerWindow();
        }
        System.out.printf("%9d %6d %6d %11.2f %9.2f %9.2f   ratio %.2f %.2f%n", c[0], c[1], work, micros[0], micros[1], micros[2],
            micros[1] / micros[0], micros[2] / micros[0]);
      }
    }
  }
}
