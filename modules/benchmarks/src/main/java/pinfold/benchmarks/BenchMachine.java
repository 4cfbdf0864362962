package pinfold.benchmarks;

import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;

/** Simulated machines to measure on. */
final class BenchMachine {
  static final int PAGE_BYTES = 4096;

  private static final long SEED = 1;
  private static final int WALK_PAGES = 512;

  private BenchMachine() {}

  /** One node with one CPU, {@code bytes} of memory of which {@code cmaBytes} are CMA, and address spaces of small pages. */
  static Machine oneNode(Effort effort, long bytes, long cmaBytes, int spaces, int pagesPerSpace) {
    return of(effort, MachineConfig.uniform(1, 1, bytes, cmaBytes, 0), spaces, pagesPerSpace);
  }

  /** Address space i is in the group of node i modulo nodes. */
  static Machine of(Effort effort, MachineConfig config, int spaces, int pagesPerSpace) {
    KernelVariant variant = KernelVariants.of(VariantFile.load("linux-2026", List.of(effort.home().resolve("config"))));
    List<SpaceSpec> specs = new ArrayList<>();
    for (int i = 0; i < spaces; i++) {
      specs.add(new SpaceSpec(i % config.nodes().size(), pagesPerSpace, List.of(Vma.anonymous(0, pagesPerSpace, false))));
    }
    Machine machine = new Machine(
        new MachineSpec(config, variant, CostModel.defaults(), SEED, specs, List.of(), false, WALK_PAGES, 0));
    machine.publishPageblockTypes();
    return machine;
  }
}
