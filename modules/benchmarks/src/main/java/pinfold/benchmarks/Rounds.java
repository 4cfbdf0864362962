package pinfold.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.cpu.TaskProgram;

/**
 * Runs tasks on one simulated machine, under one host after the other: whatever else the computer does meets all of them, and the
 * machine is built and filled once.
 */
final class Rounds {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final Machine machine;
  private final Effort effort;
  private long clockNanos;
  private double cpuSeconds;

  Rounds(Machine machine, Effort effort) {
    this.machine = machine;
    this.effort = effort;
  }

  /** What the task on CPU 0 is in round {@code round} under the {@code host}-th host. */
  @FunctionalInterface
  interface Tasks {
    TaskProgram task(int round, int host);
  }

  /** Runs one task to its end or for an hour of simulated time. Returns seconds of wall time; notes the thread's. */
  double run(BenchHost on, TaskProgram task) {
    effort.checkCancelled();
    try (Host host = on.open(machine.entities(), machine.spec().machine().nearLinkNanos())) {
      machine.start(host, 0, clockNanos, task);
      clockNanos += HOUR_NANOS;
      long cpuFrom = THREADS.getCurrentThreadCpuTime();
      long from = System.nanoTime();
      host.runUntil(clockNanos);
      cpuSeconds = (THREADS.getCurrentThreadCpuTime() - cpuFrom) / 1e9;
      return (System.nanoTime() - from) / 1e9;
    }
  }

  /**
   * Figures of all hosts: medians of {@code rounds} rounds in 10^6 operations per second, each host with its ratio to the first.
   * A round before those is for the JIT alone.
   *
   * @param before is done before each host's part of a round and not timed
   */
  List<Figure> measure(String benchmark, String unit, Aim aim, int rounds, long operations, Runnable before, Tasks tasks) {
    BenchHost[] hosts = BenchHost.values();
    double[][] rates = new double[hosts.length][rounds];
    double[] perCpuSecond = new double[rounds];
    for (int round = -1; round < rounds; round++) {
      for (int h = 0; h < hosts.length; h++) {
        before.run();
        double seconds = run(hosts[h], tasks.task(round + 1, h));
        if (round >= 0) {
          rates[h][round] = operations / seconds / 1e6;
          perCpuSecond[round] = h == 0 ? operations / cpuSeconds / 1e6 : perCpuSecond[round];
        }
      }
    }
    List<Figure> figures = figures(benchmark, unit, aim, rates);
    figures.add(1, Figure.of(benchmark, "sequential, per second of CPU", Effort.median(perCpuSecond), unit, aim)
        .against(figures.getFirst().value(), "sequential"));
    return figures;
  }

  static List<Figure> figures(String benchmark, String unit, Aim aim, double[][] rates) {
    List<Figure> figures = new ArrayList<>();
    for (BenchHost host : BenchHost.values()) {
      int h = host.ordinal();
      Figure figure = Figure.of(benchmark, host.label(), Effort.median(rates[h]), unit, h == 0 ? aim : null);
      figures.add(h == 0 ? figure : figure.against(figures.getFirst().value(), "sequential"));
    }
    return figures;
  }
}
