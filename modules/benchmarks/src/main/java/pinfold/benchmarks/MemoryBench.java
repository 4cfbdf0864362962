package pinfold.benchmarks;

import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.machine.MachineConfig;

/** Memory per page, touched and not, and how long a machine of 10^8 pages takes to be ready. */
final class MemoryBench implements Bench {
  private static final int TOUCHED_PAGES = 1 << 20;
  private static final long LARGE_PAGES = 100_000_000;
  private static final int NODES = 4;
  private static final int CPUS_PER_NODE = 16;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Figure> run(Effort effort) {
    effort.says("bytes per touched page");
    Machine touched = BenchMachine.oneNode(effort, 8L << 30, 0, 1, TOUCHED_PAGES);
    new Rounds(touched, effort).run(BenchHost.SEQUENTIAL, Programs.populate(0, 0, TOUCHED_PAGES));
    double folioBytes = touched.node(0).folios().bytes() / (double) TOUCHED_PAGES;
    double tableBytes = touched.space(0).bytes() / (double) TOUCHED_PAGES;

    effort.says("start of a machine of 10^8 pages");
    MachineConfig config = MachineConfig.uniform(NODES, CPUS_PER_NODE, LARGE_PAGES / NODES * BenchMachine.PAGE_BYTES, 0, 0);
    double[] seconds = new double[3];
    double untouchedBytes = 0;
    for (int i = 0; i < seconds.length; i++) {
      effort.checkCancelled();
      long before = usedBytes();
      long from = System.nanoTime();
      Machine large = BenchMachine.of(effort, config, NODES, (int) (LARGE_PAGES / NODES));
      seconds[i] = (System.nanoTime() - from) / 1e9;
      untouchedBytes = (usedBytes() - before) / (double) LARGE_PAGES;
      if (large.entities().isEmpty()) {
        throw new IllegalStateException("a machine without entities");
      }
    }
    return List.of(
        Figure.of("folio table per touched page", "", folioBytes, "bytes", Aim.atMost(16)),
        Figure.of("page table per touched page", "", tableBytes, "bytes", Aim.atMost(5)),
        Figure.of("all memory per untouched page, 10^8 pages", "", untouchedBytes, "bytes", Aim.atMost(0.1)),
        Figure.of("start of a machine of 10^8 pages", "", Effort.median(seconds), "s", Aim.atMost(5)));
  }

  static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
