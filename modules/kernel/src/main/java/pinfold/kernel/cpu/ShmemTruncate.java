package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shmem_undo_range() (mm/shmem.c, 6.12) of pages that nobody maps: those in the page cache leave it, whoever holds them, and a local drain
 * comes before the first are let go of; slots of those in swap are freed (shmem_free_swap()). What was on its way between the two is looked
 * up again.
 */
final class ShmemTruncate extends Frame {
  private static final int PIECE_PAGES = 512;

  private final int file;
  private final int firstPage;
  private final int pages;
  /** Page &lt;&lt; 32 | pfn, and page &lt;&lt; 32 | slot. */
  private final LongList cached = new LongList();
  private final LongList swapped = new LongList();
  private int from;
  private int end;
  private int cursor;
  private int segmentEnd;
  private boolean drained;
  private boolean again;

  ShmemTruncate(int file, int firstPage, int pages) {
    this.file = file;
    this.firstPage = firstPage;
    this.pages = pages;
    this.from = firstPage;
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        at = 1;
        yield Signal.RUN;
      }
      case 1 -> {
        if (from == firstPage + pages) {
          yield cpu.ret(0);
        }
        end = Math.min(from + PIECE_PAGES, firstPage + pages);
        cpu.request(cpu.directory().file(file), Messages.FILE_LOOKUP).add(from).add(end - from).close();
        at = 2;
        yield Signal.BUSY;
      }
      case 2 -> found(cpu);
      case 3 -> truncate(cpu);
      case 4 -> truncated(cpu);
      case 5 -> freeSwap(cpu);
      case 6 -> swapFreed(cpu);
      case 7 -> released(cpu);
      default -> dropSwapcache(cpu);
    };
  }

  private Signal found(Cpu cpu) {
    cached.clear();
    swapped.clear();
    for (int page = from; page < end; page++) {
      long there = cpu.reply(page - from);
      if (there != 0) {
        (FileMapping.isSwapped(there) ? swapped : cached).add((long) page << 32 | (int) there);
      }
    }
    cursor = 0;
    again = false;
    at = 3;
    return Signal.RUN;
  }

  /** The next ones in a row of one node. */
  private Signal truncate(Cpu cpu) {
    if (cursor == cached.size()) {
      at = 5;
      return Signal.RUN;
    }
    int node = cpu.directory().nodeOfPfn((int) cached.get(cursor));
    int handle = cpu.rmap().fileHandle(file, 0);
    for (segmentEnd = cursor; segmentEnd < cached.size()
        && cpu.directory().nodeOfPfn((int) cached.get(segmentEnd)) == node; segmentEnd++) {
      cpu.ops().add(BurstOp.TRUNCATE.word((int) cached.get(segmentEnd), 0));
      cpu.ops().add(handle + (int) (cached.get(segmentEnd) >>> 32));
    }
    if (!drained) {
      drained = true;
      cpu.ops().add(BurstOp.DRAIN.word(0, 0));
    }
    at = 4;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal truncated(Cpu cpu) {
    EventBatch out = null;
    for (int i = cursor; i < segmentEnd; i++) {
      if (cpu.burstResult(i - cursor) == 0) {
        again = true;
        continue;
      }
      out = out == null ? cpu.tell(cpu.directory().file(file), Messages.FILE_REMOVE) : out;
      out.add(cached.get(i)).add(0);
    }
    if (out != null) {
      out.close();
    }
    cursor = segmentEnd;
    at = 3;
    return Signal.RUN;
  }

  private Signal freeSwap(Cpu cpu) {
    if (swapped.isEmpty()) {
      return next();
    }
    cpu.request(cpu.directory().file(file), Messages.FILE_FREE_SWAP).addAll(swapped.words(), 0, swapped.size()).close();
    at = 6;
    return Signal.BUSY;
  }

  private Signal next() {
    from = again ? from : end;
    at = 1;
    return Signal.PREEMPTIBLE;
  }

  private Signal swapFreed(Cpu cpu) {
    for (int i = swapped.size() - 1; i >= 0; i--) {
      if (cpu.reply(i) == 0) {
        again = true;
        swapped.remove(i);
      }
    }
    if (swapped.isEmpty()) {
      return next();
    }
    EventBatch out = cpu.request(cpu.directory().swap(), Messages.SWAP_RELEASE);
    for (int i = 0; i < swapped.size(); i++) {
      out.add((int) swapped.get(i));
    }
    out.close();
    at = 7;
    return Signal.BUSY;
  }

  private Signal released(Cpu cpu) {
    for (int i = 0; i < swapped.size(); i++) {
      swapped.set(i, swapped.get(i) >>> 32 << 32 | cpu.reply(i));
    }
    at = 8;
    return Signal.RUN;
  }

  /** Folios that were in the swap cache, a burst per node. */
  private Signal dropSwapcache(Cpu cpu) {
    int node = -1;
    LongList left = new LongList();
    for (int i = 0; i < swapped.size(); i++) {
      int pfn = (int) swapped.get(i);
      if (pfn != 0 && (node < 0 || cpu.directory().nodeOfPfn(pfn) == node)) {
        node = cpu.directory().nodeOfPfn(pfn);
        cpu.ops().add(BurstOp.DROP_SWAPCACHE.word(pfn, 0));
        cpu.ops().add(cpu.rmap().fileHandle(file, (int) (swapped.get(i) >>> 32)));
      } else if (pfn != 0) {
        left.add(swapped.get(i));
      }
    }
    swapped.clear();
    swapped.addAll(left.words(), 0, left.size());
    return node < 0 ? next() : cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }
}
