package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * MADV_COLD and MADV_FREE (mm/madvise.c, 6.12): VMA by VMA in address order; a locked VMA ends the call with -EINVAL after
 * what is below it was handled; every handled VMA starts with a local lru_add_drain(). mmap_lock is held for read.
 */
final class Madvise extends Frame {
  private final VmaRange range;
  private final PageWalk.Purpose purpose;
  private int part;

  Madvise(int space, int firstPage, int pages, PageWalk.Purpose purpose) {
    this.range = new VmaRange(space, firstPage, pages);
    this.purpose = purpose;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        range.ask(cpu, AddressSpace.MMAP_READ);
        at = 1;
        return Signal.BUSY;
      }
      case 1 -> {
        range.take(cpu);
        at = 2;
        return Signal.RUN;
      }
      case 2 -> {
        if (part == range.size()) {
          if (part == 0) {
            cpu.mmapUnlock(range.space());
          }
          return cpu.ret(0);
        }
        long vma = range.word(part);
        if (Vma.locked(vma) || purpose == PageWalk.Purpose.LAZYFREE && Vma.file(vma) >= 0) {
          cpu.mmapUnlock(range.space());
          return cpu.ret(-Errno.EINVAL);
        }
        at = 3;
        return cpu.call(new DrainBatches(true));
      }
      default -> {
        at = 2;
        part++;
        return cpu.call(new PageWalk(range.space(), range.start(part - 1), range.pages(part - 1), purpose,
            part == range.size() ? PageWalk.Mmap.GIVE : PageWalk.Mmap.HELD, null));
      }
    }
  }
}
