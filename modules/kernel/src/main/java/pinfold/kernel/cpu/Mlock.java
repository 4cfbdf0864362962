package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.Vma;

/**
 * mlock, mlock2(MLOCK_ONFAULT) and munlock (mm/mlock.c: mlock_fixup(), mlock_vma_pages_range(); mm/gup.c: __mm_populate(); 6.12;
 * kernel-model.md 1.9): first every part of a VMA whose flags change, with mmap_lock held for write; then, when locking,
 * populate, with mmap_lock held for read.
 */
final class Mlock extends Frame {
  /** What is wanted. */
  enum Mode {
    LOCK(1),
    LOCK_ON_FAULT(3),
    UNLOCK(0);

    final int flags;

    Mode(int flags) {
      this.flags = flags;
    }
  }

  private final int firstPage;
  private final int pages;
  private final Mode mode;
  private final VmaRange range;
  private int part;

  Mlock(int space, int firstPage, int pages, Mode mode) {
    this.firstPage = firstPage;
    this.pages = pages;
    this.mode = mode;
    this.range = new VmaRange(space, firstPage, pages);
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        range.ask(cpu, AddressSpace.MMAP_WRITE);
        at = 1;
        yield Signal.BUSY;
      }
      case 1 -> {
        range.take(cpu);
        at = 2;
        yield Signal.RUN;
      }
      case 2 -> nextPart(cpu);
      case 3 -> walkAfterFlags(cpu);
      case 4 -> {
        at = 5;
        yield cpu.call(new PageWalk(range.space(), range.start(part), range.pages(part),
            mode == Mode.UNLOCK ? PageWalk.Purpose.MUNLOCK : PageWalk.Purpose.MLOCK,
            PageWalk.Mmap.HELD, null));
      }
      case 5 -> {
        at = 2;
        part++;
        yield cpu.call(new DrainBatches(true));
      }
      case 6 -> {
        range.take(cpu);
        at = 7;
        yield Signal.RUN;
      }
      case 7 -> populate(cpu);
      default -> throw new IllegalStateException(toString());
    };
  }

  private Signal nextPart(Cpu cpu) {
    while (part < range.size() && flags(range.word(part)) == mode.flags) {
      part++;
    }
    if (part == range.size()) {
      return mode == Mode.LOCK ? lookForPopulate(cpu) : leave(cpu);
    }
    EventBatch out = cpu.request(cpu.directory().space(range.space()), Messages.SET_VMA_LOCKED);
    out.add(range.start(part)).add(range.pages(part)).add(mode.flags).close();
    at = 3;
    return Signal.BUSY;
  }

  private static int flags(long vma) {
    return (Vma.locked(vma) ? 1 : 0) | (Vma.onFault(vma) ? 2 : 0);
  }

  /** Only a change between locked and unlocked walks the pages, between two drains of this CPU. */
  private Signal walkAfterFlags(Cpu cpu) {
    if (Vma.locked(range.word(part)) == (mode != Mode.UNLOCK)) {
      part++;
      at = 2;
      return Signal.RUN;
    }
    at = 4;
    return cpu.call(new DrainBatches(true));
  }

  /** Only plain mlock touches its pages: by VMAs as they are now, merged where their flags became equal. */
  private Signal lookForPopulate(Cpu cpu) {
    part = 0;
    range.ask(cpu, AddressSpace.MMAP_READ | AddressSpace.MMAP_GIVE_FIRST);
    at = 6;
    return Signal.BUSY;
  }

  private Signal populate(Cpu cpu) {
    if (part == range.size()) {
      return leave(cpu);
    }
    int i = part++;
    return cpu.call(new Populate(range.space(), range.start(i), range.pages(i), true));
  }

  private Signal leave(Cpu cpu) {
    cpu.mmapUnlock(range.space());
    return cpu.ret(0);
  }
}
