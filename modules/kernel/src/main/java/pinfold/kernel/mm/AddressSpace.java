package pinfold.kernel.mm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.swap.SwapDevice;
import pinfold.kernel.variant.FaultLock;

/**
 * One mm: VMAs, page tables, and a lock per 2 MiB of them, which a walk takes and its UNLOCK gives back; whoever comes
 * second waits in line. A page that is being moved has a migration entry, and tasks wait on it.
 *
 * <p>And its mmap_lock, see {@link MmapLock}. An operation takes it with its first request and gives it back with its last
 * message, or with MMAP_UNLOCK where something else comes last. Who has to wait for it is told so by MMAP_WAIT, and sleeps. The
 * answer comes when it has the lock and the work is done; but a WALK is answered with {@link #WALKED_AGAIN} then, and a ZAP with
 * no pages, as a task takes the lock of a block when it runs again, not while it sleeps and others of its CPU may want that lock.
 *
 * <p>Requests (after sent-at and task): WALK page, pages, flags, ns per page, answered by WALKED error or
 * {@link #WALKED_HOLDS_MMAP} and {@link #WALKED_FITS_HUGE}, VMA word, page of the file, handle of the first page, entries.
 * REFERENCED, AGE and SWAP_OUT: see the methods of these names.
 * UNLOCK task &lt;&lt; 32 | block, perhaps with {@link #UNLOCK_MMAP}, then page within the block &lt;&lt; 32 | entry to install.
 * VMAS page, pages, what to do with mmap_lock. SET_VMA_LOCKED page, pages, flags. MIGRATE_UNMAP (page &lt;&lt; 32 | pfn)…, answered
 * by one word each: bit 0 unmapped, bit 1 locked, bit 2 clean since MADV_FREE. MIGRATE_REMAP (page &lt;&lt; 32 | pfn, 0 for no entry)…,
 * unanswered. WAIT_MIGRATION page. OOM_ASK 1 to choose it, answered by OOM_ASKED mapped pages, swap entries, page tables, oom_score_adj, 1
 * if it was chosen and has memory. OOM_TASK_LEFT; OOM_TASKS number and OOM_VICTIM_GONE, unanswered: {@link OomVictim}. ZAP page, pages
 * within one block, what to do with mmap_lock. It keeps the lock of the block until UNLOCK, and is answered by ZAPPED pages, VMA word,
 * entries, or, if nothing was done, 0 and the page to wait for as it is being moved, -1 for none. MMAP_UNLOCK task, unanswered.
 */
public final class AddressSpace extends Entity implements Counting {
  /** WALK: keep the lock of the block until UNLOCK. */
  public static final int WALK_LOCK = 1;
  /** WALK: take mmap_lock for read first. */
  public static final int WALK_MMAP_READ = 2;
  /** WALK: a user's access, which takes mmap_lock for read if it faults and the kernel or a change of the VMA makes it. */
  public static final int WALK_FAULT = 4;
  /** WALK: MADV_FREE, which makes entries clean; a user's access makes them dirty again. */
  public static final int WALK_CLEAN = 8;
  /** WALK: clear the accessed bits, as MADV_COLD and MADV_FREE do. */
  public static final int WALK_MAKE_OLD = 16;
  /** WALKED: the access faults and mmap_lock is held for it. */
  public static final int WALKED_HOLDS_MMAP = 1;
  /** WALKED: the first page's 2 MiB are all in its anonymous VMA, may be huge, and have no page table: a fault takes 2 MiB. */
  public static final int WALKED_FITS_HUGE = 2;
  /** WALKED, alone: the task waited for mmap_lock and holds it now; nothing was walked. */
  public static final int WALKED_AGAIN = 4;
  /** REFERENCED_IS: the page was accessed. SWAPPED_OUT: it was mapped and is no longer. */
  public static final int PAGE_DONE = 1;
  /** REFERENCED_IS: it is in a VM_LOCKED VMA. */
  public static final int PAGE_LOCKED_VMA = 2;
  /** Both: somebody has locked its page table. */
  public static final int PAGE_PASSED_OVER = 4;
  /** SWAPPED_OUT: it has no slot, as it was freed lazily, and was written to since; it stays mapped. */
  public static final int PAGE_DIRTY = 8;
  /** UNLOCK: give mmap_lock back as well. */
  public static final long UNLOCK_MMAP = 1L << 30;
  /** What VMAS and ZAP do with mmap_lock: nothing, or take it. */
  public static final int MMAP_NONE = 0;
  public static final int MMAP_READ = 1;
  public static final int MMAP_WRITE = 2;
  public static final int MMAP_WRITE_DOWNGRADED = 3;
  /** Added to these: give back first what the task holds. */
  public static final int MMAP_GIVE_FIRST = 4;
  /** Added to these by ZAP: a page table stays when it is empty, as only munmap and exit free it. */
  public static final int ZAP_KEEP_TABLE = 8;
  /** Pages per page-table block. */
  public static final int BLOCK_PAGES = 512;

  /** MIN_LRU_BATCH (include/linux/mmzone.h, 6.12). */
  private static final int LOOK_AROUND_PAGES = 64;
  private static final int BLOCK_SHIFT = 9;
  private static final int BLOCK_MASK = BLOCK_PAGES - 1;

  private final Directory directory;
  private final int space;
  private final int handleBase;
  private final CostModel cost;
  private final Counters counters = new Counters();
  private final int[][] tables;
  private final int[] hugeEntries;
  /** By block, a bit per entry that MADV_FREE made clean and that nobody wrote through since; null where there never was one. */
  private final long[][] cleanEntries;
  private int presentBlocks;
  /** Null where nobody reclaims, and so nobody asks. */
  private final AccessedBits accessed;
  /** With MGLRU. */
  private final boolean looksAround;
  private List<Vma> vmas;
  private final FaultLock faultLock;
  private final MmapLock<Request> mmapLock = new MmapLock<>();
  private final OomVictim<Request> oomVictim = new OomVictim<>();
  private final int oomScoreAdj;
  /**
   * Ranges of VMAs that the writer of mmap_lock has changed, page &lt;&lt; 32 | end (vma_start_write(), until it gives the lock
   * back).
   */
  private final LongList changedVmas = new LongList();
  private final Map<Integer, Deque<Request>> lockQueues = new TreeMap<>();
  private final Map<Integer, List<Request>> migrationWaiters = new TreeMap<>();

  /** A request that may have to wait for a block's lock, with how far it got. */
  private static final class Request {
    final int kind;
    final int from;
    final long[] words;
    final int offset;
    final int length;
    final long arrivedNanos;
    int cursor;
    long[] results = new long[0];

    Request(Event event) {
      kind = event.kind();
      from = event.origin();
      words = event.words();
      offset = event.offset();
      length = event.length();
      arrivedNanos = event.timeNanos();
    }

    /** The task, as {@link MmapLock} wants it. */
    long owner() {
      return (long) from << 32 | word(1);
    }

    long word(int index) {
      return words[offset + index];
    }

    int intWord(int index) {
      return (int) words[offset + index];
    }
  }

  public AddressSpace(Directory directory, int space, long seed, CostModel cost, FaultLock faultLock, int pages, int handleBase,
      List<Vma> vmas, boolean reclaims, boolean mglru, int oomScoreAdj) {
    super(directory.space(space), seed);
    this.directory = directory;
    this.space = space;
    this.cost = cost;
    this.faultLock = faultLock;
    this.handleBase = handleBase;
    this.tables = new int[(pages + BLOCK_MASK) >>> BLOCK_SHIFT][];
    this.hugeEntries = new int[tables.length];
    this.cleanEntries = new long[tables.length][];
    this.accessed = reclaims ? new AccessedBits(tables.length) : null;
    this.looksAround = reclaims && mglru;
    this.oomScoreAdj = oomScoreAdj;
    this.vmas = List.copyOf(vmas);
  }

  @Override
  public String name() {
    return "mm" + space;
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.WALK, Messages.VMAS, Messages.ZAP -> enter(new Request(event));
      case Messages.MIGRATE_UNMAP -> proceed(new Request(event));
      case Messages.REFERENCED -> referenced(new Request(event));
      case Messages.AGE -> age(new Request(event));
      case Messages.SWAP_OUT -> swapOut(new Request(event));
      case Messages.MMAP_UNLOCK -> mmapUnlock((long) event.origin() << 32 | event.word(0));
      case Messages.UNLOCK -> unlock(event);
      case Messages.SET_VMA_LOCKED -> setVmaLocked(event);
      case Messages.MIGRATE_REMAP -> migrateRemap(event);
      case Messages.WAIT_MIGRATION -> waitMigration(new Request(event));
      case Messages.OOM_ASK -> oomAsk(new Request(event));
      case Messages.OOM_TASKS -> oomVictim.count(event.intWord(0)).forEach(this::taskLeft);
      case Messages.OOM_TASK_LEFT -> {
        Request leaving = new Request(event);
        if (oomVictim.mayLeave(leaving)) {
          taskLeft(leaving);
        }
      }
      case Messages.OOM_VICTIM_GONE -> oomVictim.setGone();
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  /** Takes mmap_lock for a request that wants it and goes on with it, at once or when its turn comes. */
  private void enter(Request request) {
    int wanted = request.kind == Messages.WALK ? wantedByWalk(request) : request.intWord(4);
    if ((wanted & MMAP_GIVE_FIRST) != 0) {
      mmapUnlock(request.owner());
    }
    MmapLock.Mode mode = switch (wanted & MMAP_WRITE_DOWNGRADED) {
      case MMAP_READ -> MmapLock.Mode.READ;
      case MMAP_WRITE -> MmapLock.Mode.WRITE;
      case MMAP_WRITE_DOWNGRADED -> MmapLock.Mode.WRITE_DOWNGRADED;
      default -> null;
    };
    if (mode == null || mmapLock.acquire(request.owner(), mode, request)) {
      proceed(request);
      return;
    }
    counters.increment(VmCounter.MMAP_LOCK_CONTENDED);
    open(request.from, nowNanos() + directory.links().latencyNanos(id(), request.from), Messages.MMAP_WAIT)
        .add(request.word(1)).add(space).close();
  }

  private int wantedByWalk(Request request) {
    int flags = request.intWord(4);
    if ((flags & WALK_MMAP_READ) != 0) {
      return MMAP_READ;
    }
    boolean takes = (flags & WALK_FAULT) != 0 && !mmapLock.holds(request.owner())
        && faultTakesMmapLock(request.intWord(2), request.intWord(3));
    return takes ? MMAP_READ : MMAP_NONE;
  }

  /**
   * Whether a user's access to the range faults and takes mmap_lock for it: always where there are no locks per VMA, else only
   * while the VMA is being changed (mm/memory.c: lock_vma_under_rcu(), 6.12). An access that finds its pages needs no lock.
   */
  private boolean faultTakesMmapLock(int page, int pages) {
    Vma vma = vmaAt(page);
    if (vma == null || faultLock == FaultLock.VMA && !isChanging(vma)) {
      return false;
    }
    int block = page >>> BLOCK_SHIFT;
    if (hugeEntries[block] != 0) {
      return !Pte.present(hugeEntries[block]);
    }
    int end = Math.min(Math.min(page + pages, vma.end()), (block + 1) << BLOCK_SHIFT);
    for (int i = page; i < end; i++) {
      if (tables[block] == null || !Pte.present(tables[block][i & BLOCK_MASK])) {
        return true;
      }
    }
    return false;
  }

  private boolean isChanging(Vma vma) {
    for (int i = 0; i < changedVmas.size(); i++) {
      if ((int) (changedVmas.get(i) >>> 32) < vma.end() && (int) changedVmas.get(i) > vma.start()) {
        return true;
      }
    }
    return false;
  }

  private void mmapUnlock(long owner) {
    if (mmapLock.heldForWrite()) {
      changedVmas.clear();
    }
    for (Request next : mmapLock.release(owner)) {
      counters.add(VmCounter.MMAP_LOCK_WAIT_NANOS, nowNanos() - next.arrivedNanos);
      if (next.kind == Messages.WALK) {
        answer(next, Messages.WALKED, 0).add(WALKED_AGAIN).close();
      } else if (next.kind == Messages.ZAP) {
        answer(next, Messages.ZAPPED, 0).add(0).add(-1).close();
      } else {
        proceed(next);
      }
    }
  }

  private boolean locked(int block) {
    return lockQueues.containsKey(block);
  }

  /** Goes on with a request until it is answered or has to wait for a lock. */
  private void proceed(Request request) {
    switch (request.kind) {
      case Messages.WALK -> walk(request);
      case Messages.VMAS -> sendVmas(request);
      case Messages.MIGRATE_UNMAP -> migrateUnmap(request);
      case Messages.ZAP -> zap(request);
      default -> throw new IllegalStateException("kind " + request.kind);
    }
  }

  private void markEntries(int block, int first, int pages, int walkFlags) {
    boolean clean = (walkFlags & WALK_CLEAN) != 0;
    if (!clean && ((walkFlags & WALK_FAULT) == 0 || cleanEntries[block] == null)) {
      return;
    }
    if (cleanEntries[block] == null) {
      cleanEntries[block] = new long[BLOCK_PAGES / Long.SIZE];
    }
    setClean(block, first, pages, clean);
  }

  private void setClean(int block, int first, int pages, boolean clean) {
    for (int i = first; i < first + pages; i++) {
      if (clean) {
        cleanEntries[block][i >>> 6] |= 1L << i;
      } else {
        cleanEntries[block][i >>> 6] &= ~(1L << i);
      }
    }
  }

  private boolean isClean(int page) {
    long[] bits = cleanEntries[page >>> BLOCK_SHIFT];
    return bits != null && (bits[(page & BLOCK_MASK) >>> 6] >>> page & 1) != 0;
  }

  private boolean waitsFor(int block, Request request) {
    Deque<Request> queue = lockQueues.get(block);
    if (queue == null) {
      return false;
    }
    queue.add(request);
    return true;
  }

  private void walk(Request request) {
    int page = request.intWord(2);
    int block = page >>> BLOCK_SHIFT;
    boolean lock = (request.intWord(4) & WALK_LOCK) != 0;
    if (lock && waitsFor(block, request)) {
      return;
    }
    Vma vma = vmaAt(page);
    if (vma == null) {
      answer(request, Messages.WALKED, 0).add(-14).close();
      return;
    }
    int pages = Math.min(Math.min(request.intWord(3), BLOCK_PAGES - (page & BLOCK_MASK)), vma.end() - page);
    if (lock) {
      lockQueues.put(block, new ArrayDeque<>());
    }
    markEntries(block, page & BLOCK_MASK, pages, request.intWord(4));
    int handle = vma.file() < 0 ? handleBase + page : 0;
    EventBatch out = answer(request, Messages.WALKED, pages * request.word(5));
    boolean holdsMmap = (request.intWord(4) & WALK_FAULT) != 0 && mmapLock.holds(request.owner());
    out.add((holdsMmap ? WALKED_HOLDS_MMAP : 0) | (fitsHuge(block, vma) ? WALKED_FITS_HUGE : 0)).add(vma.word())
        .add(vma.filePage() + page - vma.start()).add(handle);
    int at = out.reserve(pages);
    int[] table = tables[block];
    if (hugeEntries[block] != 0) {
      java.util.Arrays.fill(out.words(), at, at + pages, hugeEntries[block] & 0xFFFFFFFFL | Pte.LARGE);
    } else if (table != null) {
      int first = page & BLOCK_MASK;
      long[] words = out.words();
      for (int i = 0; i < pages; i++) {
        words[at + i] = table[first + i] & 0xFFFFFFFFL;
      }
    }
    out.close();
    if (accessed != null && table != null) {
      noteAccess(block, page & BLOCK_MASK, pages, request.intWord(4));
    }
  }

  private void noteAccess(int block, int first, int pages, int flags) {
    for (int page = first; page < first + pages; page++) {
      if ((flags & WALK_FAULT) != 0 && Pte.present(tables[block][page])) {
        accessed.set(block, page);
      } else if ((flags & WALK_MAKE_OLD) != 0) {
        accessed.testAndClear(block, page);
      }
    }
  }

  /** Whether the first fault in a block makes it a huge page (mm/memory.c: create_huge_pmd() while pmd_none(), 6.12). */
  private boolean fitsHuge(int block, Vma vma) {
    return vma.huge() && vma.file() < 0 && vma.start() <= block << BLOCK_SHIFT && vma.end() >= block + 1 << BLOCK_SHIFT
        && hugeEntries[block] == 0 && tables[block] == null;
  }

  private void unlock(Event event) {
    int block = event.intWord(0) & ~(int) UNLOCK_MMAP;
    for (int i = 1; i < event.length(); i++) {
      long word = event.word(i);
      install(block, (int) (word >>> 33), word & 0x1_FFFF_FFFFL);
    }
    release(block);
    if ((event.word(0) & UNLOCK_MMAP) != 0) {
      mmapUnlock((long) event.origin() << 32 | event.word(0) >>> 32);
    }
  }

  private void release(int block) {
    Deque<Request> queue = lockQueues.remove(block);
    assert queue != null : name() + ": block " + block + " unlocked but not locked";
    while (!queue.isEmpty() && !locked(block)) {
      proceed(queue.poll());
    }
    Deque<Request> now = lockQueues.get(block);
    if (now != null) {
      now.addAll(queue);
    }
  }

  private void install(int block, int page, long entry) {
    if (Pte.large(entry)) {
      assert tables[block] == null || allClear(tables[block]) : "2 MiB entry over small pages";
      presentBlocks += hugeEntries[block] == 0 && tables[block] == null ? 1 : 0;
      hugeEntries[block] = (int) entry | Pte.PRESENT;
      if (accessed != null) {
        accessed.set(block, 0);
      }
      return;
    }
    int[] table = tables[block];
    if (table == null) {
      table = new int[BLOCK_PAGES];
      tables[block] = table;
      presentBlocks++;
    }
    assert table[page] == 0 || Pte.swap(table[page]) : name() + ": page " + ((block << BLOCK_SHIFT) + page) + " mapped twice";
    table[page] = (int) entry | Pte.PRESENT;
    if (accessed != null) {
      accessed.set(block, page);
    }
  }

  private static boolean allClear(int[] table) {
    for (int entry : table) {
      if (entry != 0) {
        return false;
      }
    }
    return true;
  }

  private void sendVmas(Request request) {
    int from = request.intWord(2);
    int to = from + request.intWord(3);
    EventBatch out = answer(request, Messages.VMAS_ARE, cost.of(Cost.SYSCALL));
    for (Vma vma : vmas) {
      int start = Math.max(from, vma.start());
      int end = Math.min(to, vma.end());
      if (start < end) {
        out.add((long) start << 32 | end - start).add(vma.word());
      }
    }
    out.close();
  }

  private void setVmaLocked(Event event) {
    int from = event.intWord(2);
    int to = from + event.intWord(3);
    int flags = event.intWord(4);
    assert mmapLock.heldForWrite() : name() + ": VMAs change without mmap_lock";
    List<Vma> changed = new ArrayList<>();
    for (Vma vma : vmas) {
      int start = Math.max(from, vma.start());
      int end = Math.min(to, vma.end());
      if (start >= end) {
        changed.add(vma);
        continue;
      }
      changedVmas.add((long) vma.start() << 32 | vma.end());
      if (vma.start() < start) {
        changed.add(vma.part(vma.start(), start));
      }
      changed.add(vma.part(start, end).withLock((flags & Vma.LOCKED) != 0, (flags & Vma.ON_FAULT) != 0));
      if (end < vma.end()) {
        changed.add(vma.part(end, vma.end()));
      }
    }
    vmas = merged(changed, from, to);
    answer(new Request(event), Messages.VMA_SET, 0).close();
  }

  /** Neighbours that a change of [from, to) made alike are one VMA again (mm/vma.c: vma_modify_flags()). */
  private static List<Vma> merged(List<Vma> all, int from, int to) {
    List<Vma> merged = new ArrayList<>();
    for (Vma vma : all) {
      Vma before = merged.isEmpty() ? null : merged.getLast();
      if (before != null && vma.start() >= from && vma.start() <= to && before.continuesIn(vma)) {
        merged.set(merged.size() - 1, before.with(vma));
      } else {
        merged.add(vma);
      }
    }
    return List.copyOf(merged);
  }

  /** Replaces entries by migration entries where they still map the expected folio (try_to_migrate(), mm/rmap.c). */
  private void migrateUnmap(Request request) {
    int pages = request.length - 2;
    if (request.results.length == 0) {
      request.results = new long[pages];
    }
    while (request.cursor < pages) {
      long word = request.word(2 + request.cursor);
      int page = (int) (word >>> 32);
      int block = page >>> BLOCK_SHIFT;
      if (waitsFor(block, request)) {
        return;
      }
      Vma vma = vmaAt(page);
      long result = vma != null && vma.locked() ? 2 : 0;
      if (hugeEntries[block] != 0 && Pte.pfn(hugeEntries[block]) == (int) word && Pte.present(hugeEntries[block])) {
        hugeEntries[block] = (int) word | Pte.MIGRATION;
        result |= 1;
      } else if (tables[block] != null && tables[block][page & BLOCK_MASK] == ((int) word | Pte.PRESENT)) {
        tables[block][page & BLOCK_MASK] = (int) word | Pte.MIGRATION;
        result |= 1 | (isClean(page) ? 4 : 0);
      }
      request.results[request.cursor++] = result;
    }
    answer(request, Messages.MIGRATE_UNMAPPED, pages * cost.of(Cost.MIGRATE_UNMAP_PAGE) / 2).addAll(request.results, 0, pages)
        .close();
  }

  /**
   * folio_referenced() for one page each (page &lt;&lt; 32 | pfn): tests and clears the accessed bit. Reclaim does not wait for a
   * page table that somebody has locked, as it does not for the lock of an rmap (rmap_walk() with try_lock, 6.12). With MGLRU the pages
   * around one that was accessed follow the results, handle &lt;&lt; 32 | pfn each.
   */
  private void referenced(Request request) {
    int pages = request.length - 2;
    LongList around = new LongList();
    int lookedAt = 0;
    long[] results = new long[pages];
    for (int i = 0; i < pages; i++) {
      long word = request.word(2 + i);
      int page = (int) (word >>> 32);
      int block = page >>> BLOCK_SHIFT;
      Vma vma = vmaAt(page);
      long result = vma != null && vma.locked() ? PAGE_LOCKED_VMA : 0;
      if (locked(block)) {
        result |= PAGE_PASSED_OVER;
      } else if (maps(block, page & BLOCK_MASK, (int) word) && accessed.testAndClear(block, page & BLOCK_MASK)) {
        result |= PAGE_DONE;
        lookedAt += looksAround && tables[block] != null && vma.file() < 0 ? lookAround(page, vma, around) : 0;
      }
      results[i] = result;
    }
    long nanos = pages * cost.of(Cost.REFERENCED_PAGE) + lookedAt * cost.of(Cost.LOOK_AROUND_PAGE);
    answer(request, Messages.REFERENCED_IS, nanos).addAll(results, 0, pages).addAll(around.words(), 0, around.size()).close();
  }

  /**
   * lru_gen_look_around() (mm/vmscan.c, 6.12): what was accessed in the 64 pages around one that was, within its VMA and its page table.
   * Their accessed bits are cleared. Returns how many entries it looked at.
   */
  private int lookAround(int page, Vma vma, LongList found) {
    int block = page >>> BLOCK_SHIFT;
    int start = Math.max(page & -BLOCK_PAGES, vma.start());
    int end = Math.min((page & -BLOCK_PAGES) + BLOCK_PAGES, vma.end());
    if (end - start > LOOK_AROUND_PAGES) {
      start = Math.clamp(page - LOOK_AROUND_PAGES / 2L, start, end - LOOK_AROUND_PAGES);
      end = start + LOOK_AROUND_PAGES;
    }
    for (int near = start; near < end; near++) {
      int entry = tables[block][near & BLOCK_MASK];
      if (near != page && Pte.present(entry) && accessed.testAndClear(block, near & BLOCK_MASK)) {
        found.add((long) (handleBase + near) << 32 | Pte.pfn(entry));
      }
    }
    return end - start;
  }

  /**
   * walk_pte_range() of MGLRU's aging from a page on, over so many pages or more: clears the accessed bits, answers the page to go on
   * from, 0 at the end, and the pfn of every page that had one. Page tables that somebody has locked are passed over.
   */
  private void age(Request request) {
    int block = request.intWord(2) >>> BLOCK_SHIFT;
    int end = Math.min(tables.length, block + (request.intWord(3) + BLOCK_MASK >>> BLOCK_SHIFT));
    LongList found = new LongList();
    int walked = 0;
    for (; block < end; block++) {
      int[] table = tables[block];
      for (int page = 0; table != null && !locked(block) && page < BLOCK_PAGES; page++) {
        walked++;
        if (Pte.present(table[page]) && accessed.testAndClear(block, page)) {
          found.add(Pte.pfn(table[page]));
        }
      }
    }
    EventBatch out = answer(request, Messages.AGED, walked * cost.of(Cost.AGE_PAGE)).add(end == tables.length ? 0 : end << BLOCK_SHIFT);
    out.addAll(found.words(), 0, found.size()).close();
  }

  /** A huge entry maps from the first page of its block; its accessed bit is that page's. */
  private boolean maps(int block, int page, int pfn) {
    return tables[block] != null ? tables[block][page] == (pfn | Pte.PRESENT) : page == 0 && hugeEntries[block] == (pfn | Pte.PRESENT);
  }

  /**
   * try_to_unmap() of pages, two words each: page &lt;&lt; 32 | pfn, slot; {@link SwapDevice#FULL} if they are of a file, which knows where
   * the page is, or were freed lazily.
   */
  private void swapOut(Request request) {
    int pages = (request.length - 2) / 2;
    EventBatch out = answer(request, Messages.SWAPPED_OUT, pages * cost.of(Cost.SWAP_UNMAP_PAGE));
    for (int i = 0; i < pages; i++) {
      long word = request.word(2 + 2 * i);
      int page = (int) (word >>> 32);
      int block = page >>> BLOCK_SHIFT;
      int slot = request.intWord(3 + 2 * i);
      if (locked(block)) {
        out.add(PAGE_PASSED_OVER);
      } else if (!maps(block, page & BLOCK_MASK, (int) word)) {
        out.add(0);
      } else if (slot == SwapDevice.FULL && !isClean(page) && vmaAt(page).file() < 0) {
        out.add(PAGE_DIRTY);
      } else {
        // Of one without a slot nothing is left here.
        tables[block][page & BLOCK_MASK] = slot + 1;
        accessed.testAndClear(block, page & BLOCK_MASK);
        out.add(PAGE_DONE);
      }
    }
    out.close();
  }

  /** Migration entries become entries again; whoever waited on them goes on (remove_migration_ptes()). */
  private void migrateRemap(Event event) {
    for (int i = 0; i < event.length(); i++) {
      long word = event.word(i);
      int page = (int) (word >>> 32);
      int block = page >>> BLOCK_SHIFT;
      if (hugeEntries[block] != 0) {
        hugeEntries[block] = (int) word | Pte.PRESENT;
        wakeWaiters(block, true);
      } else {
        assert Pte.migration(tables[block][page & BLOCK_MASK]) : name() + ": page " + page + " has no migration entry";
        tables[block][page & BLOCK_MASK] = (int) word == 0 ? 0 : (int) word | Pte.PRESENT;
        wakeWaiters(page, false);
      }
    }
  }

  private void wakeWaiters(int pageOrBlock, boolean wholeBlock) {
    int first = wholeBlock ? pageOrBlock << BLOCK_SHIFT : pageOrBlock;
    for (int page = first; page < first + (wholeBlock ? BLOCK_PAGES : 1); page++) {
      List<Request> waiters = migrationWaiters.remove(page);
      if (waiters == null) {
        continue;
      }
      waiters.forEach(waiter -> answer(waiter, Messages.MIGRATION_OVER, 0).close());
    }
  }

  private boolean migrating(int page) {
    int block = page >>> BLOCK_SHIFT;
    return Pte.migration(hugeEntries[block]) || tables[block] != null && Pte.migration(tables[block][page & BLOCK_MASK]);
  }

  /** The first of some pages of one block that is being moved, -1 when none is. */
  private int firstMigrating(int first, int pages) {
    int block = first >>> BLOCK_SHIFT;
    if (Pte.migration(hugeEntries[block])) {
      return first;
    }
    int[] table = tables[block];
    for (int page = first; table != null && page < first + pages; page++) {
      if (Pte.migration(table[page & BLOCK_MASK])) {
        return page;
      }
    }
    return -1;
  }

  /**
   * The terms of oom_badness() (mm/oom_kill.c, 6.12): pages that are mapped, swap entries, page tables of the lowest level (those above are
   * left out), and oom_score_adj. And whether it was chosen already.
   */
  private void oomAsk(Request request) {
    boolean pending = oomVictim.isPending();
    long mapped = 0;
    long swapped = 0;
    for (int block = 0; block < tables.length; block++) {
      mapped += hugeEntries[block] == 0 ? 0 : BLOCK_PAGES;
      for (int i = 0; tables[block] != null && i < BLOCK_PAGES; i++) {
        int entry = tables[block][i];
        swapped += Pte.swap(entry) ? 1 : 0;
        mapped += Pte.present(entry) || Pte.migration(entry) ? 1 : 0;
      }
    }
    if (request.intWord(2) != 0) {
      oomVictim.choose();
    }
    answer(request, Messages.OOM_ASKED, cost.of(Cost.OOM_BADNESS)).add(mapped).add(swapped).add(presentBlocks).add(oomScoreAdj)
        .add(pending ? 1 : 0).close();
  }

  private void taskLeft(Request leaving) {
    answer(leaving, Messages.OOM_TASK_LEFT_IS, 0).add(oomVictim.leave() ? 1 : 0).close();
  }

  private void waitMigration(Request request) {
    int page = request.intWord(2);
    if (migrating(page)) {
      migrationWaiters.computeIfAbsent(page, none -> new ArrayList<>()).add(request);
    } else {
      answer(request, Messages.MIGRATION_OVER, 0).close();
    }
  }

  /**
   * Clears the entries of a range within one block; answers the VMA word and what was mapped, of swap entries also the page within
   * the block << 33. Who wants to replace one of these entries waits for the lock, and finds it gone when the folio knows, too
   * (zap_pte_range(), mm/memory.c, 6.12).
   */
  private void zap(Request request) {
    int first = request.intWord(2);
    int block = first >>> BLOCK_SHIFT;
    if (waitsFor(block, request)) {
      return;
    }
    int pages = Math.min(request.intWord(3), BLOCK_PAGES - (first & BLOCK_MASK));
    int moving = firstMigrating(first, pages);
    if (moving >= 0) {
      answer(request, Messages.ZAPPED, 0).add(0).add(moving).close();
      return;
    }
    lockQueues.put(block, new ArrayDeque<>());
    Vma vma = vmaAt(first);
    EventBatch out = answer(request, Messages.ZAPPED, pages * cost.of(Cost.WALK_PAGE));
    out.add(pages).add(vma == null ? 0 : vma.word());
    if (hugeEntries[block] != 0) {
      out.add(hugeEntries[block] & 0xFFFFFFFFL | Pte.LARGE);
      hugeEntries[block] = 0;
      if (accessed != null) {
        accessed.testAndClear(block, 0);
      }
      presentBlocks -= tables[block] == null ? 1 : 0;
    } else if (tables[block] != null) {
      int[] table = tables[block];
      if (cleanEntries[block] != null) {
        setClean(block, first & BLOCK_MASK, pages, false);
      }
      out.room(pages);
      for (int page = first & BLOCK_MASK; page < (first & BLOCK_MASK) + pages; page++) {
        int entry = table[page];
        if (entry != 0) {
          boolean young = accessed != null && accessed.testAndClear(block, page) && vma != null && vma.file() >= 0;
          out.add((Pte.swap(entry) ? (long) page << 33 : 0) | (young ? Pte.YOUNG : 0) | entry & 0xFFFFFFFFL);
          table[page] = 0;
        }
      }
      if ((request.intWord(4) & ZAP_KEEP_TABLE) == 0 && allClear(table)) {
        tables[block] = null;
        presentBlocks--;
      }
    }
    out.close();
  }

  private Vma vmaAt(int page) {
    for (Vma vma : vmas) {
      if (vma.contains(page)) {
        return vma;
      }
    }
    return null;
  }

  /** Opens the answer to a request: it is usable when the link allows and when the work is done, whichever is later. */
  private EventBatch answer(Request request, int kind, long costNanos) {
    long waited = nowNanos() - request.arrivedNanos;
    long done = request.word(0) + waited + costNanos;
    long at = Math.max(nowNanos() + directory.links().latencyNanos(id(), request.from), done);
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - done);
    return open(request.from, at, kind).add(request.word(1));
  }

  /** The entry of a page, 0 when there is none; read it only while no window runs. */
  public long entry(int page) {
    int block = page >>> BLOCK_SHIFT;
    if (hugeEntries[block] != 0) {
      return hugeEntries[block] & 0xFFFFFFFFL | Pte.LARGE;
    }
    return tables[block] == null ? 0 : tables[block][page & BLOCK_MASK] & 0xFFFFFFFFL;
  }

  /** Whether somebody holds the lock of the page's 2 MiB; only between windows. */
  public boolean isLocked(int page) {
    return locked(page >>> BLOCK_SHIFT);
  }

  /** Whether nobody holds mmap_lock; only between windows. While nobody runs and no message is under way, nobody may. */
  public boolean isMmapLockFree() {
    return mmapLock.isFree();
  }

  /** Whether nobody holds the lock of a block or waits for a page that is being moved; only between windows. */
  public boolean arePageTablesFree() {
    return lockQueues.isEmpty() && migrationWaiters.isEmpty();
  }

  /** Who holds mmap_lock and who waits for it; empty when nobody does. */
  public String waiting() {
    String text = mmapLock.describe(owner -> "cpu" + directory.cpuOfEntity((int) (owner >>> 32)) + " task " + (int) owner);
    return text.isEmpty() ? "" : "mmap_lock of " + name() + ": " + text;
  }

  /** Calls {@code visitor} for every entry that is there, in order of addresses; only between windows. */
  public void forEachEntry(EntryVisitor visitor) {
    for (int block = 0; block < tables.length; block++) {
      if (hugeEntries[block] != 0) {
        visitor.visit(block << BLOCK_SHIFT, hugeEntries[block] & 0xFFFFFFFFL | Pte.LARGE);
      }
      for (int i = 0; tables[block] != null && i < BLOCK_PAGES; i++) {
        if (tables[block][i] != 0) {
          visitor.visit((block << BLOCK_SHIFT) + i, tables[block][i] & 0xFFFFFFFFL);
        }
      }
    }
  }

  /** Takes a page and its entry, see {@link Pte}. */
  @FunctionalInterface
  public interface EntryVisitor {
    void visit(int page, long entry);
  }

  /** Bytes of page table in use. */
  public long bytes() {
    long bytes = 0;
    for (int[] table : tables) {
      bytes += table == null ? 0 : 4L * table.length;
    }
    return bytes;
  }

  /** The VMAs, by address; read them only while no window runs. */
  public List<Vma> vmas() {
    return vmas;
  }

  /** How many of its blocks of 2 MiB have a page, or had one and kept its page table. */
  public int presentBlocks() {
    return presentBlocks;
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public void hashState(StateHash hash) {
    for (int block = 0; block < tables.length; block++) {
      hash.add(hugeEntries[block]);
      for (int i = 0; cleanEntries[block] != null && i < cleanEntries[block].length; i++) {
        hash.add(cleanEntries[block][i]);
      }
      if (tables[block] != null) {
        hash.add(block);
        for (int entry : tables[block]) {
          hash.add(entry);
        }
      }
    }
    for (Vma vma : vmas) {
      hash.add(vma.start()).add(vma.pages()).add(vma.word());
    }
    mmapLock.hashState(hash);
    oomVictim.hashState(hash);
    if (accessed != null) {
      accessed.hashState(hash);
    }
  }
}
