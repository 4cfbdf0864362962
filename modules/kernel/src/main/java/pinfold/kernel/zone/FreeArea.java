package pinfold.kernel.zone;

import pinfold.engine.StateHash;

/**
 * {@code free_area[]} and the pageblocks of a zone with their counters, and the operations that keep them consistent: splitting,
 * merging, moving between types. Which block to use is up to {@link BuddyZone}.
 */
final class FreeArea {
  private static final int ISOLATE = MigrateType.ISOLATE.code();

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
  private BuddyListener listener = BuddyListener.NOBODY;

  FreeArea(int startPfn, int spannedPages) {
    pageblocks = new Pageblocks(startPfn, spannedPages);
  }

  void listen(BuddyListener whom) {
    listener = whom;
  }

  // Ranges.

  /** {@link BuddyZone#addFreeRange}. */
  void addRange(int pfn, int pages) {
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
  }

  /** {@link BuddyZone#takeRange}. */
  void takeRange(int pfn, int pages) {
    int end = pfn + pages;
    for (int at = pfn; at < end; ) {
      int order = blockOrder(at);
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

  /** {@link BuddyZone#firstBusy}. */
  int firstBusy(int from, int end) {
    for (int at = from; at < end; ) {
      int order = blockOrder(at);
      if (order < 0) {
        return at;
      }
      at = (at & -(1 << order)) + (1 << order);
    }
    return -1;
  }

  /** {@link BuddyZone#setPageblockType}. */
  void setType(int block, int type) {
    int old = pageblocks.type(block);
    if (old == type) {
      return;
    }
    if (pageblocks.freePages(block) == BuddyOrders.PAGEBLOCK_PAGES) {
      takeRange(block, BuddyOrders.PAGEBLOCK_PAGES);
      changeType(block, type);
      freeBlock(block, BuddyOrders.PAGEBLOCK_ORDER, false);
    } else {
      moveFreeBlocks(block, old, type);
      changeType(block, type);
    }
  }

  // Splitting.

  /** __rmqueue_smallest: the smallest block of a type that is large enough, split; -1 if there is none. */
  int smallest(int order, int type) {
    int blockOrder = smallestOrder(order, type);
    if (blockOrder < 0) {
      return -1;
    }
    int pfn = firstBlock(blockOrder, type);
    removeBlock(pfn, blockOrder, type);
    expand(pfn, order, blockOrder, type);
    return pfn;
  }

  int smallestOrder(int order, int type) {
    int orders = ordersWithBlocks[type] >>> order;
    return orders == 0 ? -1 : order + Integer.numberOfTrailingZeros(orders);
  }

  /** Keeps the first block of low order and returns the upper halves to the front of their lists. */
  void expand(int pfn, int low, int high, int type) {
    for (int order = high - 1; order >= low; order--) {
      addBlock(pfn + (1 << order), order, type, false);
    }
  }

  // Merging.

  /** __free_one_page: adds a block of at most a pageblock, merged with its free buddies. */
  void freeBlock(int freedPfn, int freedOrder, boolean toTail) {
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

  int firstBlock(int order, int type) {
    int pfn = blocks.first(order, type);
    if (pfn >= 0) {
      return pfn;
    }
    untouchedFrom[type] = pageblocks.nextUntouched(untouchedFrom[type], type);
    return pageblocks.pfn(untouchedFrom[type]);
  }

  void addBlock(int pfn, int order, int type, boolean last) {
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

  void removeBlock(int pfn, int order, int type) {
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

  void changeType(int pageblock, int type) {
    if (pageblocks.type(pageblock) != type) {
      pageblocks.setType(pageblock, type);
      listener.pageblockTypeChanged(pageblock, type);
    }
  }

  /** __move_freepages_block: blocks of less than a pageblock go to the tail of the other type's lists, lowest first. */
  void moveFreeBlocks(int pageblock, int from, int to) {
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

  private void checkNotFree(int pfn, int pages) {
    boolean tooMany = pageblocks.freePages(pfn) + Math.min(pages, BuddyOrders.PAGEBLOCK_PAGES) > BuddyOrders.PAGEBLOCK_PAGES;
    if (tooMany || blocks.orderAt(pfn) >= 0) {
      throw new IllegalStateException("pfn " + pfn + " (" + pages + " pages) is given to the buddy, which has it already");
    }
  }

  // Looking.

  /** Order of the free block that holds this page, or -1 if the page is not in the buddy. */
  int blockOrder(int pfn) {
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

  /** By bit, the orders of which a type has free blocks. */
  int orders(int type) {
    return ordersWithBlocks[type];
  }

  int blocks(int order, int type) {
    return blockCount[order * MigrateType.COUNT + type];
  }

  /** Free pages in pageblocks of a type. */
  long free(int type) {
    return freeByType[type];
  }

  /** Free pages outside ISOLATE pageblocks. */
  long freePages() {
    return freePages;
  }

  int type(int pfn) {
    return pageblocks.type(pfn);
  }

  int freeInPageblock(int pfn) {
    return pageblocks.freePages(pfn);
  }

  void forEachTouchedBlock(PerCpuPages.BlockVisitor visitor) {
    blocks.forEach(visitor);
  }

  void hashState(StateHash hash) {
    for (int index = 0; index < pageblocks.count(); index++) {
      hash.add(pageblocks.word(index));
    }
    blocks.hashState(hash);
  }
}
