package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;

/** MADV_POPULATE_WRITE (mm/gup.c: faultin_page_range(), 6.12): faults in and touches every page, then drains this CPU. */
final class Populate extends Frame {
  private static final int CHUNK = 512;

  private final int space;
  private final int firstPage;
  private final int pages;
  private int done;

  Populate(int space, int firstPage, int pages) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
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
        at = 2;
        return cpu.call(new PageWalk(space, firstPage + done, Math.min(CHUNK, pages - done), PageWalk.Purpose.POPULATE, null));
      }
      case 2 -> {
        if (cpu.result() <= 0) {
          return cpu.ret(cpu.result());
        }
        done += (int) cpu.result();
        at = 1;
        return Signal.PREEMPTIBLE;
      }
      default -> {
        return cpu.ret(0);
      }
    }
  }
}
