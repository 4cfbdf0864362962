package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * pread() of whole pages of a file on a disk: filemap_read() and filemap_get_pages() (mm/filemap.c), page_cache_ra_unbounded()
 * (mm/readahead.c, 6.12).
 *
 * <p>Where the next page is missing, every missing page of the call is put into the page cache, locked, and on the lru_add batch, and a
 * read of each run is submitted. Where it is there, folios are taken hold of up to the first that is not there, as many as a folio batch
 * has, and at most up to one that is still being read. That one is let go of and waited for, but <em>those before it stay held
 * meanwhile</em> (filemap_update_page(), folio_put_wait_locked()); then these are copied, and the page cache is asked anew. A patch
 * proposed in 2025 ends that wait: docs/scope.md.
 */
final class DiskRead extends Frame implements HoldsFolios {
  /** Nothing is read by the caller: what is missing is submitted, and that is all. */
  private final boolean ahead;
  private final int file;
  private final int firstPage;
  private final int pages;
  private final int[] pfns;
  /** Allocated here, and not yet known to be a folio. */
  private final boolean[] fresh;
  private final long[] shadows;
  /** Pages that are copied. */
  private int done;
  private int cursor;
  private int segmentEnd;
  /** So many folios from {@link #done} on are held while another is waited for. */
  private int held;
  /** What the device is to read: where a run begins, file &lt;&lt; 32 | page, its length, then its pfns. */
  private final LongList runs = new LongList();
  /** The folio that is waited for. */
  private int awaited;

  DiskRead(int file, int firstPage, int pages) {
    this(file, firstPage, pages, false);
  }

  /** Read-ahead and nothing else, which a fault needs. The result is 0 or -ENOMEM. */
  static DiskRead ahead(int file, int firstPage, int pages) {
    return new DiskRead(file, firstPage, pages, true);
  }

  private DiskRead(int file, int firstPage, int pages, boolean ahead) {
    this.ahead = ahead;
    this.file = file;
    this.firstPage = firstPage;
    this.pages = pages;
    this.pfns = new int[pages];
    this.fresh = new boolean[pages];
    this.shadows = new long[pages];
  }

  @Override
  public void report(Holdings to) {
    for (int i = done; i < pages; i++) {
      if (fresh[i]) {
        to.allocated(pfns[i], 0, false);
      }
    }
    for (int i = done; i < done + held; i++) {
      to.references(pfns[i], 1);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        if (!ahead) {
          cpu.spend(Cost.SYSCALL);
        }
        at = 1;
        yield Signal.RUN;
      }
      case 1 -> {
        cpu.request(cpu.directory().file(file), Messages.FILE_LOOKUP).add(firstPage + done).add(pages - done).close();
        at = 2;
        yield Signal.BUSY;
      }
      case 2 -> {
        for (int i = done; i < pages; i++) {
          pfns[i] = (int) cpu.reply(i - done);
        }
        yield next(cpu);
      }
      case 3 -> allocate(cpu);
      case 4 -> allocated(cpu);
      case 5 -> added(cpu);
      case 6 -> bear(cpu);
      case 7 -> {
        for (; cursor < segmentEnd; cursor++) {
          fresh[cursor] = false;
        }
        yield bear(cpu);
      }
      case 8 -> taken(cpu);
      case 9 -> copyHeld(cpu);
      case 10 -> {
        done += held;
        held = 0;
        at = done == pages ? 11 : 1;
        yield Signal.RUN;
      }
      case 11 -> cpu.ret(0);
      default -> throw new IllegalStateException(toString());
    };
  }

  /** Goes on with the next page as the page cache has it, or has it not. */
  private Signal next(Cpu cpu) {
    if (done == pages || ahead && hasAll()) {
      return cpu.ret(0);
    }
    if (!ahead && pfns[done] != 0) {
      return take(cpu);
    }
    cursor = done;
    at = 3;
    return Signal.RUN;
  }

  private boolean hasAll() {
    for (int pfn : pfns) {
      if (pfn == 0) {
        return false;
      }
    }
    return true;
  }

  // ---- Read-ahead

  private Signal allocate(Cpu cpu) {
    for (; cursor < pages; cursor++) {
      if (pfns[cursor] != 0) {
        continue;
      }
      int pfn = cpu.takePage(PageRequest.USER, cpu.node(), 0);
      if (pfn < 0) {
        at = 4;
        return cpu.call(new AllocPages(PageRequest.USER, cpu.node(), 0, true));
      }
      have(cpu, pfn);
    }
    EventBatch out = cpu.request(cpu.directory().file(file), Messages.FILE_ADD);
    for (int i = done; i < pages; i++) {
      if (fresh[i]) {
        out.add((long) (firstPage + i) << 32 | pfns[i]);
      }
    }
    out.close();
    at = 5;
    return Signal.BUSY;
  }

  private Signal allocated(Cpu cpu) {
    if (cpu.result() < 0) {
      for (int i = done; i < pages; i++) {
        if (fresh[i]) {
          PageRequest.USER.giveBack(cpu, pfns[i], 0);
          fresh[i] = false;
        }
      }
      return cpu.ret(-Errno.ENOMEM);
    }
    have(cpu, (int) cpu.result());
    cursor++;
    at = 3;
    return Signal.RUN;
  }

  private void have(Cpu cpu, int pfn) {
    pfns[cursor] = pfn;
    fresh[cursor] = true;
    cpu.count(VmCounter.PGALLOC, 1);
  }

  /** Where somebody else was first, our page goes back and theirs is the page of the file. */
  private Signal added(Cpu cpu) {
    int answer = 0;
    for (int i = done; i < pages; i++) {
      if (!fresh[i]) {
        continue;
      }
      long there = cpu.reply(answer++);
      boolean evicted = Shadow.isShadow(there);
      shadows[i] = evicted ? there : 0;
      if (!evicted && there != pfns[i]) {
        PageRequest.USER.giveBack(cpu, pfns[i], 0);
        pfns[i] = (int) there;
        fresh[i] = false;
      }
    }
    runs.clear();
    int length = 0;
    for (int i = done; i < pages; i++) {
      if (fresh[i] && length == 0) {
        length = run(i);
        runs.add((long) file << 32 | firstPage + i);
        runs.add(length);
      }
      if (fresh[i]) {
        runs.add(pfns[i]);
        length--;
      }
    }
    cursor = done;
    at = 6;
    return Signal.RUN;
  }

  private int run(int from) {
    int end = from;
    while (end < pages && fresh[end]) {
      end++;
    }
    return end - from;
  }

  /** What is new in the page cache becomes folios, node by node; then the device is told to read them. */
  private Signal bear(Cpu cpu) {
    int handle = cpu.rmap().fileHandle(file, firstPage);
    int node = -1;
    for (segmentEnd = cursor; segmentEnd < pages; segmentEnd++) {
      if (!fresh[segmentEnd]) {
        continue;
      }
      int home = cpu.directory().nodeOfPfn(pfns[segmentEnd]);
      if (node >= 0 && home != node) {
        break;
      }
      node = home;
      if (shadows[segmentEnd] != 0) {
        cpu.ops().add(BurstOp.SHADOW.word(pfns[segmentEnd], 0));
        cpu.ops().add(shadows[segmentEnd]);
      }
      cpu.ops().add(BurstOp.NEW_FILE.word(pfns[segmentEnd], cpu.filesOnDisk() ? BurstOp.UNDER_READ : 0));
      cpu.ops().add(handle + segmentEnd);
    }
    if (node >= 0) {
      at = 7;
      return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
    }
    if (!runs.isEmpty() && cpu.filesOnDisk()) {
      cpu.tell(cpu.directory().swap(), Messages.READ_FILE).addAll(runs.words(), 0, runs.size()).close();
      for (int i = 1; i < runs.size(); i += 2 + (int) runs.get(i)) {
        cpu.count(VmCounter.FILE_PAGES_READ, runs.get(i));
      }
    }
    at = 2;
    return next(cpu);
  }

  // ---- The folio batch

  private Signal take(Cpu cpu) {
    int node = cpu.directory().nodeOfPfn(pfns[done]);
    int handle = cpu.rmap().fileHandle(file, firstPage);
    segmentEnd = done;
    while (segmentEnd < pages && segmentEnd < done + cpu.variant().batchCapacity() && pfns[segmentEnd] != 0
        && cpu.directory().nodeOfPfn(pfns[segmentEnd]) == node) {
      cpu.ops().add(BurstOp.READ_GET.word(pfns[segmentEnd], 0));
      cpu.ops().add(handle + segmentEnd++);
    }
    addCopies(cpu.ops(), handle, done, segmentEnd);
    at = 8;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private void addCopies(LongList ops, int handle, int from, int end) {
    for (int i = from; i < end; i++) {
      ops.add(BurstOp.READ.word(pfns[i], (i == from ? end - from : 0) | BurstOp.IS_HELD));
      ops.add(handle + i);
    }
  }

  private Signal taken(Cpu cpu) {
    if (cpu.burstStatus() == BurstStatus.DONE) {
      done = segmentEnd;
      return next(cpu);
    }
    held = cpu.burstStoppedAt() / 2;
    if (cpu.burstStatus() == BurstStatus.GONE) {
      at = held > 0 ? 9 : 1;
      return held > 0 ? Signal.RUN : Signal.PREEMPTIBLE;
    }
    awaited = cpu.burstArgument();
    cpu.count(VmCounter.FILE_READ_WAITS, 1);
    cpu.count(VmCounter.FILE_READ_WAITS_HELD, held);
    cpu.request(cpu.directory().node(cpu.directory().nodeOfPfn(awaited)), Messages.AWAIT_READ).add(awaited).add(0).close();
    at = held > 0 ? 9 : 1;
    return Signal.SLEEP;
  }

  private Signal copyHeld(Cpu cpu) {
    addCopies(cpu.ops(), cpu.rmap().fileHandle(file, firstPage), done, done + held);
    at = 10;
    return cpu.sendBurst(cpu.directory().nodeOfPfn(pfns[done]), 0, Progress.NONE, 0, 0);
  }
}
