package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * posix_fadvise(POSIX_FADV_DONTNEED) of pages of the page cache that nobody maps (mm/fadvise.c: generic_fadvise(), 6.12): a local
 * drain, then every page is dropped that nobody else holds; if any could not be, lru_add_drain_all() and once more. Returns how
 * many stay.
 */
final class FadviseDontNeed extends Frame {
  private final int file;
  private final int firstPage;
  private final int pages;
  private final boolean drainsAll;
  private final int[] pfns;
  private int cursor;
  private int segmentEnd;
  private int stayed;
  private boolean again;

  /** @param drainsAll as where the range has a page that cannot be dropped, beside these */
  FadviseDontNeed(int file, int firstPage, int pages, boolean drainsAll) {
    this.file = file;
    this.firstPage = firstPage;
    this.pages = pages;
    this.drainsAll = drainsAll;
    this.pfns = new int[pages];
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
        cpu.request(cpu.directory().file(file), Messages.FILE_LOOKUP).add(firstPage).add(pages).close();
        at = 2;
        yield Signal.BUSY;
      }
      case 2 -> {
        for (int i = 0; i < pages; i++) {
          pfns[i] = (int) cpu.reply(i);
        }
        cursor = 0;
        stayed = 0;
        at = 3;
        yield Signal.RUN;
      }
      case 3 -> invalidate(cpu);
      case 4 -> {
        invalidated(cpu);
        at = 3;
        yield Signal.RUN;
      }
      default -> {
        again = true;
        at = 1;
        yield cpu.call(new DrainAllCpus());
      }
    };
  }

  /** The next pages in a row of one node. */
  private Signal invalidate(Cpu cpu) {
    while (cursor < pages && pfns[cursor] == 0) {
      cursor++;
    }
    if (cursor == pages) {
      at = 5;
      return !again && (drainsAll || stayed > 0) ? Signal.RUN : cpu.ret(stayed);
    }
    LongList ops = cpu.ops();
    int node = cpu.directory().nodeOfPfn(pfns[cursor]);
    int handle = cpu.rmap().fileHandle(file, firstPage);
    for (segmentEnd = cursor; segmentEnd < pages && pfns[segmentEnd] != 0
        && cpu.directory().nodeOfPfn(pfns[segmentEnd]) == node; segmentEnd++) {
      ops.add(BurstOp.INVALIDATE.word(pfns[segmentEnd], 0));
      ops.add(handle + segmentEnd);
    }
    at = 4;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  /** The page cache forgets what is gone. */
  private void invalidated(Cpu cpu) {
    EventBatch out = null;
    for (int i = cursor; i < segmentEnd; i++) {
      if (cpu.burstResult(i - cursor) != 1) {
        stayed += cpu.burstResult(i - cursor) == 0 ? 1 : 0;
        continue;
      }
      if (out == null) {
        out = cpu.tell(cpu.directory().file(file), Messages.FILE_REMOVE);
      }
      out.add((long) (firstPage + i) << 32 | pfns[i]).add(0);
    }
    if (out != null) {
      out.close();
    }
    cursor = segmentEnd;
  }
}
