package pinfold.kernel;

import java.util.List;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.KernelVariant;

/**
 * Everything that a simulated machine is built from.
 *
 * @param seed decides ties and draws
 * @param spaces address spaces, by number
 * @param files files, by number
 * @param mglru multi-generational LRU instead of the classic lists
 * @param maxWalkPages pages per walk and burst at most, 512 unless a test wants to see that it changes nothing
 * @param awaitedTasks tasks after whose end the run stops; 0 never stops it
 */
public record MachineSpec(MachineConfig machine, KernelVariant variant, CostModel cost, long seed, List<SpaceSpec> spaces,
    List<FileSpec> files, boolean mglru, int maxWalkPages, int awaitedTasks) {

  /** An address space of {@code pages} pages in the group of {@code node}. */
  public record SpaceSpec(int node, int pages, List<Vma> vmas) {}

  /** A file of {@code pages} pages in the group of {@code node}. */
  public record FileSpec(int node, int pages) {}
}
