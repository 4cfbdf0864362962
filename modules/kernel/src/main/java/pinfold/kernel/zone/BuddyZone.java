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
  private static final int UNMOVABLE = MigrateType.UNMOVABLE.code();
  private static final int MOVABLE = MigrateType.MOVABLE.code();
  private static final int RECLAIMABLE = MigrateType.RECLAIMABLE.code();
  private static final int HIGHATOMIC = MigrateType.HIGHATOMIC.code();
  private static final int CMA = MigrateType.CMA.code();

  /** Where a request looks after its own type, by type (mm/page_alloc.c:fallbacks). */
  private static final int[][] FALLBACKS = {{RECLAIMABLE, MOVABLE}, {RECLAIMABLE, UNMOVABLE}, {UNMOVABLE, MOVABLE}};

  private enum Step { OWN_TYPE, CMA, CLAIM, STEAL }

  /** Foreign blocks claimed, whole or in part, since boot. */
  public long claims;

  /** Free pages that a claim of a part-used pageblock moved to the list of the request's type, since boot. */
  public long pagesMovedByClaim;

  /** Requests served from a foreign block that kept its type, since boot. */
  public long steals;

  private final int startPfn;
  private final int spannedPages;
  private final Watermarks watermarks;
  private final FallbackForm fallbackForm;
  private final boolean cmaHalfRule;
  private final MovablePages movablePages;
  private final FreeArea area;
  private final ZoneMarks marks;
  private long managedPages;
  /** A bit per pageblock, see {@link #isHugePage}; null while there never was one. */
  private long[] hugePages;
  private Step step = Step.OWN_TYPE;
  private BuddyListener listener = BuddyListener.NOBODY;

  /** A zone of 6.12.117 without free memory, all its pageblocks MOVABLE. */
  public BuddyZone(int startPfn, int spannedPages, Watermarks watermarks, long[] lowmemReservePages) {
    this(startPfn, spannedPages, watermarks, lowmemReservePages, FallbackForm.CLAIM_THEN_STEAL, true,
        MovablePages.BY_BLOCK_TYPE);
  }

  /**
   * A zone without free memory, all its pageblocks MOVABLE.
   *
   * @param startPfn first page frame, at least 1
   * @param spannedPages page frames from the first to the last, holes included
   * @param lowmemReservePages pages kept from requests, by their highest zone type
   * @param cmaHalfRule movable requests take CMA first while more than half of the free pages are there (v5.8, 16867664936e)
   * @param movablePages answers what a claim asks about pages in use
   */
  public BuddyZone(int startPfn, int spannedPages, Watermarks watermarks, long[] lowmemReservePages, FallbackForm fallbackForm,
      boolean cmaHalfRule, MovablePages movablePages) {
    if (startPfn < 1 || spannedPages < 1 || spannedPages > (1 << 30) - startPfn) {
      throw new IllegalArgumentException("zone of " + spannedPages + " pages from pfn " + startPfn
          + " must begin at pfn 1 or later and end by pfn " + (1 << 30));
    }
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    this.watermarks = watermarks;
    this.fallbackForm = fallbackForm;
    this.cmaHalfRule = cmaHalfRule;
    this.movablePages = movablePages;
    this.area = new FreeArea(startPfn, spannedPages);
    this.marks = new ZoneMarks(watermarks, lowmemReservePages, area);
  }

  /** Sets who hears of extfrag events and of changed pageblock types; one listener. */
  public void listen(BuddyListener listener) {
    this.listener = listener;
    area.listen(listener);
  }

  // Boot and whole ranges.

  /**
   * Gives the buddy pages that it did not have, in the largest aligned blocks, as memblock_free_all does; managed pages grow.
   * Whole untouched runs cost two bytes per pageblock. Buddies of whole pageblocks merge as they do in {@link #free}.
   */
  public void addFreeRange(int pfn, int pages) {
    checkRange(pfn, pages);
    area.addRange(pfn, pages);
    managedPages += pages;
  }

  /**
   * Takes exactly these pages out of the buddy, all of which must be free, splitting blocks around them; they become pages
   * in use, and {@link #free} gives them back in any pieces. For memory in use at boot, and for contiguous allocations.
   */
  public void takeRange(int pfn, int pages) {
    checkRange(pfn, pages);
    area.takeRange(pfn, pages);
  }

  /**
   * Gives a pageblock another type, together with its free pages (set_pageblock_migratetype, move_freepages_block_isolate). A
   * free block across it is split; a pageblock that is wholly free may merge again under its new type.
   */
  public void setPageblockType(int pfn, MigrateType type) {
    checkRange(pfn, 1);
    area.setType(pfn & -BuddyOrders.PAGEBLOCK_PAGES, type.code());
  }

  /** First page of a range that is not in the buddy, -1 when all of it is free (test_pages_isolated()). */
  public int firstBusy(int pfn, int pages) {
    checkRange(pfn, pages);
    return area.firstBusy(pfn, pfn + pages);
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
      int pfn = area.smallest(order, HIGHATOMIC);
      if (pfn >= 0) {
        return pfn;
      }
    }
    step = Step.OWN_TYPE;
    int pfn = rmqueue(order, migratetype, allocFlags);
    if (pfn < 0 && (allocFlags & (AllocFlags.OOM | AllocFlags.NON_BLOCK)) != 0) {
      pfn = area.smallest(order, HIGHATOMIC);
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
    int got = rmqueueBlocks(order, count, migratetype, allocFlags, out, from);
    for (int i = from; order == BuddyOrders.PAGEBLOCK_ORDER && i < from + got; i++) {
      hugePages = hugePages == null ? new long[(pageblock(startPfn + spannedPages - 1) >>> 6) + 1] : hugePages;
      hugePages[pageblock(out[i]) >>> 6] |= 1L << pageblock(out[i]);
    }
    return got;
  }

  /**
   * Whether a pageblock was handed out whole and did not come back, so it is one huge page, or a free one on a list of a CPU: nothing
   * here takes a huge page to pieces.
   */
  public boolean isHugePage(int pfn) {
    int block = pageblock(pfn);
    return hugePages != null && (hugePages[block >>> 6] >>> block & 1) != 0;
  }

  private int pageblock(int pfn) {
    return (pfn >>> BuddyOrders.PAGEBLOCK_ORDER) - (startPfn >>> BuddyOrders.PAGEBLOCK_ORDER);
  }

  private int rmqueueBlocks(int order, int count, int migratetype, int allocFlags, int[] out, int from) {
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
    if (cma && cmaFirst(area.free(CMA), area.freePages())) {
      int pfn = area.smallest(order, CMA);
      if (pfn >= 0) {
        return pfn;
      }
    }
    if (step == Step.OWN_TYPE) {
      int pfn = area.smallest(order, migratetype);
      if (pfn >= 0) {
        return pfn;
      }
    }
    if (step.compareTo(Step.CMA) <= 0 && cma) {
      int pfn = area.smallest(order, CMA);
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

  /** Movable requests use CMA while more than half of the zone's free pages are there, in kernels that have the rule. */
  private boolean cmaFirst(long freeCma, long free) {
    return cmaHalfRule && freeCma > free / 2;
  }

  /**
   * The first two steps for several blocks at once: as many as stay on one side of the half rule and fit into the block that
   * the first one comes from. Taking them one by one would hand out the same blocks in the same order, because the lists
   * between the requested order and that of the block are empty.
   */
  private int carve(int order, int count, int migratetype, int allocFlags, int[] out, int from) {
    boolean cma = (allocFlags & AllocFlags.CMA) != 0 && area.free(CMA) != 0;
    boolean fromCma = cma && cmaFirst(area.free(CMA), area.freePages());
    int type = fromCma ? CMA : migratetype;
    int blockOrder = area.smallestOrder(order, type);
    if (blockOrder < 0) {
      return 0;
    }
    int limit = Math.min(count, 1 << (blockOrder - order));
    int take = cma ? sameSide(order, limit, fromCma) : limit;
    int pfn = area.firstBlock(blockOrder, type);
    area.removeBlock(pfn, blockOrder, type);
    for (int i = 0; i < take; i++) {
      out[from + i] = pfn + (i << order);
    }
    int taken = pfn + (take << order);
    int end = pfn + (1 << blockOrder);
    while (taken < end) {
      int rest = Integer.numberOfTrailingZeros(taken - pfn);
      area.addBlock(taken, rest, type, false);
      taken += 1 << rest;
    }
    return take;
  }

  /** How many blocks, 1 to limit, can be taken before the half rule points the other way. */
  private int sameSide(int order, int limit, boolean fromCma) {
    long freeCma = area.free(CMA);
    long free = area.freePages();
    int take = 0;
    do {
      take++;
      free -= 1L << order;
      freeCma -= fromCma ? 1L << order : 0;
    } while (take < limit && cmaFirst(freeCma, free) == fromCma);
    return take;
  }

  /** __rmqueue_claim: makes the largest foreign block's pageblock ours, if enough of it is free or alike. */
  private int claim(int order, int migratetype, int allocFlags) {
    for (int blockOrder = BuddyOrders.MAX_ORDER; blockOrder >= lowestFallbackOrder(order, allocFlags); blockOrder--) {
      if (!mayClaim(blockOrder, migratetype)) {
        break;
      }
      int type = fallbackType(blockOrder, migratetype);
      if (type >= 0) {
        int pfn = claimBlock(area.firstBlock(blockOrder, type), blockOrder, order, migratetype, type, allocFlags);
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
          ? claimBlock(area.firstBlock(blockOrder, type), blockOrder, order, migratetype, type, allocFlags) : -1;
      if (pfn < 0) {
        return stealFrom(order, blockOrder, migratetype, type);
      }
      listener.extfrag(pfn, order, blockOrder, migratetype, type);
      return pfn;
    }
    return -1;
  }

  private int stealFrom(int order, int blockOrder, int migratetype, int type) {
    int pfn = area.firstBlock(blockOrder, type);
    area.removeBlock(pfn, blockOrder, type);
    area.expand(pfn, order, blockOrder, type);
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
      if ((area.orders(type) >>> blockOrder & 1) != 0) {
        return type;
      }
    }
    return -1;
  }

  /** try_to_claim_block. */
  private int claimBlock(int pfn, int blockOrder, int order, int migratetype, int type, int allocFlags) {
    if (blockOrder >= BuddyOrders.PAGEBLOCK_ORDER) {
      area.removeBlock(pfn, blockOrder, type);
      for (int at = pfn; at < pfn + (1 << blockOrder); at += BuddyOrders.PAGEBLOCK_PAGES) {
        area.changeType(at, migratetype);
      }
      area.expand(pfn, order, blockOrder, migratetype);
      claims++;
      return pfn;
    }
    marks.boost(managedPages, allocFlags);
    int pageblock = pfn & -BuddyOrders.PAGEBLOCK_PAGES;
    if (pageblock < startPfn || pageblock + BuddyOrders.PAGEBLOCK_PAGES > startPfn + spannedPages) {
      return -1;
    }
    int free = area.freeInPageblock(pageblock);
    if (free + alikePages(pageblock, free, migratetype, type) < BuddyOrders.PAGEBLOCK_PAGES / 2) {
      return -1;
    }
    area.moveFreeBlocks(pageblock, type, migratetype);
    area.changeType(pageblock, migratetype);
    pagesMovedByClaim += free;
    claims++;
    return area.smallest(order, migratetype);
  }

  /** Pages in use of a foreign pageblock that are at home in a pageblock of the request's type, as far as can be told. */
  private int alikePages(int pageblock, int free, int migratetype, int type) {
    int inUse = BuddyOrders.PAGEBLOCK_PAGES - free;
    if (migratetype == MOVABLE) {
      return movablePages.count(pageblock, type, inUse);
    }
    return type == MOVABLE ? inUse - movablePages.count(pageblock, type, inUse) : 0;
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
    if (hugePages != null) {
      int block = pageblock(pfn);
      hugePages[block >>> 6] &= ~(1L << block);
    }
    if ((pfn & (1 << order) - 1) != 0 || order > BuddyOrders.MAX_ORDER) {
      throw new IllegalArgumentException("pfn " + pfn + " cannot begin a block of order " + order);
    }
    if (order > BuddyOrders.PAGEBLOCK_ORDER) {
      area.freeBlock(pfn, BuddyOrders.PAGEBLOCK_ORDER, false);
      area.freeBlock(pfn + BuddyOrders.PAGEBLOCK_PAGES, BuddyOrders.PAGEBLOCK_ORDER, false);
    } else {
      area.freeBlock(pfn, order, false);
    }
  }

  private void checkRange(int pfn, int pages) {
    if (pfn < startPfn || pages < 1 || pages > startPfn + spannedPages - pfn) {
      throw new IllegalArgumentException(pages + " pages from pfn " + pfn + " are not within the zone's pfns " + startPfn + " to "
          + (startPfn + spannedPages - 1));
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
    return watermarkOk(order, markPages, highestZoneIndex, allocFlags, 0);
  }

  /** The same if {@code morePages} were free as well. */
  public boolean watermarkOk(int order, long markPages, int highestZoneIndex, int allocFlags, long morePages) {
    return marks.ok(order, markPages, highestZoneIndex, allocFlags, morePages);
  }

  /** The watermark that the flags select, boost included, in pages (wmark_pages). */
  public long markPages(int allocFlags) {
    return marks.pages(allocFlags);
  }

  /** zone->watermark_boost, pages. */
  public long boostPages() {
    return marks.boostPages();
  }

  /** Takes back some of the boost, as kswapd does when it has reclaimed for it. */
  public void lowerBoost(long pages) {
    marks.lowerBoost(pages);
  }

  /** ZONE_BOOSTED_WATERMARK, tested and cleared: true once after a boost by a request that may wake kswapd. */
  public boolean takeBoosted() {
    return marks.takeBoosted();
  }

  // Compaction.

  /**
   * Whether the zone has room to move pages to for a request (mm/compaction.c:__compaction_suitable, 6.12): free pages, as order-0
   * requests see them, above min, or low for costly orders, and twice the size of the request.
   *
   * @param flags {@link AllocFlags#CMA} if free CMA pages count, else 0
   */
  public boolean roomToCompact(int order, int highestZoneIndex, int flags) {
    int mark = order > PerCpuPages.COSTLY_ORDER ? AllocFlags.WMARK_LOW : AllocFlags.WMARK_MIN;
    return marks.ok(0, marks.pages(mark) + (2L << order), highestZoneIndex, flags, 0);
  }

  /**
   * Why a request of this order fails (mm/vmstat.c:__fragmentation_index, 6.12): towards 0 for lack of memory, towards 1000 by
   * fragmentation; -1000 when a free block is large enough.
   */
  public int fragmentationIndex(int order) {
    long pages = 0;
    long blocks = 0;
    for (int o = 0; o < BuddyOrders.ORDERS; o++) {
      for (int type = 0; type < MigrateType.COUNT; type++) {
        long here = area.blocks(o, type);
        if (o >= order && here > 0) {
          return -1000;
        }
        blocks += here;
        pages += here << o;
      }
    }
    return blocks == 0 ? 0 : (int) (1000 - (1000 + pages * 1000 / (1L << order)) / blocks);
  }

  /**
   * Whether some free block would serve the request, by its type, by CMA for a movable one, or by a fallback that makes the whole
   * pageblock its own (mm/compaction.c:__compact_finished, 6.12).
   */
  public boolean couldServe(int order, int migratetype) {
    for (int o = order; o < BuddyOrders.ORDERS; o++) {
      boolean own = (area.orders(migratetype) >>> o & 1) != 0;
      boolean cma = migratetype == MOVABLE && (area.orders(CMA) >>> o & 1) != 0;
      if (own || cma || fallbackType(o, migratetype) >= 0 && mayClaim(o, migratetype)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a free block out to move pages to, unless that would leave less than the min watermark (__isolate_free_page, 6.12). The
   * pageblocks of a block of at least half of one become MOVABLE, if they may mix with others.
   *
   * @param pfn the block's first page
   * @return false when the watermark says no
   */
  boolean isolateFree(int pfn, int order) {
    int type = area.type(pfn);
    if (type != MigrateType.ISOLATE.code() && !marks.ok(0, watermarks.minPages() + (1L << order), 0, AllocFlags.CMA, 0)) {
      return false;
    }
    area.removeBlock(pfn, order, type);
    if (order >= BuddyOrders.PAGEBLOCK_ORDER - 1) {
      for (int block = pfn & -BuddyOrders.PAGEBLOCK_PAGES; block < pfn + (1 << order); block += BuddyOrders.PAGEBLOCK_PAGES) {
        if (area.type(block) < MigrateType.PCP_TYPES) {
          area.setType(block, MOVABLE);
        }
      }
    }
    return true;
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
    return area.freePages();
  }

  /** NR_FREE_CMA_PAGES. */
  public long freeCmaPages() {
    return area.free(CMA);
  }

  /** Free pages in pageblocks of a type, ISOLATE too. */
  public long freePages(MigrateType type) {
    return area.free(type.code());
  }

  /** Number of free blocks of an order and type, as /proc/pagetypeinfo prints it. */
  public int freeBlocks(int order, MigrateType type) {
    return area.blocks(order, type.code());
  }

  /** Code of the {@link MigrateType} of a page's pageblock. */
  public int pageblockType(int pfn) {
    return area.type(pfn);
  }

  /** How many pages of a page's pageblock are in the buddy, 0 to 512. */
  public int freePagesInPageblock(int pfn) {
    return area.freeInPageblock(pfn);
  }

  /** Order of the free block that holds this page, or -1 if the page is not in the buddy. */
  public int freeBlockOrder(int pfn) {
    return area.blockOrder(pfn);
  }

  /** Calls {@code visitor} for every free block but those that were never touched since boot. */
  public void forEachTouchedBlock(PerCpuPages.BlockVisitor visitor) {
    area.forEachTouchedBlock(visitor);
  }

  /** Folds free lists in their order, pageblocks and boost into hash. */
  public void hashState(StateHash hash) {
    area.hashState(hash);
    marks.hashState(hash);
    hash.add(managedPages);
    if (hugePages != null) {
      hash.addAll(hugePages, 0, hugePages.length);
    }
  }
}
