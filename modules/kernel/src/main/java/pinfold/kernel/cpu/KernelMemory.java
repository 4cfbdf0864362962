package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.zone.MigrateType;

/**
 * What the kernel has for one process: stacks, page tables, slab. Pages of UNMOVABLE pageblocks on no LRU list, which nothing can move or
 * reclaim, never of CMA.
 */
final class KernelMemory implements HoldsFolios {
  private final LongList pfns = new LongList();

  int pages() {
    return pfns.size();
  }

  /** Allocates pages until there are so many. Returns 0 or -ENOMEM, and then what it got stays. */
  Frame growTo(int pages) {
    return new Grow(pages);
  }

  /** Frees all of it. */
  void free(Cpu cpu) {
    cpu.spend(pfns.size() * cpu.cost(Cost.PUT_PAGE));
    for (int i = 0; i < pfns.size(); i++) {
      cpu.freeUnused((int) pfns.get(i), 0, MigrateType.UNMOVABLE);
    }
    pfns.clear();
  }

  @Override
  public void report(Holdings to) {
    for (int i = 0; i < pfns.size(); i++) {
      to.allocated((int) pfns.get(i), 0, true);
    }
  }

  private final class Grow extends Frame {
    private final int pages;

    Grow(int pages) {
      this.pages = pages;
    }

    @Override
    protected Signal step(Cpu cpu) {
      if (at == 1) {
        if (cpu.result() < 0) {
          return cpu.ret(-Errno.ENOMEM);
        }
        pfns.add(cpu.result());
        at = 0;
      }
      while (pfns.size() < pages) {
        int pfn = cpu.takePage(PageRequest.KERNEL, cpu.node(), 0);
        if (pfn < 0) {
          at = 1;
          return cpu.call(new AllocPages(PageRequest.KERNEL, cpu.node(), 0, true));
        }
        pfns.add(pfn);
      }
      return cpu.ret(0);
    }
  }
}
