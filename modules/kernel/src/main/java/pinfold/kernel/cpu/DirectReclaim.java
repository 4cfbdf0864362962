package pinfold.kernel.cpu;

import pinfold.kernel.count.VmCounter;
import pinfold.kernel.zone.AllocFlags;

/**
 * __alloc_pages_direct_reclaim() (mm/page_alloc.c, 6.12): reclaims for a request and, if that has freed anything, tries it again, a second
 * time with the pcp lists of all CPUs drained. Returns a pfn, or -1.
 */
final class DirectReclaim extends Frame {
  private final PageRequest request;
  private final int[] zones;
  private final int[] nodes;
  private final int order;
  private boolean drained;

  /**
   * @param zones that the request may use, by global index
   * @param nodes these are of, nearest first
   */
  DirectReclaim(PageRequest request, int[] zones, int[] nodes, int order) {
    this.request = request;
    this.zones = zones;
    this.nodes = nodes;
    this.order = order;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.count(VmCounter.ALLOCSTALL, 1);
        at = 1;
        return cpu.call(TryToFreePages.direct(nodes, cpu.pcps().highestZone(request), order));
      }
      case 1 -> {
        return cpu.result() == 0 ? cpu.ret(-1) : attempt(cpu);
      }
      case 2 -> {
        if (cpu.result() >= 0 || drained) {
          return cpu.ret(cpu.result());
        }
        drained = true;
        at = 3;
        return cpu.call(new DrainAllPages());
      }
      default -> {
        return attempt(cpu);
      }
    }
  }

  private Signal attempt(Cpu cpu) {
    at = 2;
    return cpu.call(new GetPageFromFreelist(request, zones, order, AllocFlags.WMARK_MIN, false));
  }
}
