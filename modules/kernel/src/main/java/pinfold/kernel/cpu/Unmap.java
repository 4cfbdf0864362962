package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * Takes pages out of a page table and lets them go: MADV_DONTNEED, munmap, exit (mm/memory.c: zap_page_range_single(),
 * mm/swap_state.c: free_pages_and_swap_cache(), 6.12). A local lru_add_drain() at the start, and one before each lot is freed.
 * mmap_lock is asked for behind that first drain, where the kernel does it before: nobody can tell, as it drains this CPU alone.
 */
final class Unmap extends Frame implements HoldsFolios {
  /** Why, and so how it takes mmap_lock. */
  enum Reason {
    /** MADV_DONTNEED: for read. */
    DONTNEED(AddressSpace.MMAP_READ, AddressSpace.ZAP_KEEP_TABLE),
    /** munmap(): for write, downgraded to read before any page is unmapped (mm/vma.c: vms_complete_munmap_vmas(), 6.12). */
    MUNMAP(AddressSpace.MMAP_WRITE_DOWNGRADED, 0),
    /** exit_mmap() (mm/mmap.c, 6.12): for read; for write it only frees page tables, when nobody else has the space any more. */
    EXIT(AddressSpace.MMAP_READ, 0);

    final int mmapLock;
    final int tables;

    Reason(int mmapLock, int tables) {
      this.mmapLock = mmapLock;
      this.tables = tables;
    }
  }

  private static final int CHUNK = 512;

  private final Reason reason;
  private final int space;
  private final int firstPage;
  private final int pages;
  private final LongList mapped = new LongList();
  /** Swap entries, as {@link pinfold.kernel.mm.AddressSpace} gives them. */
  private final LongList swapped = new LongList();
  private long vma;
  private int done;
  private int zapPage;
  private int cursor;

  Unmap(Reason reason, int space, int firstPage, int pages) {
    this.reason = reason;
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
  }

  @Override
  public void report(Holdings to) {
    if (at < 2) {
      return;
    }
    to.unmapping(space, zapPage & -CHUNK, CHUNK);
    int from = at == 5 ? cursor : 0;
    int end = at == 3 ? cursor : mapped.size();
    for (int i = from; at > 2 && at < 6 && i < end; i++) {
      to.references(Pte.pfn(mapped.get(i)), 1);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        at = 1;
        yield cpu.call(new DrainBatches(true));
      }
      case 1 -> {
        if (done == pages) {
          if (pages > 0) {
            cpu.mmapUnlock(space);
          }
          yield cpu.ret(0);
        }
        int page = firstPage + done;
        zapPage = page;
        int wanted = Math.min(Math.min(pages - done, CHUNK - (page & CHUNK - 1)), cpu.maxWalkPages());
        cpu.request(cpu.directory().space(space), Messages.ZAP).add(page).add(wanted)
            .add(reason.tables | (done == 0 ? reason.mmapLock : AddressSpace.MMAP_NONE)).close();
        at = 2;
        yield Signal.SLEEP;
      }
      case 2 -> {
        done += (int) cpu.reply(0);
        vma = cpu.reply(1);
        mapped.clear();
        swapped.clear();
        for (int i = 2; i < cpu.replyLength(); i++) {
          (Pte.swap(cpu.reply(i)) && !Pte.large(cpu.reply(i)) ? swapped : mapped).add(cpu.reply(i));
        }
        cursor = 0;
        at = swapped.isEmpty() ? afterSwap() : 6;
        yield Signal.PREEMPTIBLE;
      }
      case 3 -> segment(cpu, BurstOp.ZAP, Vma.locked(vma) ? BurstOp.VMA_LOCKED : 0, 4);
      case 4 -> {
        cursor = 0;
        at = 5;
        yield cpu.call(new DrainBatches(true));
      }
      case 5 -> segment(cpu, BurstOp.PUT, 0, 1);
      case 6 -> {
        EventBatch out = cpu.request(cpu.directory().swap(), Messages.SWAP_RELEASE);
        for (int i = 0; i < swapped.size(); i++) {
          out.add(Pte.slot(swapped.get(i)));
        }
        out.close();
        at = 7;
        yield Signal.BUSY;
      }
      case 7 -> {
        for (int i = 0; i < swapped.size(); i++) {
          swapped.set(i, (swapped.get(i) >>> 33) << 32 | cpu.reply(i));
        }
        at = 8;
        yield Signal.RUN;
      }
      case 8 -> dropSwapcache(cpu);
      default -> throw new IllegalStateException(toString());
    };
  }

  private int afterSwap() {
    return mapped.isEmpty() ? 1 : 3;
  }

  /** Folios that were in the swap cache alone, a burst per node. */
  private Signal dropSwapcache(Cpu cpu) {
    int node = -1;
    int left = 0;
    for (int i = 0; i < swapped.size(); i++) {
      int pfn = (int) swapped.get(i);
      if (pfn != 0 && (node < 0 || cpu.directory().nodeOfPfn(pfn) == node)) {
        node = cpu.directory().nodeOfPfn(pfn);
        cpu.ops().add(BurstOp.DROP_SWAPCACHE.word(pfn, 0));
        cpu.ops().add(cpu.rmap().spaceHandle(space, (zapPage & -CHUNK) + (int) (swapped.get(i) >>> 32)));
      } else if (pfn != 0) {
        swapped.set(left++, swapped.get(i));
      }
    }
    while (swapped.size() > left) {
      swapped.removeLast();
    }
    if (node < 0) {
      at = afterSwap();
      return Signal.RUN;
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal segment(Cpu cpu, BurstOp op, int argument, int next) {
    if (cursor == mapped.size()) {
      at = next;
      return Signal.RUN;
    }
    Directory directory = cpu.directory();
    LongList ops = cpu.ops();
    int node = directory.nodeOfPfn(Pte.pfn(mapped.get(cursor)));
    for (; cursor < mapped.size(); cursor++) {
      int pfn = Pte.pfn(mapped.get(cursor));
      if (directory.nodeOfPfn(pfn) != node) {
        break;
      }
      ops.add(op.word(pfn, argument));
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }
}
