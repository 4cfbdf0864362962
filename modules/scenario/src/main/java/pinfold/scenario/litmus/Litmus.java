package pinfold.scenario.litmus;

import java.util.List;
import pinfold.kernel.reclaim.CompactionSpec;

/**
 * One litmus test as its file says it.
 *
 * @param file what errors and reports call it
 * @param title one line for people
 * @param sources what the expectations are taken from
 * @param reclaim what reclaim needs
 * @param pages the named folios, in the order in which they lie in the address space
 * @param variants names of the kernel variants that it is run against, each once
 * @param lines what happens and what must hold, in order
 */
public record Litmus(String file, String title, List<String> sources, MachineShape machine, ReclaimShape reclaim,
    List<NamedPages> pages,
    List<String> variants, List<Line> lines) {
  /**
   * Who reclaims, and what from: nodes, and the memory cgroup that all folios in address spaces are charged to if there is swap.
   *
   * @param ofNodes nodes have a kswapd, and allocations that find no page reclaim
   * @param compaction who makes blocks of 2 MiB, where nodes reclaim
   * @param swapPages pages of the swap device; 0: there is neither cgroup nor device
   * @param ssd the device works while CPUs do something else; else it is like zram
   * @param limitPages memory.max of the cgroup, in pages
   * @param mglru multi-generational LRU instead of the classic lists
   */
  public record ReclaimShape(boolean ofNodes, CompactionSpec compaction, int swapPages, boolean ssd, long limitPages, boolean mglru) {}

  public Litmus {
    sources = List.copyOf(sources);
    pages = List.copyOf(pages);
    variants = List.copyOf(variants);
    lines = List.copyOf(lines);
  }
}
