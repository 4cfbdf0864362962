package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * pread() or pwrite() of whole pages through the page cache (mm/filemap.c, mm/shmem.c, 6.12): what is missing is allocated, put
 * into the cache and on the lru_add batch; then every page is marked accessed and copied, while it is held with the others of its
 * folio batch. A page that was moved or dropped after the cache was looked up is looked up again. What is missing takes no time to
 * read; {@link DiskRead} is for files where it does. Pages of tmpfs that are in swap come back one by one, when those before them have
 * been dealt with.
 */
final class FileAccess extends Frame implements HoldsFolios {
  private final int file;
  private final int firstPage;
  private final int pages;
  private final Kind kind;
  private final int[] pfns;
  private final boolean[] fresh;
  /** What was in the place of a fresh page, 0 for nothing; null until there is one. */
  private long[] shadows;
  private final boolean[] done;
  /** Pages up to here are dealt with before the cache is looked up again: the next one, if any, is in swap. */
  private int upTo;
  private int memcg;
  private int cursor;
  private int segmentEnd;
  /** Pages that this call has made dirty. */
  private int dirtied;
  /** Index of one of its pages that a device still reads, -1 for none. */
  private int underRead = -1;
  private long beginNanos;

  /** What is done to what kind of file. */
  enum Kind {
    /** filemap_read(): a folio batch at a time is held. */
    READ,
    /** generic_perform_write(): page by page. Where files are on a disk the pages are dirty then, and the task may have to wait. */
    WRITE,
    /** A read or a write of a file in tmpfs or a memfd (shmem_file_read_iter()): page by page. */
    SHMEM
  }

  FileAccess(int file, int firstPage, int pages, Kind kind) {
    this.file = file;
    this.firstPage = firstPage;
    this.pages = pages;
    this.kind = kind;
    this.pfns = new int[pages];
    this.fresh = new boolean[pages];
    this.done = new boolean[pages];
  }

  /** Whether its pages become dirty. */
  private boolean dirties(Cpu cpu) {
    return kind == Kind.WRITE && cpu.directory().hasWriteback();
  }

  @Override
  public void report(Holdings to) {
    for (int i = cursor; kind == Kind.WRITE && at == 6 && i < segmentEnd; i++) {
      to.inMotion(pfns[i]);
    }
    for (int i = 0; i < pages; i++) {
      if (fresh[i] && at == 6 && i >= cursor && i < segmentEnd) {
        // The burst under way may have put it into the cache, and reclaim may have dropped it since.
        to.perhapsFreed(pfns[i], 0, false);
      } else if (fresh[i]) {
        to.allocated(pfns[i], 0, false);
      }
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        if (kind == Kind.READ && cpu.filesOnDisk()) {
          at = 8;
          yield cpu.call(new DiskRead(file, firstPage, pages));
        }
        cpu.spend(Cost.SYSCALL);
        at = 7;
        yield Signal.RUN;
      }
      case 8 -> cpu.ret(cpu.result());
      case 7 -> {
        cpu.request(cpu.directory().file(file), Messages.FILE_LOOKUP).add(firstPage).add(pages).close();
        at = 1;
        yield Signal.BUSY;
      }
      case 1 -> found(cpu);
      case 2 -> allocate(cpu);
      case 3 -> {
        if (cpu.result() < 0) {
          cpu.addToStock(memcg, 1);
          yield outOfMemory(cpu);
        }
        have(cpu, (int) cpu.result());
        at = 2;
        yield Signal.RUN;
      }
      case 4 -> {
        int answer = 0;
        for (int i = 0; i < pages; i++) {
          if (fresh[i]) {
            added(cpu, i, cpu.reply(answer++));
          }
        }
        at = 5;
        yield Signal.RUN;
      }
      case 5 -> burst(cpu);
      case 6 -> {
        segmentDone(cpu);
        at = 5;
        yield Signal.RUN;
      }
      case 9 -> {
        if (cpu.reply(0) != 0) {
          cpu.count(VmCounter.DIRTY_THROTTLED, 1);
          cpu.count(VmCounter.DIRTY_THROTTLED_NANOS, cpu.clockNanos() - beginNanos);
        }
        yield cpu.ret(0);
      }
      case 10 -> {
        at = 7;
        yield cpu.result() < 0 ? outOfMemory(cpu) : Signal.RUN;
      }
      case 11 -> {
        at = 2;
        yield cpu.result() < 0 ? outOfMemory(cpu) : Signal.RUN;
      }
      default -> throw new IllegalStateException(toString());
    };
  }

  private Signal found(Cpu cpu) {
    upTo = 0;
    int first = -1;
    while (upTo < pages && (done[upTo] || !FileMapping.isSwapped(cpu.reply(upTo)))) {
      pfns[upTo] = (int) cpu.reply(upTo);
      first = first < 0 && !done[upTo] ? upTo : first;
      upTo++;
    }
    memcg = cpu.chargesMemcgs() ? cpu.rmap().memcg(cpu.rmap().fileHandle(file, firstPage)) : 0;
    cursor = 0;
    if (first >= 0 || upTo == pages) {
      at = 2;
      return Signal.RUN;
    }
    at = 10;
    return cpu.call(new ShmemSwapIn(file, firstPage + upTo, (int) cpu.reply(upTo), false));
  }

  /** Nothing of it has reached the page cache yet. */
  private Signal outOfMemory(Cpu cpu) {
    for (int i = 0; i < pages; i++) {
      if (fresh[i]) {
        giveBack(cpu, i);
      }
    }
    return cpu.ret(-Errno.ENOMEM);
  }

  private void giveBack(Cpu cpu, int i) {
    PageRequest.USER.giveBack(cpu, pfns[i], 0);
    cpu.addToStock(memcg, 1);
    fresh[i] = false;
  }

  private void have(Cpu cpu, int pfn) {
    pfns[cursor] = pfn;
    fresh[cursor++] = true;
    cpu.count(VmCounter.PGALLOC, 1);
  }

  private Signal allocate(Cpu cpu) {
    while (cursor < upTo) {
      if (pfns[cursor] != 0 || done[cursor]) {
        cursor++;
        continue;
      }
      if (!cpu.consumeStock(memcg, 1)) {
        at = 11;
        return cpu.call(new ChargeMemcg(memcg, 1));
      }
      int pfn = cpu.takePage(PageRequest.USER, cpu.node(), 0);
      if (pfn < 0) {
        at = 3;
        return cpu.call(new AllocPages(PageRequest.USER, cpu.node(), 0, true));
      }
      have(cpu, pfn);
    }
    cursor = 0;
    return addToCache(cpu);
  }

  private Signal addToCache(Cpu cpu) {
    EventBatch out = null;
    for (int i = 0; i < pages; i++) {
      if (fresh[i]) {
        if (out == null) {
          out = cpu.request(cpu.directory().file(file), Messages.FILE_ADD);
        }
        out.add((long) (firstPage + i) << 32 | pfns[i]);
      }
    }
    if (out == null) {
      at = 5;
      return Signal.RUN;
    }
    out.close();
    at = 4;
    return Signal.BUSY;
  }

  /** @param there what the page cache had in the place of a new page */
  private void added(Cpu cpu, int i, long there) {
    boolean evicted = Shadow.isShadow(there);
    if (evicted && shadows == null) {
      shadows = new long[pages];
    }
    if (shadows != null) {
      shadows[i] = evicted ? there : 0;
    }
    if (!evicted && there != pfns[i]) {
      giveBack(cpu, i);
      // If what is there is in swap already, the page that was given back stands for one that is gone.
      pfns[i] = FileMapping.isSwapped(there) ? pfns[i] : (int) there;
    }
  }

  private Signal burst(Cpu cpu) {
    while (cursor < upTo && done[cursor]) {
      cursor++;
    }
    if (cursor == upTo) {
      return end(cpu);
    }
    int node = cpu.directory().nodeOfPfn(pfns[cursor]);
    int handle = cpu.rmap().fileHandle(file, firstPage);
    int most = kind == Kind.READ ? cpu.variant().batchCapacity() : 1;
    for (segmentEnd = cursor; isNext(cpu, segmentEnd, node); ) {
      int batchEnd = segmentEnd + 1;
      while (batchEnd < segmentEnd + most && isNext(cpu, batchEnd, node)) {
        batchEnd++;
      }
      addBatch(cpu.ops(), handle, segmentEnd, batchEnd, dirties(cpu));
      segmentEnd = batchEnd;
    }
    at = 6;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private boolean isNext(Cpu cpu, int i, int node) {
    return i < upTo && !done[i] && cpu.directory().nodeOfPfn(pfns[i]) == node;
  }

  /** Read-ahead of what is missing comes before the batch is looked up. */
  private void addBatch(LongList ops, int handle, int from, int end, boolean dirties) {
    for (int i = from; i < end; i++) {
      if (fresh[i]) {
        if (shadows != null && shadows[i] != 0) {
          ops.add(BurstOp.SHADOW.word(pfns[i], 0));
          ops.add(shadows[i]);
        }
        ops.add(BurstOp.NEW_FILE.word(pfns[i], kind == Kind.SHMEM ? BurstOp.SHMEM : 0));
        ops.add(handle + i);
      }
    }
    for (int i = from; i < end; i++) {
      ops.add(dirties ? BurstOp.WRITE.word(pfns[i], 0) : BurstOp.READ.word(pfns[i], i == from ? end - from : 0));
      ops.add(handle + i);
    }
  }

  /** Results name the pages, in order, that were not there any more, that are being read, and those that have become dirty. */
  private void segmentDone(Cpu cpu) {
    int next = 0;
    EventBatch tags = null;
    for (; cursor < segmentEnd; cursor++) {
      long result = next == cpu.burstResults() ? -1 : cpu.burstResult(next);
      boolean stillRead = result == (BurstOp.STILL_READ | pfns[cursor]);
      underRead = stillRead ? cursor : underRead;
      done[cursor] = result != pfns[cursor] && !stillRead;
      fresh[cursor] = false;
      if (result == (BurstOp.DIRTIED | pfns[cursor])) {
        tags = tags == null ? cpu.tell(cpu.directory().file(file), Messages.FILE_DIRTY) : tags;
        tags.add(firstPage + cursor);
        dirtied++;
        next++;
      } else if (!done[cursor]) {
        next++;
      }
    }
    if (tags != null) {
      tags.close();
    }
  }

  /** Looks up again what was not there, if anything. */
  private Signal end(Cpu cpu) {
    for (boolean one : done) {
      if (!one) {
        cursor = 0;
        at = 7;
        return underRead < 0 ? Signal.PREEMPTIBLE : awaitRead(cpu);
      }
    }
    if (!dirties(cpu)) {
      return cpu.ret(0);
    }
    beginNanos = cpu.clockNanos();
    cpu.request(cpu.directory().writeback(), Messages.FILE_DIRTIED).add(file).add(dirtied).close();
    at = 9;
    return Signal.BUSY;
  }

  /** A write takes the folio lock (write_begin()), which the read has. */
  private Signal awaitRead(Cpu cpu) {
    int i = underRead;
    underRead = -1;
    return cpu.call(new FolioLockWait(pfns[i], cpu.rmap().fileHandle(file, firstPage + i)));
  }
}
