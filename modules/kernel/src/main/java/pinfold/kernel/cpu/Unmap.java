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
 * Takes pages out of a page table and lets them go: MADV_DONTNEED, munmap, exit (mm/memory.c: zap_page_range_single(), mm/mmu_gather.c,
 * mm/swap_state.c: free_pages_and_swap_cache(), 6.12). The page table is locked until the folios of up to 2 MiB are unmapped. Their
 * references are gathered meanwhile, and given up when the range is over or the gather full. A local lru_add_drain() at the start, and one
 * before each batch of the gather is let go of.
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
  /** MAX_GATHER_BATCH (include/asm-generic/tlb.h, 6.12); the eight that come first, on the stack, are not told apart. */
  private static final int GATHER_BATCH = 510;
  /** MAX_GATHER_BATCH_COUNT such batches. */
  private static final int GATHER_FULL = 19 * GATHER_BATCH;

  private final Reason reason;
  private final int space;
  private final int firstPage;
  private final int pages;
  private final LongList mapped = new LongList();
  /** What was unmapped and is still held. */
  private final LongList gathered = new LongList();
  /** Swap entries, as {@link pinfold.kernel.mm.AddressSpace} gives them. */
  private final LongList swapped = new LongList();
  private long vma;
  private int done;
  private boolean holdsMmapLock;
  private int zapPage;
  private int cursor;
  /** How many of {@link #gathered} are let go of, and where the batch that is being let go of ends. */
  private int released;
  private int batchEnd;

  Unmap(Reason reason, int space, int firstPage, int pages) {
    this.reason = reason;
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
  }

  @Override
  public void report(Holdings to) {
    for (int i = released; i < gathered.size(); i++) {
      to.references(Pte.pfn(gathered.get(i)), 1);
    }
    if (at >= 2 && at != 4 && at != 5) {
      to.unmapping(space, zapPage & -CHUNK, CHUNK);
    }
    int zapped = at == 3 ? cursor : at == 9 ? mapped.size() : 0;
    for (int i = 0; i < zapped; i++) {
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
        if (!gathered.isEmpty() && (done == pages || gathered.size() >= GATHER_FULL)) {
          at = 4;
          yield Signal.RUN;
        }
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
            .add(reason.tables | (holdsMmapLock ? AddressSpace.MMAP_NONE : reason.mmapLock)).close();
        at = 2;
        yield Signal.BUSY;
      }
      case 2 -> {
        holdsMmapLock = true;
        if (cpu.reply(0) == 0) {
          yield again(cpu, (int) cpu.reply(1));
        }
        done += (int) cpu.reply(0);
        vma = cpu.reply(1);
        mapped.clear();
        swapped.clear();
        for (int i = 2; i < cpu.replyLength(); i++) {
          (Pte.swap(cpu.reply(i)) && !Pte.large(cpu.reply(i)) ? swapped : mapped).add(cpu.reply(i));
        }
        cursor = 0;
        at = swapped.isEmpty() ? 3 : 6;
        yield Signal.RUN;
      }
      case 3 -> {
        if (cursor == mapped.size()) {
          at = 9;
          yield Signal.RUN;
        }
        cursor = sendRun(cpu, mapped, cursor, mapped.size(), BurstOp.ZAP, Vma.locked(vma) ? BurstOp.VMA_LOCKED : 0);
        yield Signal.BUSY;
      }
      case 9 -> {
        cpu.tell(cpu.directory().space(space), Messages.UNLOCK).add(cpu.task() << 32 | zapPage / CHUNK).close();
        gathered.addAll(mapped.words(), 0, mapped.size());
        at = 1;
        yield Signal.PREEMPTIBLE;
      }
      case 4 -> {
        if (released == gathered.size()) {
          gathered.clear();
          released = 0;
          at = 1;
          yield Signal.RUN;
        }
        batchEnd = Math.min(gathered.size(), released + GATHER_BATCH);
        at = 5;
        yield cpu.call(new DrainBatches(true));
      }
      case 5 -> release(cpu);
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

  /** Asks once more when mmap_lock is there, which was waited for, or when a page is not being moved any more. */
  private Signal again(Cpu cpu, int moving) {
    at = 1;
    if (moving < 0) {
      return Signal.RUN;
    }
    cpu.request(cpu.directory().space(space), Messages.WAIT_MIGRATION).add(moving).close();
    return Signal.SLEEP;
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
      at = 3;
      return Signal.RUN;
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal release(Cpu cpu) {
    if (released == batchEnd) {
      at = 4;
      return Signal.PREEMPTIBLE;
    }
    released = sendRun(cpu, gathered, released, batchEnd, BurstOp.PUT, 0);
    return Signal.BUSY;
  }

  /** Sends what is to be done to the entries of a list in a row that are of one node; returns where that row ends. */
  private static int sendRun(Cpu cpu, LongList entries, int from, int end, BurstOp op, int argument) {
    Directory directory = cpu.directory();
    int node = directory.nodeOfPfn(Pte.pfn(entries.get(from)));
    int to = from;
    for (; to < end && directory.nodeOfPfn(Pte.pfn(entries.get(to))) == node; to++) {
      int young = op == BurstOp.ZAP && (entries.get(to) & Pte.YOUNG) != 0 ? BurstOp.YOUNG : 0;
      cpu.ops().add(op.word(Pte.pfn(entries.get(to)), argument | young));
    }
    cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
    return to;
  }
}
