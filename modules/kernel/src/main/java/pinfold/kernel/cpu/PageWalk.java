package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * Goes over pages of an address space in order, faults in what is missing, and does to each what its purpose says: the
 * walk under handle_mm_fault(), faultin_page() and follow_page_pte() (mm/memory.c, mm/gup.c, 6.12).
 *
 * <p>In pieces within 2 MiB: lock and read the page table, find or allocate what is missing, send one burst per run of pages on
 * the same node, install the new entries and unlock. Where pages of several nodes alternate, each node gets one burst for all of
 * its pages which only says what it would queue; the entries then go into the batches in page order. That is the same as page by
 * page as long as no page of the piece is in a batch that the walk may flush, because a flush changes nothing but the folios that
 * it flushes. Returns the number of pages done if any, else a negative errno or 0.
 */
final class PageWalk extends Frame implements HoldsFolios {
  /** What happens to each page. */
  enum Purpose {
    /** A user writes: missing pages are faulted in, present ones only get PTE bits. */
    FAULT(PageRequest.USER, 0),
    /** MADV_POPULATE_WRITE, mlock: fault in and folio_mark_accessed(). */
    POPULATE(PageRequest.USER, 0),
    /** pin_user_pages_remote with FOLL_TOUCH and FOLL_LONGTERM. */
    PIN_TOUCH(PageRequest.LONGTERM, 1),
    /** pin_user_pages with FOLL_LONGTERM but without FOLL_TOUCH. */
    PIN(PageRequest.LONGTERM, 0),
    /** gup-fast: no fault; stops at the first page that is missing or may not be pinned. */
    PIN_FAST(PageRequest.LONGTERM, 0),
    /** mlock_vma_pages_range(): present pages only. */
    MLOCK(PageRequest.USER, 0),
    MUNLOCK(PageRequest.USER, 0),
    COLD(PageRequest.USER, 0),
    LAZYFREE(PageRequest.USER, 0);

    final PageRequest request;
    final int burstOptions;

    Purpose(PageRequest request, int burstOptions) {
      this.request = request;
      this.burstOptions = burstOptions;
    }

    boolean pins() {
      return this == PIN || this == PIN_TOUCH || this == PIN_FAST;
    }

    boolean faultsIn() {
      return this == FAULT || this == POPULATE || this == PIN || this == PIN_TOUCH;
    }
  }

  /** What a walk does with mmap_lock. Faults of users ({@link Purpose#FAULT}) take and give it themselves where they need it. */
  enum Mmap {
    /** Nothing: the caller holds it, or nobody needs it. */
    HELD(false, false),
    /** Takes it for read with the first request; the caller gives it back. */
    TAKE(true, false),
    /** The caller holds it for read; the last message gives it back. */
    GIVE(false, true),
    TAKE_AND_GIVE(true, true);

    final boolean takes;
    final boolean gives;

    Mmap(boolean takes, boolean gives) {
      this.takes = takes;
      this.gives = gives;
    }
  }

  private static final int CHUNK = AddressSpace.BLOCK_PAGES;
  private static final int NONE = -1;
  /** 1 << page_cluster (mm/swap.c): pages that are read from a device at once. */
  private static final int SWAP_CLUSTER = 8;

  private final int space;
  private final int firstPage;
  private final int pages;
  private final Purpose purpose;
  private final Mmap mmap;
  private final LongList pinned;
  /** mmap_lock is taken, or asked for by the request under way. */
  private boolean holdsMmapLock;

  private int done;
  private int chunk;
  private int error;
  private long vma;
  private int filePage;
  /** Slot of the page of the file that must be read before the walk goes on. */
  private int fileSlot = NONE;
  private int handle;
  /** Per page of the chunk: the entry; a new page has the pfn that it will map. */
  private final long[] entries;
  private final boolean[] fresh;
  private final boolean[] cached;
  /** Slot + 1 of the pages that are in swap; null until a walk meets one. */
  private int[] slots;
  /** What the swap cache has in their place, 0 for nothing; null as {@link #slots}. */
  private long[] shadows;
  /** Slots that a device must read before the walk goes on, and then those that it has read. */
  private LongList toRead;
  private LongList haveRead;
  private int cursor;
  private int segmentEnd;
  private boolean huge;
  private int deferNode;
  private int memcg;
  /** Pages that must be charged before the walk goes on. */
  private int toCharge;
  /** A charge of 2 MiB has failed. */
  private boolean smallOnly;
  /** Order of a block that is allocated before the walk goes on, as that may have to reclaim. */
  private int orderFirst = NONE;
  /** A block that was allocated so, until it is used, and its order. */
  private int spare = NONE;
  private int spareOrder;
  /** A block of the address space for which there was no huge page. */
  private int smallBlock = NONE;
  private IntMap pageOf;
  /** Page of the piece << 32 | position in {@link #deferredWords}, in the order in which nodes answered. */
  private LongList deferred;
  private LongList deferredWords;

  /** @param pinned receives the pinned pages as entries (see {@link Pte}); null for purposes that do not pin */
  PageWalk(int space, int firstPage, int pages, Purpose purpose, Mmap mmap, LongList pinned) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.purpose = purpose;
    this.mmap = mmap;
    this.holdsMmapLock = mmap == Mmap.GIVE;
    this.pinned = pinned;
    int size = Math.min(pages, CHUNK);
    this.entries = new long[size];
    this.fresh = new boolean[size];
    this.cached = new boolean[size];
  }

  @Override
  public void report(Holdings to) {
    boolean longterm = purpose.request == PageRequest.LONGTERM;
    if (spare >= 0) {
      to.allocated(spare, spareOrder, longterm);
    }
    if (at < 3 || at == 10 || at >= 15) {
      return;
    }
    if (huge && at >= 7) {
      to.allocated(Pte.pfn(entries[0]), 9, longterm);
    }
    for (int i = 0; !huge && i < chunk; i++) {
      if (fresh[i]) {
        to.allocated(Pte.pfn(entries[i]), 0, longterm);
      }
      if (at == 11 || at == 12) {
        to.inMotion(Pte.pfn(entries[i]));
      }
    }
    for (int i = 0; purpose.pins() && at >= 7 && i < cursor; i++) {
      to.pin(Pte.pfn(entries[huge ? 0 : i]), 1);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> walk(cpu);
      case 1 -> walked(cpu);
      case 2 -> fileFound(cpu);
      case 3 -> allocate(cpu);
      case 4 -> allocated(cpu);
      case 5 -> addToFile(cpu);
      case 6 -> addedToFile(cpu);
      case 7 -> burst(cpu);
      case 8 -> burstDone(cpu);
      case 9 -> finishChunk(cpu);
      case 11 -> deferredBurst(cpu);
      case 12 -> deferredDone(cpu);
      case 13 -> {
        at = 9;
        yield Signal.RUN;
      }
      case 14 -> swapFound(cpu);
      case 15 -> charged(cpu);
      case 16 -> {
        haveRead = toRead;
        toRead = null;
        at = 0;
        yield Signal.RUN;
      }
      case 17 -> allocatedFirst(cpu);
      case 18 -> {
        error = cpu.result() < 0 ? -Errno.ENOMEM : 0;
        at = 0;
        yield Signal.RUN;
      }
      case 10 -> {
        at = 0;
        yield Signal.RUN;
      }
      default -> throw new IllegalStateException(toString());
    };
  }

  private int page() {
    return firstPage + done;
  }

  private int spaceEntity(Cpu cpu) {
    return cpu.directory().space(space);
  }

  private Signal walk(Cpu cpu) {
    if (done == pages || error != 0) {
      giveSpareBack(cpu);
      if (mmap.gives && holdsMmapLock) {
        cpu.mmapUnlock(space);
      }
      return cpu.ret(done > 0 ? done : error);
    }
    if (toCharge > 0) {
      at = 15;
      return cpu.call(new ChargeMemcg(memcg, toCharge));
    }
    if (orderFirst >= 0) {
      giveSpareBack(cpu);
      spareOrder = orderFirst;
      orderFirst = NONE;
      at = 17;
      return cpu.call(spareOrder > 0 ? new AllocThp(purpose.request, cpu.node()) : new AllocPages(purpose.request, cpu.node(), 0, true));
    }
    if (fileSlot >= 0) {
      int slot = fileSlot;
      fileSlot = NONE;
      at = 18;
      return cpu.call(new ShmemSwapIn(Vma.file(vma), filePage, slot, purpose == Purpose.FAULT));
    }
    if (toRead != null) {
      // swapin_readahead(), and the wait for the folio lock; the page table is not locked meanwhile.
      cpu.request(cpu.directory().swap(), Messages.SWAP_READ).addAll(toRead.words(), 0, toRead.size()).close();
      at = 16;
      return Signal.SLEEP;
    }
    int wanted = Math.min(Math.min(pages - done, cpu.maxWalkPages()), CHUNK);
    long perPage = cpu.cost(purpose.pins() ? Cost.GUP_WALK_PAGE : Cost.WALK_PAGE);
    int flags = AddressSpace.WALK_LOCK | (purpose == Purpose.FAULT ? AddressSpace.WALK_FAULT : 0)
        | (purpose == Purpose.LAZYFREE ? AddressSpace.WALK_CLEAN : 0)
        | (purpose == Purpose.COLD || purpose == Purpose.LAZYFREE ? AddressSpace.WALK_MAKE_OLD : 0)
        | (mmap.takes && !holdsMmapLock ? AddressSpace.WALK_MMAP_READ : 0);
    holdsMmapLock |= mmap.takes;
    cpu.request(spaceEntity(cpu), Messages.WALK).add(page()).add(wanted).add(flags).add(perPage).close();
    at = 1;
    return Signal.BUSY;
  }

  private Signal walked(Cpu cpu) {
    if (cpu.reply(0) == AddressSpace.WALKED_AGAIN) {
      holdsMmapLock = true;
      at = 0;
      return Signal.RUN;
    }
    error = Math.min(0, (int) cpu.reply(0));
    boolean fitsHuge = error == 0 && (cpu.reply(0) & AddressSpace.WALKED_FITS_HUGE) != 0;
    holdsMmapLock |= error == 0 && (cpu.reply(0) & AddressSpace.WALKED_HOLDS_MMAP) != 0;
    if (error != 0) {
      at = 0;
      return Signal.RUN;
    }
    vma = cpu.reply(1);
    slots = null;
    filePage = (int) cpu.reply(2);
    handle = Vma.file(vma) < 0 ? (int) cpu.reply(3) : cpu.rmap().fileHandle(Vma.file(vma), filePage);
    int covered = cpu.replyLength() - 4;
    int missing = 0;
    chunk = 0;
    for (; chunk < covered; chunk++) {
      long entry = cpu.reply(4 + chunk);
      if (Pte.migration(entry)) {
        break;
      }
      if (Pte.swap(entry)) {
        if (slots == null) {
          slots = new int[entries.length];
          shadows = new long[entries.length];
        }
        slots[chunk] = Pte.slot(entry) + 1;
        entry = 0;
      }
      entries[chunk] = entry;
      fresh[chunk] = false;
      cached[chunk] = false;
      missing += Pte.present(entry) ? 0 : 1;
    }
    if (chunk == 0) {
      return waitForMigration(cpu);
    }
    cursor = 0;
    huge = fitsHuge && purpose.faultsIn() && !smallOnly && smallBlock != page() >>> 9;
    memcg = cpu.chargesMemcgs() ? cpu.rmap().memcg(handle) : 0;
    if (missing == 0 || !purpose.faultsIn()) {
      at = 7;
      return Signal.RUN;
    }
    if (Vma.file(vma) < 0) {
      at = 3;
      return slots == null ? Signal.RUN : lookUpSwap(cpu);
    }
    cpu.request(cpu.directory().file(Vma.file(vma)), Messages.FILE_LOOKUP).add(filePage).add(chunk).close();
    at = 2;
    return Signal.BUSY;
  }

  private Signal waitForMigration(Cpu cpu) {
    cpu.tell(spaceEntity(cpu), Messages.UNLOCK).add(cpu.task() << 32 | page() >>> 9).close();
    cpu.count(VmCounter.MIGRATION_ENTRY_WAITS, 1);
    cpu.request(spaceEntity(cpu), Messages.WAIT_MIGRATION).add(page()).close();
    at = 10;
    return Signal.SLEEP;
  }

  /**
   * The piece ends with the first page that the page cache has: by the time it is mapped, it may have been moved. It ends before the first
   * one that is in swap.
   */
  private Signal fileFound(Cpu cpu) {
    for (int i = 0; i < chunk; i++) {
      if (!Pte.present(entries[i]) && FileMapping.isSwapped(cpu.reply(i))) {
        return i > 0 ? endBefore(i) : swapInFirst((int) cpu.reply(i));
      }
      if (!Pte.present(entries[i]) && cpu.reply(i) != 0) {
        entries[i] = cpu.reply(i);
        cached[i] = true;
        chunk = i + 1;
      }
    }
    at = 3;
    return Signal.RUN;
  }

  /** The piece is empty: its page table is unlocked, the page is read, and then the walk begins anew. */
  private Signal swapInFirst(int slot) {
    fileSlot = slot;
    chunk = 0;
    segmentEnd = 0;
    at = 9;
    return Signal.RUN;
  }

  private Signal lookUpSwap(Cpu cpu) {
    EventBatch out = cpu.request(cpu.directory().swap(), Messages.SWAP_LOOKUP);
    for (int i = 0; i < chunk; i++) {
      if (slots[i] != 0) {
        out.add(slots[i] - 1);
      }
    }
    out.close();
    at = 14;
    return Signal.BUSY;
  }

  /**
   * The piece ends with the first page that the swap cache has: by the time it is mapped, its folio may be gone. It ends before the first
   * one that a device has to read.
   */
  private Signal swapFound(Cpu cpu) {
    for (int i = 0, word = 0; i < chunk; i++) {
      if (slots[i] == 0) {
        continue;
      }
      if (Shadow.isShadow(cpu.reply(word))) {
        shadows[i] = cpu.reply(word);
      } else if (cpu.reply(word) != 0) {
        entries[i] = cpu.reply(word);
        cached[i] = true;
        chunk = i + 1;
      }
      if (!cached[i] && cpu.asynchronousSwap() && !wasRead(i)) {
        return i > 0 ? endBefore(i) : readFirst(cpu);
      }
      word++;
    }
    at = 3;
    return Signal.RUN;
  }

  private boolean wasRead(int i) {
    for (int j = 0; haveRead != null && j < haveRead.size(); j++) {
      if (haveRead.get(j) == slots[i] - 1) {
        return true;
      }
    }
    return false;
  }

  private Signal endBefore(int i) {
    chunk = i;
    at = 3;
    return Signal.RUN;
  }

  /** The piece is empty: its page table is unlocked, pages are read, and then the walk begins anew. The answer is that of a look-up. */
  private Signal readFirst(Cpu cpu) {
    toRead = new LongList();
    for (int i = 0; i < chunk && slots[i] != 0 && cpu.reply(i) <= 0 && toRead.size() < SWAP_CLUSTER; i++) {
      toRead.add(slots[i] - 1);
    }
    chunk = 0;
    segmentEnd = 0;
    at = 9;
    return Signal.RUN;
  }

  private boolean missing(int i) {
    return !Pte.present(entries[i]) && !cached[i] && !fresh[i];
  }

  private Signal allocate(Cpu cpu) {
    if (huge) {
      if (!cpu.consumeStock(memcg, CHUNK)) {
        return chargeFirst(CHUNK);
      }
      int pfn = takeSpare(9);
      pfn = pfn >= 0 ? pfn : cpu.takePage(purpose.request, cpu.node(), 9);
      if (pfn >= 0) {
        return haveHuge(cpu, pfn);
      }
      if (cpu.waitsForThp(9)) {
        cpu.addToStock(memcg, CHUNK);
        return allocateFirst(9);
      }
      at = 4;
      return cpu.call(new AllocPages(purpose.request, cpu.node(), 9, false));
    }
    for (; cursor < chunk; cursor++) {
      if (!missing(cursor)) {
        continue;
      }
      if (!cpu.consumeStock(memcg, 1)) {
        return chargeFirst(1);
      }
      int pfn = takeSpare(0);
      pfn = pfn >= 0 ? pfn : cpu.takePage(purpose.request, cpu.node(), 0);
      if (pfn < 0) {
        at = 4;
        return cpu.call(new AllocPages(purpose.request, cpu.node(), 0, false));
      }
      have(cpu, pfn);
    }
    cursor = 0;
    at = Vma.file(vma) < 0 ? 7 : 5;
    return Signal.RUN;
  }

  private Signal allocated(Cpu cpu) {
    at = 3;
    if (cpu.result() < 0) {
      cpu.addToStock(memcg, huge ? CHUNK : 1);
    }
    if (huge) {
      if (cpu.result() >= 0) {
        return haveHuge(cpu, (int) cpu.result());
      }
      cpu.count(VmCounter.THP_FAULT_FALLBACK, 1);
      huge = false;
      return Signal.RUN;
    }
    if (cpu.result() >= 0) {
      have(cpu, (int) cpu.result());
      cursor++;
      return Signal.RUN;
    }
    if (cpu.directory().hasReclaim()) {
      return allocateFirst(0);
    }
    error = -Errno.ENOMEM;
    return endPiece();
  }

  /** The kernel allocates before it locks the page table, so reclaim, which takes long, comes when this one is unlocked. */
  private Signal allocateFirst(int order) {
    orderFirst = order;
    return endPiece();
  }

  private Signal allocatedFirst(Cpu cpu) {
    spare = (int) cpu.result();
    if (spare < 0 && spareOrder == 0) {
      error = -Errno.ENOMEM;
    } else if (spare < 0) {
      cpu.count(VmCounter.THP_FAULT_FALLBACK, 1);
      smallBlock = page() >>> 9;
    }
    at = 0;
    return Signal.RUN;
  }

  private int takeSpare(int order) {
    if (spare < 0 || spareOrder != order) {
      return NONE;
    }
    int pfn = spare;
    spare = NONE;
    return pfn;
  }

  private void giveSpareBack(Cpu cpu) {
    if (spare >= 0) {
      purpose.request.giveBack(cpu, spare, spareOrder);
      spare = NONE;
    }
  }

  /**
   * The piece ends before the page that cannot be charged yet. The charge may have to reclaim, so it comes when the page table is
   * unlocked; then the walk goes on.
   */
  private Signal chargeFirst(int wanted) {
    toCharge = wanted;
    return endPiece();
  }

  /** Ends the piece before the page that there is no memory for yet. */
  private Signal endPiece() {
    chunk = huge ? 0 : cursor;
    huge = false;
    cursor = 0;
    segmentEnd = 0;
    at = chunk == 0 ? 9 : Vma.file(vma) < 0 ? 7 : 5;
    return Signal.RUN;
  }

  private Signal charged(Cpu cpu) {
    if (cpu.result() < 0) {
      smallOnly = true;
      error = toCharge == 1 ? -Errno.ENOMEM : 0;
    }
    toCharge = 0;
    at = 0;
    return Signal.RUN;
  }

  private void have(Cpu cpu, int pfn) {
    entries[cursor] = pfn;
    fresh[cursor] = true;
    cpu.count(VmCounter.PGALLOC, 1);
    cpu.count(VmCounter.PGFAULT, 1);
  }

  private Signal haveHuge(Cpu cpu, int pfn) {
    cpu.count(VmCounter.PGALLOC, CHUNK);
    cpu.count(VmCounter.PGFAULT, 1);
    cpu.count(VmCounter.THP_FAULT_ALLOC, 1);
    entries[0] = pfn;
    at = 7;
    cursor = 0;
    return Signal.RUN;
  }

  private Signal addToFile(Cpu cpu) {
    EventBatch out = null;
    for (int i = 0; i < chunk; i++) {
      if (fresh[i]) {
        if (out == null) {
          out = cpu.request(cpu.directory().file(Vma.file(vma)), Messages.FILE_ADD);
        }
        out.add((long) (filePage + i) << 32 | entries[i]);
      }
    }
    if (out == null) {
      at = 7;
      return Signal.RUN;
    }
    out.close();
    at = 6;
    return Signal.BUSY;
  }

  /** Where somebody else was first, our page goes back and theirs is mapped. */
  private Signal addedToFile(Cpu cpu) {
    int answer = 0;
    for (int i = 0; i < chunk; i++) {
      if (fresh[i]) {
        long winner = cpu.reply(answer++);
        if (winner != entries[i]) {
          assert !FileMapping.isSwapped(winner) : "a page goes to swap while a fault that found none adds it";
          purpose.request.giveBack(cpu, Pte.pfn(entries[i]), 0);
          cpu.addToStock(memcg, 1);
          entries[i] = winner;
          fresh[i] = false;
          cached[i] = true;
        }
      }
    }
    at = 7;
    return Signal.RUN;
  }

  /** Sends the next run of pages of one node. */
  private Signal burst(Cpu cpu) {
    LongList ops = cpu.ops();
    if (huge) {
      ops.add(BurstOp.NEW_ANON.word((int) entries[0], BurstOp.LARGE | lockedBit()));
      ops.add(handle - (page() & CHUNK - 1));
      entries[0] |= Pte.LARGE;
      if (purpose.pins()) {
        ops.add(BurstOp.PIN.word(Pte.pfn(entries[0]), BurstOp.LARGE | chunk));
      }
      at = 8;
      segmentEnd = chunk;
      return cpu.sendBurst(cpu.directory().nodeOfPfn(Pte.pfn(entries[0])), purpose.burstOptions, Progress.NONE, 0, 0);
    }
    if (cursor == 0 && defers(cpu)) {
      deferNode = 0;
      at = 11;
      return Signal.RUN;
    }
    int node = -1;
    int i = cursor;
    for (; i < chunk; i++) {
      if (!fresh[i] && !cached[i] && !Pte.present(entries[i])) {
        if (purpose == Purpose.PIN_FAST) {
          chunk = i;
          error = -Errno.EFAULT;
          break;
        }
        continue;
      }
      int home = cpu.directory().nodeOfPfn(Pte.pfn(entries[i]));
      if (node >= 0 && home != node) {
        break;
      }
      node = home;
      i += addOps(ops, i, cpu.asynchronousSwap()) - 1;
    }
    segmentEnd = i;
    if (ops.isEmpty()) {
      at = 9;
      return Signal.RUN;
    }
    at = 8;
    return cpu.sendBurst(node, purpose.burstOptions, Progress.NONE, 0, 0);
  }

  /** Whether pages of several nodes alternate, so that bursts by node and one for the batches are fewer, and as exact. */
  private boolean defers(Cpu cpu) {
    if (purpose == Purpose.PIN_FAST) {
      return false;
    }
    int nodes = cpu.directory().nodes();
    if (nodes == 1 || slots != null || cached[chunk - 1]) {
      return false;
    }
    int runs = 0;
    int before = -1;
    for (int i = 0; i < chunk; i++) {
      if (Pte.pfn(entries[i]) != 0) {
        int home = cpu.directory().nodeOfPfn(Pte.pfn(entries[i]));
        runs += home == before ? 0 : 1;
        before = home;
      }
    }
    if (runs <= nodes) {
      return false;
    }
    pageOf = new IntMap();
    for (int i = 0; i < chunk; i++) {
      if (Pte.pfn(entries[i]) != 0 && pageOf.getOrDefault(Pte.pfn(entries[i]), -1) < 0) {
        pageOf.put(Pte.pfn(entries[i]), i);
      }
    }
    deferred = new LongList();
    deferredWords = new LongList();
    return !cpu.batchesHoldAnyOf(pageOf, onlyActivates());
  }

  /** A walk over present pages queues nothing but activations, so only the activate batch can be flushed under it. */
  private boolean onlyActivates() {
    if (purpose != Purpose.PIN && purpose != Purpose.PIN_TOUCH && purpose != Purpose.POPULATE) {
      return false;
    }
    for (int i = 0; i < chunk; i++) {
      if (fresh[i] || cached[i]) {
        return false;
      }
    }
    return true;
  }

  private Signal deferredBurst(Cpu cpu) {
    LongList ops = cpu.ops();
    for (; deferNode < cpu.directory().nodes() && ops.isEmpty(); deferNode++) {
      for (int i = 0; i < chunk; i++) {
        if (Pte.pfn(entries[i]) != 0 && cpu.directory().nodeOfPfn(Pte.pfn(entries[i])) == deferNode) {
          i += addOps(ops, i, cpu.asynchronousSwap()) - 1;
        }
      }
    }
    if (!ops.isEmpty()) {
      at = 12;
      return cpu.sendBurst(deferNode - 1, purpose.burstOptions | BurstOp.DEFER_OPTION, Progress.NONE, 0, 0);
    }
    cursor = chunk;
    segmentEnd = chunk;
    if (deferred.isEmpty()) {
      at = 9;
      return Signal.RUN;
    }
    deferred.sort();
    for (int i = 0; i < deferred.size(); i++) {
      ops.add(deferredWords.get((int) deferred.get(i)));
    }
    at = 13;
    return cpu.sendBurst(cpu.node(), 0, Progress.NONE, 0, 0);
  }

  private Signal deferredDone(Cpu cpu) {
    for (int i = 0; i < cpu.burstResults(); i++) {
      long word = cpu.burstResult(i);
      deferred.add((long) pageOf.get(BurstOp.pfn(word)) << 32 | deferredWords.size());
      deferredWords.add(word);
    }
    at = 11;
    return Signal.RUN;
  }

  private int lockedBit() {
    return Vma.locked(vma) ? BurstOp.VMA_LOCKED : 0;
  }

  /** Adds what is to be done to page {@code i}; returns how many pages of the chunk that covers. */
  private int addOps(LongList ops, int i, boolean drainsAfterSwapIn) {
    int pfn = Pte.pfn(entries[i]);
    boolean swapped = slots != null && slots[i] != 0;
    if (fresh[i]) {
      if (swapped && shadows[i] != 0) {
        ops.add(BurstOp.SHADOW.word(pfn, BurstOp.IN_FAULT));
        ops.add(shadows[i]);
      }
      int copies = !swapped && Vma.copiesFile(vma) ? BurstOp.COPIES_FILE : 0;
      ops.add((swapped ? BurstOp.SWAP_IN : Vma.file(vma) < 0 ? BurstOp.NEW_ANON : BurstOp.NEW_SHMEM).word(pfn, lockedBit() | copies));
      ops.add(handle + i);
      if (swapped && drainsAfterSwapIn && (i + 1 == chunk || !fresh[i + 1] || slots[i + 1] == 0)) {
        // The end of swapin_readahead(); do_swap_page() would also do so for a write.
        ops.add(BurstOp.DRAIN.word(0, 0));
      }
    } else if (cached[i] && swapped) {
      ops.add(BurstOp.MAP_SWAPCACHE.word(pfn, lockedBit()));
      ops.add(handle + i);
    } else if (cached[i]) {
      ops.add(BurstOp.MAP.word(pfn, lockedBit()));
      ops.add(handle + i);
    } else if (Pte.large(entries[i])) {
      int run = run(i);
      if (purpose.pins()) {
        ops.add((purpose == Purpose.PIN_FAST ? BurstOp.PIN_FAST : BurstOp.PIN).word(pfn, BurstOp.LARGE | run));
      } else if (purpose == Purpose.MLOCK || purpose == Purpose.MUNLOCK) {
        ops.add((purpose == Purpose.MLOCK ? BurstOp.MLOCK : BurstOp.MUNLOCK).word(pfn, 0));
      }
      return run;
    }
    switch (purpose) {
      case FAULT -> {}
      case POPULATE -> ops.add(BurstOp.TOUCH.word(pfn, 0));
      case PIN_TOUCH, PIN -> ops.add(BurstOp.PIN.word(pfn, 0));
      case PIN_FAST -> ops.add(BurstOp.PIN_FAST.word(pfn, 0));
      case MLOCK -> ops.add(BurstOp.MLOCK.word(pfn, 0));
      case MUNLOCK -> ops.add(BurstOp.MUNLOCK.word(pfn, 0));
      case COLD -> ops.add(BurstOp.COLD.word(pfn, 0));
      case LAZYFREE -> ops.add(BurstOp.LAZYFREE.word(pfn, 0));
    }
    return 1;
  }

  private Signal burstDone(Cpu cpu) {
    if (cpu.burstStatus() == BurstStatus.NOT_PINNABLE) {
      int left = cpu.burstStoppedAt();
      int i = cursor;
      for (; left > 0; left--) {
        i += Pte.large(entries[i]) ? run(i) : 1;
      }
      chunk = i;
      segmentEnd = i;
      error = -Errno.EFAULT;
    }
    if (cpu.burstStatus() == BurstStatus.GONE) {
      assert segmentEnd == chunk : "a page is gone in the midst of a piece: two address spaces fault in the same pages of a file";
      chunk--;
      segmentEnd = chunk;
    }
    cursor = segmentEnd;
    at = cursor < chunk ? 7 : 9;
    return Signal.RUN;
  }

  /** How many pages of the chunk, from {@code i} on, the same 2 MiB entry maps. */
  private int run(int i) {
    int run = 1;
    while (i + run < chunk && entries[i + run] == entries[i]) {
      run++;
    }
    return run;
  }

  private Signal finishChunk(Cpu cpu) {
    if (cursor < chunk && segmentEnd < chunk) {
      cursor = segmentEnd;
      at = 7;
      return Signal.RUN;
    }
    boolean last = done + chunk == pages || error != 0;
    boolean gives = holdsMmapLock && (purpose == Purpose.FAULT || mmap.gives && last);
    holdsMmapLock &= !gives;
    EventBatch out = cpu.tell(spaceEntity(cpu), Messages.UNLOCK)
        .add(cpu.task() << 32 | page() >>> 9 | (gives ? AddressSpace.UNLOCK_MMAP : 0));
    int inBlock = page() & CHUNK - 1;
    if (huge) {
      out.add(entries[0]);
    } else {
      out.room(chunk);
      for (int i = 0; i < chunk; i++) {
        if (fresh[i] || cached[i]) {
          out.add((long) (inBlock + i) << 33 | entries[i]);
        }
      }
    }
    out.close();
    freeSlots(cpu);
    if (pinned != null) {
      for (int i = 0; i < chunk; i++) {
        pinned.add(huge ? entries[0] : entries[i]);
      }
    }
    done += chunk;
    at = 0;
    return Signal.RUN;
  }

  /** Whoever reads a page from swap needs its slot no more (do_swap_page() of a device that is read at once). */
  private void freeSlots(Cpu cpu) {
    EventBatch out = null;
    for (int i = 0; slots != null && i < chunk; i++) {
      if (slots[i] != 0 && fresh[i]) {
        out = out == null ? cpu.tell(cpu.directory().swap(), Messages.SWAP_FREE) : out;
        out.add(slots[i] - 1);
        forgetRead(slots[i] - 1);
      }
    }
    if (out != null) {
      out.close();
    }
  }

  private void forgetRead(int slot) {
    for (int i = 0; haveRead != null && i < haveRead.size(); i++) {
      if (haveRead.get(i) == slot) {
        haveRead.remove(i);
        return;
      }
    }
  }
}
