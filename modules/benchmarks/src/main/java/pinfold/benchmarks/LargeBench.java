package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.cpu.Load;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.machine.MachineConfig;

/**
 * A machine of 4,096 CPUs on 16 nodes with 16 address spaces, as of 16 VMs: 10^8 pages are touched for the first time, and then a
 * task on each CPU touches, faults, ages and locks pages.
 */
final class LargeBench implements Bench {
  static final int NODES = 16;
  private static final int CPUS = 4096;
  private static final int RUN = 64;
  private static final long WORK_NANOS = 500_000;
  static final long LIMIT_NANOS = 3_600_000_000_000L;
  private static final Load.Kind[] KINDS = {
      Load.Kind.MARK_ACCESSED, Load.Kind.FAULT_UNMAP, Load.Kind.MADVISE_COLD, Load.Kind.MLOCK
  };

  @Override
  public String name() {
    return "large";
  }

  @Override
  public boolean byDefault() {
    return false;
  }

  @Override
  public List<Figure> run(Effort effort) {
    int pages = effort.choose(10_000_000, 100_000_000);
    int perSpace = pages / NODES;
    String what = "4,096 CPUs, 16 VMs, " + (effort.quick() ? "10^7" : "10^8") + " pages";
    effort.says(what + ": start");
    long before = MemoryBench.usedBytes();
    long from = System.nanoTime();
    Machine machine = build(effort, perSpace);
    double startSeconds = (System.nanoTime() - from) / 1e9;
    double startBytes = MemoryBench.usedBytes() - before;
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.of(what + ": start", "", startSeconds, "s", Aim.atMost(5)));
    figures.add(Figure.of(what + ": memory at the start", "", startBytes / 1e6, "MB", null));
    try (Host host = BenchHost.ACTORS_2.open(machine.entities(), machine.spec().machine().nearLinkNanos())) {
      host.onProgress((now, windows) -> !effort.cancelled().getAsBoolean());
      effort.says(what + ": first touches");
      touchAll(machine, host, perSpace);
      from = System.nanoTime();
      host.runUntil(LIMIT_NANOS);
      effort.checkCancelled();
      double seconds = (System.nanoTime() - from) / 1e9;
      figures.add(Figure.of(what + ": first touches", BenchHost.ACTORS_2.label(), pages / seconds / 1e6, "M/s", null));
      figures.add(Figure.of(what + ": all memory per touched page", "", (MemoryBench.usedBytes() - before) / (double) pages, "bytes", null));

      effort.says(what + ": all CPUs busy");
      makeBusy(machine, host, perSpace);
      long windows = host.windows();
      from = System.nanoTime();
      host.runUntil(LIMIT_NANOS + WORK_NANOS);
      effort.checkCancelled();
      seconds = (System.nanoTime() - from) / 1e9;
      figures.add(Figure.of(what + ": all CPUs busy", BenchHost.ACTORS_2.label(), seconds * 1e9 / WORK_NANOS, "s per simulated s", null));
      figures.add(Figure.of(what + ": a window", BenchHost.ACTORS_2.label(), seconds * 1e6 / (host.windows() - windows), "us", null));
    }
    return figures;
  }

  static Machine build(Effort effort, int pagesPerSpace) {
    long bytesPerNode = Math.max(1L << 30, (long) pagesPerSpace * BenchMachine.PAGE_BYTES * 5 / 4 & -(1L << 30));
    return BenchMachine.of(effort, MachineConfig.uniform(NODES, CPUS / NODES, bytesPerNode, 0, 0), NODES, pagesPerSpace);
  }

  /** Each address space's pages, by one task; before {@link #LIMIT_NANOS}. */
  static void touchAll(Machine machine, Host host, int pagesPerSpace) {
    for (int vm = 0; vm < NODES; vm++) {
      machine.start(host, vm * (CPUS / NODES), 0, Programs.populate(vm, 0, pagesPerSpace));
    }
  }

  /** A task on each CPU that does not end, from {@link #LIMIT_NANOS} on. */
  static void makeBusy(Machine machine, Host host, int pagesPerSpace) {
    for (int cpu = 0; cpu < CPUS; cpu++) {
      int vm = cpu / (CPUS / NODES);
      machine.start(host, cpu, LIMIT_NANOS, new Load(KINDS[cpu % KINDS.length], 1, cpu, vm, -1, pagesPerSpace, RUN, 0, 0, false));
    }
  }
}
