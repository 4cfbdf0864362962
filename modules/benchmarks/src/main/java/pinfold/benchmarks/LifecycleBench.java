package pinfold.benchmarks;

import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.cpu.Load;

/** Folio lifecycles: fault, LRU add, batch flush, unmap, free; 512 pages at a time at drawn positions of an address space. */
final class LifecycleBench implements Bench {
  private static final int PAGES = 1 << 16;
  private static final int RUN = 512;

  @Override
  public String name() {
    return "lifecycle";
  }

  @Override
  public List<Figure> run(Effort effort) {
    Machine machine = BenchMachine.oneNode(effort, 4L << 30, 0, 1, PAGES);
    long folios = effort.choose(1_000, 4_000) * (long) RUN;
    effort.says("folio lifecycles");
    return new Rounds(machine, effort).measure("folio lifecycles", "M folios/s", Aim.atLeast(5), effort.choose(3, 7), folios,
        () -> {}, (round, host) -> new Load(Load.Kind.FAULT_UNMAP, round * 3L + host, 0, 0, -1, PAGES, RUN, 0, folios, false));
  }
}
