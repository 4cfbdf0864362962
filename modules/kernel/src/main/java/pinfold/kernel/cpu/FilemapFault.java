package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * A user reads one page after the other of memory that maps a file: do_read_fault() (mm/memory.c), filemap_map_pages() and
 * filemap_fault() (mm/filemap.c, 6.12).
 *
 * <p>A fault first maps what the 16 pages around it have in the page cache, except what is locked. If the page itself is not among that
 * and the page cache has not got it, 32 pages around it are read (do_sync_mmap_readahead()). Then the fault waits for the lock of its
 * folio ({@link FolioLockWait}) and is tried anew.
 */
final class FilemapFault extends Frame {
  /** fault_around_bytes (mm/memory.c, 6.12), in pages. */
  private static final int AROUND = 16;
  /** VM_READAHEAD_PAGES (include/linux/mm.h, 6.12), of bdi->ra_pages. */
  private static final int READ_AHEAD = 32;

  private final int space;
  private final int firstPage;
  private final int pages;
  private int done;
  /** First page of the walk, and whether it is the page itself, as the pages before it are in another VMA. */
  private int base;
  private boolean alone;
  private int count;
  private int file;
  private int filePage;
  private int handle;
  private long unlockWord;
  private final long[] entries = new long[AROUND];
  private final int[] cached = new int[AROUND];
  private final boolean[] mapped = new boolean[AROUND];
  private int cursor;
  private int segmentEnd;

  FilemapFault(int space, int firstPage, int pages) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> walk(cpu);
      case 1 -> walked(cpu);
      case 2 -> {
        for (int i = 0; i < count; i++) {
          cached[i] = entries[i] == 0 ? (int) cpu.reply(i) : 0;
        }
        cursor = 0;
        yield mapAround(cpu);
      }
      case 3 -> {
        for (int i = cursor, word = 0; i < segmentEnd; i++) {
          mapped[i] = cached[i] != 0 && cpu.burstResult(word++) != 0;
        }
        cursor = segmentEnd;
        yield mapAround(cpu);
      }
      case 4 -> {
        if (cpu.result() < 0) {
          yield cpu.ret(cpu.result());
        }
        yield find(cpu);
      }
      case 5 -> get(cpu);
      case 6 -> {
        cpu.count(VmCounter.FILE_FAULT_WAITS, cpu.result());
        at = 0;
        yield Signal.PREEMPTIBLE;
      }
      default -> throw new IllegalStateException(toString());
    };
  }

  private int page() {
    return firstPage + done;
  }

  private Signal walk(Cpu cpu) {
    if (done == pages) {
      return cpu.ret(0);
    }
    base = alone ? page() : page() & -AROUND;
    int wanted = (page() & -AROUND) + AROUND - base;
    cpu.request(cpu.directory().space(space), Messages.WALK).add(base).add(wanted)
        .add(AddressSpace.WALK_LOCK | AddressSpace.WALK_FAULT).add(cpu.cost(Cost.WALK_PAGE)).close();
    at = 1;
    return Signal.BUSY;
  }

  private Signal walked(Cpu cpu) {
    if (cpu.reply(0) == AddressSpace.WALKED_AGAIN) {
      at = 0;
      return Signal.RUN;
    }
    int reply = (int) cpu.reply(0);
    if (reply < 0) {
      // Nothing is locked.
      boolean before = base < page();
      alone = before;
      at = 0;
      return before ? Signal.RUN : cpu.ret(reply);
    }
    unlockWord = cpu.task() << 32 | base >>> 9 | ((reply & AddressSpace.WALKED_HOLDS_MMAP) != 0 ? AddressSpace.UNLOCK_MMAP : 0);
    file = Vma.file(cpu.reply(1));
    filePage = (int) cpu.reply(2);
    count = cpu.replyLength() - 4;
    for (int i = 0; i < count; i++) {
      entries[i] = cpu.reply(4 + i);
      mapped[i] = false;
    }
    int wanted = page() - base;
    if (wanted >= count) {
      unlock(cpu);
      alone = true;
      at = 0;
      return Signal.RUN;
    }
    if (Pte.migration(entries[wanted])) {
      unlock(cpu);
      cpu.count(VmCounter.MIGRATION_ENTRY_WAITS, 1);
      cpu.request(cpu.directory().space(space), Messages.WAIT_MIGRATION).add(page()).close();
      at = 0;
      return Signal.SLEEP;
    }
    if (Pte.present(entries[wanted])) {
      unlock(cpu);
      return goOn();
    }
    handle = cpu.rmap().fileHandle(file, filePage);
    cpu.request(cpu.directory().file(file), Messages.FILE_LOOKUP).add(filePage).add(count).close();
    at = 2;
    return Signal.BUSY;
  }

  /** The end of the lock of the page table, with the entries that are new. */
  private void unlock(Cpu cpu) {
    EventBatch out = cpu.tell(cpu.directory().space(space), Messages.UNLOCK).add(unlockWord);
    for (int i = 0; i < count; i++) {
      if (mapped[i]) {
        out.add((long) ((base & AddressSpace.BLOCK_PAGES - 1) + i) << 33 | cached[i]);
      }
    }
    out.close();
  }

  /** The user goes on with the first page that is not mapped. */
  private Signal goOn() {
    for (int i = page() - base; i < count && done < pages && (mapped[i] || Pte.present(entries[i])); i++) {
      done++;
    }
    alone = false;
    at = 0;
    return Signal.PREEMPTIBLE;
  }

  // ---- Fault-around

  private Signal mapAround(Cpu cpu) {
    int node = -1;
    for (segmentEnd = cursor; segmentEnd < count; segmentEnd++) {
      if (cached[segmentEnd] == 0) {
        continue;
      }
      int home = cpu.directory().nodeOfPfn(cached[segmentEnd]);
      if (node >= 0 && home != node) {
        break;
      }
      node = home;
      cpu.ops().add(BurstOp.MAP_AROUND.word(cached[segmentEnd], 0));
      cpu.ops().add(handle + segmentEnd);
    }
    if (node >= 0) {
      at = 3;
      return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
    }
    unlock(cpu);
    int wanted = page() - base;
    if (mapped[wanted]) {
      cpu.count(VmCounter.PGFAULT, 1);
      return goOn();
    }
    return cached[wanted] == 0 ? readAround(cpu, filePage + wanted) : find(cpu);
  }

  // ---- filemap_fault()

  private Signal readAround(Cpu cpu, int around) {
    int from = Math.max(0, around - READ_AHEAD / 2);
    at = 4;
    return cpu.call(DiskRead.ahead(file, from, Math.min(READ_AHEAD, cpu.rmap().filePages(file) - from)));
  }

  private Signal find(Cpu cpu) {
    cpu.request(cpu.directory().file(file), Messages.FILE_LOOKUP).add(filePage + page() - base).add(1).close();
    at = 5;
    return Signal.BUSY;
  }

  private Signal get(Cpu cpu) {
    int pfn = (int) cpu.reply(0);
    if (pfn == 0) {
      at = 0;
      return Signal.PREEMPTIBLE;
    }
    at = 6;
    return cpu.call(new FolioLockWait(pfn, handle + page() - base));
  }
}
