package pinfold.kernel.zone;

import pinfold.engine.StateHash;

/**
 * The free memory of one zone: {@code free_area[]}, pageblock types, counters and watermarks of {@code struct zone}
 * (mm/page_alloc.c, 6.12.117). The caller holds zone->lock.
 *
 * <p>Invariants: a free block is on the list of its pageblock's type; two buddies below pageblock size are never both free;
 * {@link #freePages()} counts every free page outside ISOLATE pageblocks, {@link #freeCmaPages()} those inside CMA ones.
 *
 * <p>Order of the lists: as in the kernel, newest first, except that memory never handed out since boot comes last, lowest
 * address first. The kernel gives CMA areas to the buddy in its own order at boot; so only which pfn comes first differs.
 */
public final class BuddyZone {
  /** vm.watermark_boost_factor's default, in units of 1/10000 of the high watermark. */
  private static final int BOOST_FACTOR = 15_000;

  private static final int UNMOVABLE = MigrateType.UNMOVABLE.code();
  private static final int MOVABLE = MigrateType.MOVABLE.code();
  private static final int RECLAIMABLE = MigrateType.RECLAIMABLE.code();
  private static final int HIGHATOMIC = MigrateType.HIGHATOMIC.code();
  private static final int CMA = MigrateType.CMA.code();
  private static final int ISOLATE = MigrateType.ISOLATE.code();

  /** Where a request looks after its own type, by type (mm/page_alloc.c:fallbacks). */
  private static final int[][] FALLBACKS = {{RECLAIMABLE, MOVABLE}, {RECLAIMABLE, UNMOVABLE}, {UNMOVABLE, MOVABLE}};

  private enum Step { OWN_TYPE, CMA, CLAIM, STEAL }

  private static final BuddyListener NOBODY = new BuddyListener() {
    @Override public void extfrag(int pfn, int order, int fallbackOrder, int migratetype, int fallbackType) {}

    @Override public void pageblockTypeChanged(int pfn, int migratetype) {}
  };

  /** Foreign blocks claimed, whole or in part, since boot. */
  public long claims;

  /** Free pages that a claim of a part-used pageblock moved to the list of the request's type, since boot. */
  public long pagesMovedByClaim;

  /** Requests served from a foreign block that kept its type, since boot. */
  public long steals;

  private final int startPfn;
  private final int spannedPages;
  private final Watermarks watermarks;
  private final long[] lowmemReservePages;
  private final FallbackForm fallbackForm;
  private final MovablePages movablePages;
  private final Pageblocks pageblocks;
  private final FreeBlocks blocks = new FreeBlocks();

  /** Free blocks by order and type, untouched ones included. */
  private final int[] blockCount = new int[BuddyOrders.ORDERS * MigrateType.COUNT];

  /** By type, bit n set if there is a free block of order n. */
  private final int[] ordersWithBlocks = new int[MigrateType.COUNT];
  private final long[] freeByType = new long[MigrateType.COUNT];
  private long freePages;

  /** By type, the index of a pageblock before which no untouched block begins. */
  private final int[] untouchedFrom = new int[MigrateType.COUNT];

  private long managedPages;
  private long boostPages;
  private boolean boostedSinceWake;
  private Step step = Step.OWN_TYPE;
  private BuddyListener listener = NOBODY;

  /** A zone of 6.12.117 without free memory, all its pageblocks MOVABLE. */
  public BuddyZone(int startPfn, int spannedPages, Watermarks watermarks, long[] lowmemReservePages) {
    this(startPfn, spannedPages, watermarks, lowmemReservePages, FallbackForm.CLAIM_THEN_STEAL, MovablePages.BY_BLOCK_TYPE);
  }

  /**
   * A zone without free memory, all its pageblocks MOVABLE.
   *
   * @param startPfn first page frame, at least 1
   * @param spannedPages page frames from the first to the last, holes included
   * @param lowmemReservePages pages kept from requests, by their highest zone type
   * @param movablePages answers what a claim asks about pages in use
   */
  public BuddyZone(int startPfn, int spannedPages, Watermarks watermarks, long[] lowmemReservePages, FallbackForm fallbackForm,
      MovablePages movablePages) {
    if (startPfn < 1 || spannedPages < 1 || spannedPages > (1 << 30) - startPfn) {
      throw new IllegalArgumentException("zone of " + spannedPages + " pages from pfn " + startPfn
          + " must begin at pfn 1 or later and end by pfn " + (1 << 30));
    }
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    this.watermarks = watermarks;
    this.lowmemReservePages = lowmemReservePages.clone();
    this.fallbackForm = fallbackForm;
    this.movablePages = movablePages;
    this.pageblocks = new Pageblocks(startPfn, spannedPages);
  }

  /** Sets who hears of extfrag events and of changed pageblock types; one listener. */
  public void listen(BuddyListener listener) {
    this.listener = listener;
  }

  // Boot and whole ranges.

  /**
   * Gives the buddy pages that it did not have, in the largest aligned blocks, as memblock_free_all does; managed pages grow.
   * Whole untouched runs cost two bytes per pageblock. Buddies of whole pageblocks merge as they do in {@link #free}.
   */
  public void addFreeRange(int pfn, int pages) {
    checkRange(pfn, pages);
    int end = pfn + pages;
    for (int at = pfn; at < end; ) {
      int order = largestBlock(at, end);
      if (order == BuddyOrders.MAX_ORDER && pageblocks.type(at) == pageblocks.type(at + BuddyOrders.PAGEBLOCK_PAGES)) {
        checkNotFree(at, BuddyOrders.MAX_BLOCK_PAGES);
        addUntouched(at);
      } else {
        order = Math.min(order, BuddyOrders.PAGEBLOCK_ORDER);
        freeBlock(at, order, true);
      }
      at += 1 << order;
    }
    managedPages += pages;
  }

  /**
   * Takes exactly these pages out of the buddy, all of which must be free, splitting blocks around them; they become pages
   * in use, and {@link #free} gives them back in any pieces. For memory in use at boot, and for contiguous allocations.
   */
  public void takeRange(int pfn, int pages) {
    checkRange(pfn, pages);
    int end = pfn + pages;
    for (int at = pfn; at < end; ) {
      int order = freeBlockOrder(at);
      if (order < 0) {
        throw new IllegalStateException("pfn " + at + " is not free, so pfns " + pfn + " to " + (end - 1) + " cannot be taken");
      }
      int block = at & -(1 << order);
      int blockEnd = block + (1 << order);
      int type = pageblocks.type(block);
      removeBlock(block, order, type);
      addRemainder(block, at, type);
      at = Math.min(blockEnd, end);
      addRemainder(at, blockEnd, type);
    }
  }

  /**
   * Gives a pageblock another type, together with its free pages (set_pageblock_migratetype, move_freepages_block_isolate). A
   * free block across it is split; a pageblock that is wholly free may merge again under its new type.
   */
  public void setPageblockType(int pfn, MigrateType type) {
    checkRange(pfn, 1);
    int block = pfn & -BuddyOrders.PAGEBLOCK_PAGES;
    int old = pageblocks.type(block);
    if (old == type.code()) {
      return;
    }
    if (pageblocks.freePages(block) == BuddyOrders.PAGEBLOCK_PAGES) {
      takeRange(block, BuddyOrders.PAGEBLOCK_PAGES);
      changeType(block, type.code());
      freeBlock(block, BuddyOrders.PAGEBLOCK_ORDER, false);
    } else {
      moveFreeBlocks(block, old, type.code());
      changeType(block, type.code());
    }
  }

  // Allocation.

  /**
   * Takes one block (rmqueue_buddy).
   *
   * @param migratetype code of the request's type: UNMOVABLE, MOVABLE or RECLAIMABLE
   * @param allocFlags {@link AllocFlags}
   * @return its first pfn, or -1
   */
  public int allocate(int order, int migratetype, int allocFlags) {
    if ((allocFlags & AllocFlags.HIGHATOMIC) != 0) {
      int pfn = smallest(order, HIGHATOMIC);
      if (pfn >= 0) {
        return pfn;
      }
    }
    step = Step.OWN_TYPE;
    int pfn = rmqueue(order, migratetype, allocFlags);
    if (pfn < 0 && (allocFlags & (AllocFlags.OOM | AllocFlags.NON_BLOCK)) != 0) {
      pfn = smallest(order, HIGHATOMIC);
    }
    return pfn;
  }

  /**
   * Takes up to count blocks, as a pcp refill does (rmqueue_bulk), remembering between blocks which step found one.
   *
   * @param out receives first pfns, in the order in which the kernel appends them to the pcp list
   * @param from where in out to begin
   * @return how many it got
   */
  public int rmqueueBulk(int order, int count, int migratetype, int allocFlags, int[] out, int from) {
    step = Step.OWN_TYPE;
    int got = 0;
    while (got < count) {
      int carved = step == Step.OWN_TYPE ? carve(order, count - got, migratetype, allocFlags, out, from + got) : 0;
      if (carved == 0) {
        int pfn = rmqueue(order, migratetype, allocFlags);
        if (pfn < 0) {
          break;
        }
        out[from + got] = pfn;
        carved = 1;
      }
      got += carved;
    }
    return got;
  }

  /** __rmqueue: one block by the steps of the zone's form, from the remembered step on. */
  private int rmqueue(int order, int migratetype, int allocFlags) {
    boolean cma = (allocFlags & AllocFlags.CMA) != 0;
    if (cma && cmaFirst(freeByType[CMA], freePages)) {
      int pfn = smallest(order, CMA);
      if (pfn >= 0) {
        return pfn;
      }
    }
    if (step == Step.OWN_TYPE) {
      int pfn = smallest(order, migratetype);
      if (pfn >= 0) {
        return pfn;
      }
    }
    if (step.compareTo(Step.CMA) <= 0 && cma) {
      int pfn = smallest(order, CMA);
      if (pfn >= 0) {
        remember(Step.CMA);
        return pfn;
      }
    }
    if (step.compareTo(Step.CLAIM) <= 0) {
      int pfn = fallbackForm == FallbackForm.MERGED ? mergedFallback(order, migratetype, allocFlags)
          : claim(order, migratetype, allocFlags);
      if (pfn >= 0) {
        step = Step.OWN_TYPE;
        return pfn;
      }
    }
    if (fallbackForm == FallbackForm.CLAIM_THEN_STEAL && (allocFlags & AllocFlags.NOFRAGMENT) == 0) {
      int pfn = steal(order, migratetype);
      if (pfn >= 0) {
        remember(Step.STEAL);
        return pfn;
      }
    }
    return -1;
  }

  private void remember(Step found) {
    if (fallbackForm == FallbackForm.CLAIM_THEN_STEAL) {
      step = found;
    }
  }

  /** Movable requests use CMA while more than half of the zone's free pages are there. */
  private static boolean cmaFirst(long freeCma, long free) {
    return freeCma > free / 2;
  }

  /**
   * The first two steps for several blocks at once: as many as stay on one side of the half rule and fit into the block that
   * the first one comes from. Taking them one by one would hand out the same blocks in the same order, because the lists
   * between the requested order and that of the block are empty.
   */
  private int carve(int order, int count, int migratetype, int allocFlags, int[] out, int from) {
    boolean cma = (allocFlags & AllocFlags.CMA) != 0 && freeByType[CMA] != 0;
    boolean fromCma = cma && cmaFirst(freeByType[CMA], freePages);
    int type = fromCma ? CMA : migratetype;
    int blockOrder = smallestOrder(order, type);
    if (blockOrder < 0) {
      return 0;
    }
    int limit = Math.min(count, 1 << (blockOrder - order));
    int take = cma ? sameSide(order, limit, fromCma) : limit;
    int pfn = firstBlock(blockOrder, type);
    removeBlock(pfn, blockOrder, type);
    for (int i = 0; i < take; i++) {
      out[from + i] = pfn + (i << order);
    }
    int taken = pfn + (take << order);
    int end = pfn + (1 << blockOrder);
    while (taken < end) {
      int rest = Integer.numberOfTrailingZeros(taken - pfn);
      addBlock(taken, rest, type, false);
      taken += 1 << rest;
    }
    return take;
  }

  /** How many blocks, 1 to limit, can be taken before the half rule points the other way. */
  private int sameSide(int order, int limit, boolean fromCma) {
    long freeCma = freeByType[CMA];
    long free = freePages;
    int take = 0;
    do {
      take++;
      free -= 1L << order;
      freeCma -= fromCma ? 1L << order : 0;
    } while (take < limit && cmaFirst(freeCma, free) == fromCma);
    return take;
  }

  /** __rmqueue_smallest: the smallest block of a type that is large enough, split; -1 if there is none. */
  private int smallest(int order, int type) {
    int blockOrder = smallestOrder(order, type);
    if (blockOrder < 0) {
      return -1;
    }
    int pfn = firstBlock(blockOrder, type);
    removeBlock(pfn, blockOrder, type);
    expand(pfn, order, blockOrder, type);
    return pfn;
  }

  private int smallestOrder(int order, int type) {
    int orders = ordersWithBlocks[type] >>> order;
    return orders == 0 ? -1 : order + Integer.numberOfTrailingZeros(orders);
  }

  /** Keeps the first block of low order and returns the upper halves to the front of their lists. */
  private void expand(int pfn, int low, int high, int type) {
    for (int order = high - 1; order >= low; order--) {
      addBlock(pfn + (1 << order), order, type, false);
    }
  }

  /** __rmqueue_claim: makes the largest foreign block's pageblock ours, if enough of it is free or alike. */
  private int claim(int order, int migratetype, int allocFlags) {
    for (int blockOrder = BuddyOrders.MAX_ORDER; blockOrder >= lowestFallbackOrder(order, allocFlags); blockOrder--) {
      if (!mayClaim(blockOrder, migratetype)) {
        break;
      }
      int type = fallbackType(blockOrder, migratetype);
      if (type >= 0) {
        int pfn = claimBlock(firstBlock(blockOrder, type), blockOrder, order, migratetype, type, allocFlags);
        if (pfn >= 0) {
          listener.extfrag(pfn, order, blockOrder, migratetype, type);
          return pfn;
        }
      }
    }
    return -1;
  }

  /** __rmqueue_steal: splits a page off the smallest sufficient foreign block, which keeps its type. */
  private int steal(int order, int migratetype) {
    for (int blockOrder = order; blockOrder <= BuddyOrders.MAX_ORDER; blockOrder++) {
      int type = fallbackType(blockOrder, migratetype);
      if (type >= 0) {
        return stealFrom(order, blockOrder, migratetype, type);
      }
    }
    return -1;
  }

  /** __rmqueue_fallback before v6.15: the largest foreign block, claimed or else split. */
  private int mergedFallback(int order, int migratetype, int allocFlags) {
    for (int blockOrder = BuddyOrders.MAX_ORDER; blockOrder >= lowestFallbackOrder(order, allocFlags); blockOrder--) {
      int type = fallbackType(blockOrder, migratetype);
      if (type < 0) {
        continue;
      }
      boolean claimable = mayClaim(blockOrder, migratetype);
      if (!claimable && migratetype == MOVABLE && blockOrder > order) {
        return steal(order, migratetype);
      }
      int pfn = claimable
          ? claimBlock(firstBlock(blockOrder, type), blockOrder, order, migratetype, type, allocFlags) : -1;
      if (pfn < 0) {
        return stealFrom(order, blockOrder, migratetype, type);
      }
      listener.extfrag(pfn, order, blockOrder, migratetype, type);
      return pfn;
    }
    return -1;
  }

  private int stealFrom(int order, int blockOrder, int migratetype, int type) {
    int pfn = firstBlock(blockOrder, type);
    removeBlock(pfn, blockOrder, type);
    expand(pfn, order, blockOrder, type);
    steals++;
    listener.extfrag(pfn, order, blockOrder, migratetype, type);
    return pfn;
  }

  private static int lowestFallbackOrder(int order, int allocFlags) {
    return (allocFlags & AllocFlags.NOFRAGMENT) == 0 ? order : Math.max(order, BuddyOrders.PAGEBLOCK_ORDER);
  }

  /** should_try_claim_block (can_steal_fallback before v6.15). */
  private static boolean mayClaim(int blockOrder, int migratetype) {
    return blockOrder >= BuddyOrders.PAGEBLOCK_ORDER / 2 || migratetype != MOVABLE;
  }

  /** The first type of the fallback table with a free block of this order, -1 if none has one. */
  private int fallbackType(int blockOrder, int migratetype) {
    for (int type : FALLBACKS[migratetype]) {
      if ((ordersWithBlocks[type] >>> blockOrder & 1) != 0) {
        return type;
      }
    }
    return -1;
  }

  /** try_to_claim_block. */
  private int claimBlock(int pfn, int blockOrder, int order, int migratetype, int type, int allocFlags) {
    if (blockOrder >= BuddyOrders.PAGEBLOCK_ORDER) {
      removeBlock(pfn, blockOrder, type);
      for (int at = pfn; at < pfn + (1 << blockOrder); at += BuddyOrders.PAGEBLOCK_PAGES) {
        changeType(at, migratetype);
      }
      expand(pfn, order, blockOrder, migratetype);
      claims++;
      return pfn;
    }
    boostWatermarks(allocFlags);
    int pageblock = pfn & -BuddyOrders.PAGEBLOCK_PAGES;
    if (pageblock < startPfn || pageblock + BuddyOrders.PAGEBLOCK_PAGES > startPfn + spannedPages) {
      return -1;
    }
    int free = pageblocks.freePages(pageblock);
    if (free + alikePages(pageblock, free, migratetype, type) < BuddyOrders.PAGEBLOCK_PAGES / 2) {
      return -1;
    }
    moveFreeBlocks(pageblock, type, migratetype);
    changeType(pageblock, migratetype);
    pagesMovedByClaim += free;
    claims++;
    return smallest(order, migratetype);
  }

  /** Pages in use of a foreign pageblock that are at home in a pageblock of the request's type, as far as can be told. */
  private int alikePages(int pageblock, int free, int migratetype, int type) {
    int inUse = BuddyOrders.PAGEBLOCK_PAGES - free;
    if (migratetype == MOVABLE) {
      return movablePages.count(pageblock, type, inUse);
    }
    return type == MOVABLE ? inUse - movablePages.count(pageblock, type, inUse) : 0;
  }

  /** boost_watermark: fragmentation makes kswapd reclaim a little more. */
  private void boostWatermarks(int allocFlags) {
    if (BuddyOrders.PAGEBLOCK_PAGES * 4L > managedPages) {
      return;
    }
    long most = watermarks.highPages() * BOOST_FACTOR / 10_000;
    if (most == 0) {
      return;
    }
    boostPages = Math.min(boostPages + BuddyOrders.PAGEBLOCK_PAGES, Math.max(most, BuddyOrders.PAGEBLOCK_PAGES));
    boostedSinceWake |= (allocFlags & AllocFlags.KSWAPD) != 0;
  }

  // Freeing.

  /**
   * Gives a block back and merges it with free buddies (free_one_page, __free_one_page). Which type it goes to is up to its
   * pageblock, now.
   *
   * @throws IllegalStateException if the zone can tell that the block was free already
   */
  public void free(int pfn, int order) {
    checkRange(pfn, 1 << order);
    if ((pfn & (1 << order) - 1) != 0 || order > BuddyOrders.MAX_ORDER) {
      throw new IllegalArgumentException("pfn " + pfn + " cannot begin a block of order " + order);
    }
    if (order > BuddyOrders.PAGEBLOCK_ORDER) {
      freeBlock(pfn, BuddyOrders.PAGEBLOCK_ORDER, false);
      freeBlock(pfn + BuddyOrders.PAGEBLOCK_PAGES, BuddyOrders.PAGEBLOCK_ORDER, false);
    } else {
      freeBlock(pfn, order, false);
    }
  }

  private void freeBlock(int freedPfn, int freedOrder, boolean toTail) {
    checkNotFree(freedPfn, 1 << freedOrder);
    int type = pageblocks.type(freedPfn);
    // A free buddy lies in the same pageblock, so with fewer free pages than it has there is no need to look.
    int freeInPageblock = pageblocks.freePages(freedPfn);
    int pfn = freedPfn;
    int order = freedOrder;
    while (order < BuddyOrders.PAGEBLOCK_ORDER && 1 << order <= freeInPageblock
        && blocks.removeIfPresent(pfn ^ 1 << order, order)) {
      countBlock(order, type, -1);
      pfn &= ~(1 << order);
      order++;
    }
    if (order == BuddyOrders.PAGEBLOCK_ORDER && mergePageblocks(pfn, type)) {
      pfn &= ~BuddyOrders.PAGEBLOCK_PAGES;
      order = BuddyOrders.MAX_ORDER;
    }
    boolean last = toTail || order < BuddyOrders.PAGEBLOCK_ORDER && mergeLikely(pfn, order, freeInPageblock);
    linkBlock(pfn, order, type, last);
    countPages(freedPfn, freedOrder, type);
  }

  /** Takes the other pageblock of a MAX_ORDER block out if it is free and may merge, and gives it the type. */
  private boolean mergePageblocks(int pfn, int type) {
    int buddy = pfn ^ BuddyOrders.PAGEBLOCK_PAGES;
    if (pageblocks.freePages(buddy) != BuddyOrders.PAGEBLOCK_PAGES) {
      return false;
    }
    int buddyType = pageblocks.type(buddy);
    if (buddyType != type && (buddyType >= MigrateType.PCP_TYPES || type >= MigrateType.PCP_TYPES)) {
      return false;
    }
    blocks.remove(buddy, BuddyOrders.PAGEBLOCK_ORDER);
    countBlock(BuddyOrders.PAGEBLOCK_ORDER, buddyType, -1);
    if (buddyType != type) {
      uncountPages(buddy, BuddyOrders.PAGEBLOCK_ORDER, buddyType);
      changeType(buddy, type);
      countPages(buddy, BuddyOrders.PAGEBLOCK_ORDER, type);
    }
    return true;
  }

  /** buddy_merge_likely: whether the block would merge twice if its buddy came back, so that it better waits for that. */
  private boolean mergeLikely(int pfn, int order, int freeInPageblock) {
    int higher = order + 1;
    boolean possible = higher == BuddyOrders.PAGEBLOCK_ORDER || 1 << higher <= freeInPageblock;
    return possible && blocks.contains((pfn & ~(1 << order)) ^ 1 << higher, higher);
  }

  // Bookkeeping. Every change of a free list goes through addBlock, removeBlock or addUntouched.

  private int firstBlock(int order, int type) {
    int pfn = blocks.first(order, type);
    if (pfn >= 0) {
      return pfn;
    }
    untouchedFrom[type] = pageblocks.nextUntouched(untouchedFrom[type], type);
    return pageblocks.pfn(untouchedFrom[type]);
  }

  private void addBlock(int pfn, int order, int type, boolean last) {
    linkBlock(pfn, order, type, last);
    countPages(pfn, order, type);
  }

  private void linkBlock(int pfn, int order, int type, boolean last) {
    blocks.add(pfn, order, type, last);
    countBlock(order, type, 1);
  }

  private void addUntouched(int pfn) {
    int type = pageblocks.type(pfn);
    pageblocks.setUntouched(pfn, true);
    untouchedFrom[type] = Math.min(untouchedFrom[type], pageblocks.index(pfn));
    countBlock(BuddyOrders.MAX_ORDER, type, 1);
    countPages(pfn, BuddyOrders.MAX_ORDER, type);
  }

  private void removeBlock(int pfn, int order, int type) {
    if (order == BuddyOrders.MAX_ORDER && pageblocks.isUntouched(pfn)) {
      pageblocks.setUntouched(pfn, false);
    } else {
      blocks.remove(pfn, order);
    }
    countBlock(order, type, -1);
    uncountPages(pfn, order, type);
  }

  private void countBlock(int order, int type, int change) {
    int before = blockCount[order * MigrateType.COUNT + type];
    blockCount[order * MigrateType.COUNT + type] = before + change;
    if (before == 0 || before + change == 0) {
      ordersWithBlocks[type] ^= 1 << order;
    }
  }

  private void countPages(int pfn, int order, int type) {
    pageblocks.addFree(pfn, 1 << order, 1);
    freeByType[type] += 1 << order;
    freePages += type == ISOLATE ? 0 : 1 << order;
  }

  private void uncountPages(int pfn, int order, int type) {
    pageblocks.addFree(pfn, 1 << order, -1);
    freeByType[type] -= 1 << order;
    freePages -= type == ISOLATE ? 0 : 1 << order;
  }

  private void changeType(int pageblock, int type) {
    if (pageblocks.type(pageblock) != type) {
      pageblocks.setType(pageblock, type);
      listener.pageblockTypeChanged(pageblock, type);
    }
  }

  /** __move_freepages_block: blocks of less than a pageblock go to the tail of the other type's lists, lowest first. */
  private void moveFreeBlocks(int pageblock, int from, int to) {
    int left = pageblocks.freePages(pageblock);
    for (int at = pageblock; left > 0; ) {
      int order = blocks.orderAt(at);
      if (order >= 0) {
        removeBlock(at, order, from);
        addBlock(at, order, to, true);
        left -= 1 << order;
      }
      at += order < 0 ? 1 : 1 << order;
    }
  }

  /** Adds what is left of a split block, in the largest aligned blocks. */
  private void addRemainder(int from, int end, int type) {
    for (int at = from; at < end; ) {
      int order = largestBlock(at, end);
      addBlock(at, order, type, false);
      at += 1 << order;
    }
  }

  private static int largestBlock(int pfn, int end) {
    int aligned = Math.min(Integer.numberOfTrailingZeros(pfn), BuddyOrders.MAX_ORDER);
    int fitting = 31 - Integer.numberOfLeadingZeros(end - pfn);
    return Math.min(aligned, fitting);
  }

  private void checkRange(int pfn, int pages) {
    if (pfn < startPfn || pages < 1 || pages > startPfn + spannedPages - pfn) {
      throw new IllegalArgumentException(pages + " pages from pfn " + pfn + " are not within the zone's pfns " + startPfn + " to "
          + (startPfn + spannedPages - 1));
    }
  }

  private void checkNotFree(int pfn, int pages) {
    boolean tooMany = pageblocks.freePages(pfn) + Math.min(pages, BuddyOrders.PAGEBLOCK_PAGES) > BuddyOrders.PAGEBLOCK_PAGES;
    if (tooMany || blocks.orderAt(pfn) >= 0) {
      throw new IllegalStateException("pfn " + pfn + " (" + pages + " pages) is given to the buddy, which has it already");
    }
  }

  // Watermarks.

  /**
   * Whether the zone has enough left for a request (__zone_watermark_ok).
   *
   * @param markPages the watermark to keep, see {@link #markPages}
   * @param highestZoneIndex ordinal of the highest {@link ZoneType} that the request may use
   */
  public boolean watermarkOk(int order, long markPages, int highestZoneIndex, int allocFlags) {
    long usable = freePages - ((1L << order) - 1);
    if ((allocFlags & AllocFlags.RESERVES) == 0) {
      usable -= freeByType[HIGHATOMIC];
    }
    if ((allocFlags & AllocFlags.CMA) == 0) {
      usable -= freeByType[CMA];
    }
    if (usable <= reducedMark(markPages, allocFlags) + lowmemReservePages[highestZoneIndex]) {
      return false;
    }
    if (order == 0) {
      return true;
    }
    int orders = ordersWithBlocks[UNMOVABLE] | ordersWithBlocks[MOVABLE] | ordersWithBlocks[RECLAIMABLE];
    if ((allocFlags & AllocFlags.CMA) != 0) {
      orders |= ordersWithBlocks[CMA];
    }
    if ((allocFlags & (AllocFlags.HIGHATOMIC | AllocFlags.OOM)) != 0) {
      orders |= ordersWithBlocks[HIGHATOMIC];
    }
    return orders >>> order != 0;
  }

  private static long reducedMark(long markPages, int allocFlags) {
    long mark = markPages;
    if ((allocFlags & AllocFlags.MIN_RESERVE) != 0) {
      mark -= mark / 2;
      if ((allocFlags & AllocFlags.NON_BLOCK) != 0) {
        mark -= mark / 4;
      }
    }
    if ((allocFlags & AllocFlags.OOM) != 0) {
      mark -= mark / 2;
    }
    return mark;
  }

  /** The watermark that the flags select, boost included, in pages (wmark_pages). */
  public long markPages(int allocFlags) {
    return boostPages + switch (allocFlags & AllocFlags.WMARK_MASK) {
      case AllocFlags.WMARK_MIN -> watermarks.minPages();
      case AllocFlags.WMARK_LOW -> watermarks.lowPages();
      case AllocFlags.WMARK_HIGH -> watermarks.highPages();
      default -> watermarks.promoPages();
    };
  }

  /** zone->watermark_boost, pages. */
  public long boostPages() {
    return boostPages;
  }

  /** Takes back some of the boost, as kswapd does when it has reclaimed for it. */
  public void lowerBoost(long pages) {
    boostPages = Math.max(0, boostPages - pages);
  }

  /** ZONE_BOOSTED_WATERMARK, tested and cleared: true once after a boost by a request that may wake kswapd. */
  public boolean takeBoosted() {
    boolean boosted = boostedSinceWake;
    boostedSinceWake = false;
    return boosted;
  }

  // Looking.

  /** First page frame. */
  public int startPfn() {
    return startPfn;
  }

  /** Page frames from first to last, holes included. */
  public int spannedPages() {
    return spannedPages;
  }

  /** Pages that the buddy has been given at boot, free or in use. */
  public long managedPages() {
    return managedPages;
  }

  public Watermarks watermarks() {
    return watermarks;
  }

  /** NR_FREE_PAGES: pages in the buddy, without those of ISOLATE pageblocks. */
  public long freePages() {
    return freePages;
  }

  /** NR_FREE_CMA_PAGES. */
  public long freeCmaPages() {
    return freeByType[CMA];
  }

  /** Free pages in pageblocks of a type, ISOLATE too. */
  public long freePages(MigrateType type) {
    return freeByType[type.code()];
  }

  /** Number of free blocks of an order and type, as /proc/pagetypeinfo prints it. */
  public int freeBlocks(int order, MigrateType type) {
    return blockCount[order * MigrateType.COUNT + type.code()];
  }

  /** Code of the {@link MigrateType} of a page's pageblock. */
  public int pageblockType(int pfn) {
    return pageblocks.type(pfn);
  }

  /** How many pages of a page's pageblock are in the buddy, 0 to 512. */
  public int freePagesInPageblock(int pfn) {
    return pageblocks.freePages(pfn);
  }

  /** Order of the free block that holds this page, or -1 if the page is not in the buddy. */
  public int freeBlockOrder(int pfn) {
    int maxBlock = pfn & -BuddyOrders.MAX_BLOCK_PAGES;
    if (pageblocks.isUntouched(maxBlock)) {
      return BuddyOrders.MAX_ORDER;
    }
    for (int order = 0; order <= BuddyOrders.MAX_ORDER; order++) {
      if (blocks.contains(pfn & -(1 << order), order)) {
        return order;
      }
    }
    return -1;
  }

  /** Folds free lists in their order, pageblocks and boost into hash. */
  public void hashState(StateHash hash) {
    for (int index = 0; index < pageblocks.count(); index++) {
      hash.add(pageblocks.word(index));
    }
    blocks.hashState(hash);
    hash.add(boostPages).add(boostedSinceWake ? 1 : 0).add(managedPages);
  }
}
