package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;

/**
 * MADV_POPULATE_WRITE (mm/madvise.c: madvise_populate(), mm/gup.c: faultin_page_range(), 6.12): faults in and touches every page,
 * then drains this CPU; mmap_lock is held for read all the time, as no fault here has to drop it.
 */
final class Populate extends Frame {
  private static final int CHUNK = 512;

  private final int space;
  private final int firstPage;
  private final int pages;
  private final boolean callerHoldsMmapLock;
  private int done;

  Populate(int space, int firstPage, int pages) {
    this(space, firstPage, pages, false);
  }

  /** @param callerHoldsMmapLock as in the populate of mlock (mm/gup.c: populate_vma_page_range()) */
  Populate(int space, int firstPage, int pages, boolean callerHoldsMmapLock) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.callerHoldsMmapLock = callerHoldsMmapLock;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        if (done == pages) {
          at = 3;
          return cpu.call(new DrainBatches(true));
        }
        if (cpu.isKilled()) {
          return done > 0 ? leave(cpu, -Errno.EINTR) : cpu.ret(-Errno.EINTR);
        }
        at = 2;
        PageWalk.Mmap mmap = done > 0 || callerHoldsMmapLock ? PageWalk.Mmap.HELD : PageWalk.Mmap.TAKE;
        return cpu.call(new PageWalk(space, firstPage + done, Math.min(CHUNK, pages - done), PageWalk.Purpose.POPULATE, mmap,
            null));
      }
      case 2 -> {
        if (cpu.result() <= 0) {
          return leave(cpu, cpu.result());
        }
        done += (int) cpu.result();
        at = 1;
        return Signal.PREEMPTIBLE;
      }
      default -> {
        return leave(cpu, 0);
      }
    }
  }

  private Signal leave(Cpu cpu, long result) {
    if (!callerHoldsMmapLock && pages > 0) {
      cpu.mmapUnlock(space);
    }
    return cpu.ret(result);
  }
}
