package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.cpu.Load;
import pinfold.kernel.machine.MachineConfig;

/**
 * A machine of four nodes with a task on each of its 64 CPUs, once per host. The machines are equal, so in each slice of
 * simulated time all hosts do the very same work, one after the other: the ratio is that of the medians over the slices.
 */
final class BusyBench implements Bench {
  private static final int NODES = 4;
  private static final int CPUS = 64;
  private static final int PAGES = 4096;
  private static final int RUN = 64;
  private static final Load.Kind[] KINDS = {
      Load.Kind.MARK_ACCESSED, Load.Kind.FAULT_UNMAP, Load.Kind.MADVISE_COLD, Load.Kind.MLOCK
  };

  @Override
  public String name() {
    return "busy";
  }

  @Override
  public List<Figure> run(Effort effort) {
    effort.says("64 busy CPUs");
    int slices = effort.choose(5, 11);
    long sliceNanos = effort.choose(2_000_000, 8_000_000);
    BenchHost[] kinds = BenchHost.values();
    double[][] rates = new double[kinds.length][slices];
    List<Machine> machines = new ArrayList<>();
    List<Host> hosts = new ArrayList<>();
    try {
      for (BenchHost kind : kinds) {
        Machine machine = machine(effort);
        machines.add(machine);
        Host host = kind.open(machine.entities(), machine.spec().machine().nearLinkNanos());
        hosts.add(host);
        start(machine, host);
      }
      for (int slice = -2; slice < slices; slice++) {
        for (int h = 0; h < kinds.length; h++) {
          effort.checkCancelled();
          long from = System.nanoTime();
          hosts.get(h).runUntil((slice + 3) * sliceNanos);
          if (slice >= 0) {
            rates[h][slice] = (System.nanoTime() - from) / 1e3 / (sliceNanos / 1e3);
          }
        }
      }
    } finally {
      hosts.forEach(Host::close);
    }
    if (machines.stream().mapToLong(Machine::digest).distinct().count() != 1) {
      throw new IllegalStateException("hosts disagree: the digests of equal machines differ");
    }
    List<Figure> figures = new ArrayList<>();
    for (BenchHost kind : kinds) {
      double perSimulated = Effort.median(rates[kind.ordinal()]);
      Figure figure = Figure.of("4 nodes, 64 busy CPUs", kind.label(), perSimulated, "s per simulated s", null);
      figures.add(figures.isEmpty() ? figure : figure.against(figures.getFirst().value(), "sequential"));
    }
    Figure two = figures.getLast();
    figures.add(Figure.of("4 nodes, 64 busy CPUs: 2 threads / sequential", "", two.ratio(), "ratio", Aim.atMost(0.75)));
    return figures;
  }

  private static Machine machine(Effort effort) {
    return BenchMachine.of(effort, MachineConfig.uniform(NODES, CPUS / NODES, 4L << 30, 1L << 30, 0), CPUS, PAGES);
  }

  /** Address space i belongs to node i modulo nodes, so its task is on a CPU of that node. */
  private static void start(Machine machine, Host host) {
    for (int i = 0; i < CPUS; i++) {
      int cpu = i % NODES * (CPUS / NODES) + i / NODES;
      machine.start(host, cpu, 0, new Load(KINDS[i / NODES % KINDS.length], 1, i, i, -1, PAGES, RUN, 0, 0, false));
    }
  }
}
