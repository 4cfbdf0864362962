package pinfold.kernel.zone;

import java.util.Arrays;
import pinfold.engine.StateHash;

/**
 * {@code struct per_cpu_pages}: one CPU's stock of free pages of one zone (mm/page_alloc.c, 6.12.117). The caller holds the
 * pcp lock. Lists for three migratetypes and orders 0 to 3, and one or two for THPs; the page freed last is taken first.
 *
 * <p>To allocate: {@link #take}; if that is -1, ask the zone for {@link #refillCount} blocks, {@link #addRefill} them, take
 * again. To free: {@link #put}, then hand {@link #overflow} pages, picked by {@link #takeForBuddy}, back to the zone.
 *
 * <p>Invariants: CMA and HIGHATOMIC pages are on MOVABLE lists only, ISOLATE pages on none; {@link #count()} is the number of
 * pages on all lists.
 */
public final class PerCpuPages {
  /** CONFIG_PCP_BATCH_SCALE_MAX's default: a batch grows to at most batch << 5. */
  public static final int BATCH_SCALE_MAX = 5;

  /** PAGE_ALLOC_COSTLY_ORDER: the highest order with a list per migratetype. */
  public static final int COSTLY_ORDER = 3;

  private static final int LOW_ORDER_LISTS = MigrateType.PCP_TYPES * (COSTLY_ORDER + 1);
  private static final int THP_ORDER = BuddyOrders.PAGEBLOCK_ORDER;
  private static final int MOVABLE = MigrateType.MOVABLE.code();

  private final PfnDeque[] lists;
  private final int thpLists;
  private final PcpSizes sizes;
  private final boolean tuned;
  private final boolean keepsHighOrders;

  private int count;
  private int high;
  private int lastList;
  private boolean reclaimActive;
  private boolean belowHigh;

  /** How often refills followed each other, as a shift of the batch; halved by every free. v6.7+. */
  private int allocFactor;

  /** Pages freed lately, halved by every allocation (v6.7+); before that a shift of the batch (free_factor). */
  private int freeCount;

  /** PCPF_PREV_FREE_HIGH_ORDER. */
  private boolean lastFreeWasHighOrder;

  /** Whether the block just put makes the list give up all it can. */
  private boolean freeHigh;

  /**
   * An empty stock of a kernel from v6.7 on.
   *
   * @param thpLists 2 since bf14ed81f571 (v6.10; stable from July 2024): one for MOVABLE, one for the rest; 1 before
   */
  public PerCpuPages(PcpSizes sizes, int thpLists) {
    this(sizes, thpLists, true, true);
  }

  /**
   * An empty stock.
   *
   * @param tuned batches follow the load and high moves between its bounds (v6.7+); false is 6.1.192
   * @param keepsHighOrders PCPF_FREE_HIGH_BATCH: the CPU's share of cache holds over three batches, so that orders 1 to 3 are
   *     given back only when a batch of pages is there; true on machines with more than 756 KiB of cache per CPU
   */
  public PerCpuPages(PcpSizes sizes, int thpLists, boolean tuned, boolean keepsHighOrders) {
    if (thpLists < 1 || thpLists > 2) {
      throw new IllegalArgumentException("thpLists = " + thpLists + " must be 1 or 2");
    }
    this.sizes = sizes;
    this.thpLists = thpLists;
    this.tuned = tuned;
    this.keepsHighOrders = keepsHighOrders;
    this.high = sizes.highMin();
    this.lists = new PfnDeque[LOW_ORDER_LISTS + thpLists];
    Arrays.setAll(lists, i -> new PfnDeque());
  }

  /** pcp_allowed_order: blocks of other orders go straight to and from the buddy. */
  public static boolean allowedOrder(int order) {
    return order <= COSTLY_ORDER || order == THP_ORDER;
  }

  /** ZONE_RECLAIM_ACTIVE and ZONE_BELOW_HIGH of the zone, as this CPU sees them; both limit what it may keep. */
  public void setZoneState(boolean reclaimIsActive, boolean isBelowHigh) {
    reclaimActive = reclaimIsActive;
    belowHigh = isBelowHigh;
  }

  // Allocating.

  /**
   * Takes the block freed last (rmqueue_pcplist).
   *
   * @param migratetype code of the request's type: UNMOVABLE, MOVABLE or RECLAIMABLE. A MOVABLE request without ALLOC_CMA must
   *     not come here: the MOVABLE list may hold CMA pages
   * @return its first pfn, or -1 if the list is empty
   */
  public int take(int order, int migratetype) {
    PfnDeque list = lists[list(order, migratetype)];
    freeCount >>= 1;
    return list.size() == 0 ? -1 : poll(list, order);
  }

  /** Takes the first block of a list that a refill has just filled: the same allocation as the {@link #take} that failed. */
  public int takeRefilled(int order, int migratetype) {
    PfnDeque list = lists[list(order, migratetype)];
    return list.size() == 0 ? -1 : poll(list, order);
  }

  private int poll(PfnDeque list, int order) {
    count -= 1 << order;
    return list.pollFirst();
  }

  /** How many blocks to ask the zone for now (nr_pcp_alloc); asking makes the next refill larger. */
  public int refillCount(int order) {
    int batch = tuned ? tunedBatch(order) : sizes.batch();
    return batch > 1 ? Math.max(batch >> order, 2) : batch;
  }

  private int tunedBatch(int order) {
    int base = sizes.batch();
    high = Math.clamp(high, sizes.highMin(), sizes.highMax());
    if (high < base) {
      return 1;
    }
    int batch = order == 0 ? base << allocFactor : base;
    int limit = high;
    if (sizes.highMin() != sizes.highMax() && !belowHigh) {
      high = Math.min(high + batch, sizes.highMax());
      limit = high;
    }
    if (order != 0) {
      return batch;
    }
    int most = Math.max(limit - count - base, base);
    if (batch <= most && allocFactor < BATCH_SCALE_MAX) {
      allocFactor++;
    }
    return Math.min(batch, most);
  }

  /** Appends what the zone gave, in its order: the first of them is taken next. */
  public void addRefill(int order, int migratetype, int[] pfns, int from, int blocks) {
    PfnDeque list = lists[list(order, migratetype)];
    for (int i = from; i < from + blocks; i++) {
      list.addLast(pfns[i]);
    }
    count += blocks << order;
  }

  // Freeing.

  /**
   * Puts a freed block on the list of its pageblock's type (free_unref_page_commit). Then ask for {@link #overflow}.
   *
   * @param pageblockType code of the pageblock's type; ISOLATE is refused
   * @return false if the block belongs straight into the buddy: its pageblock is being isolated
   */
  public boolean put(int pfn, int order, int pageblockType) {
    if (pageblockType == MigrateType.ISOLATE.code()) {
      return false;
    }
    lastList = list(order, pageblockType < MigrateType.PCP_TYPES ? pageblockType : MOVABLE);
    lists[lastList].addFirst(pfn);
    count += 1 << order;
    boolean highOrder = order > 0 && order <= COSTLY_ORDER;
    if (tuned) {
      allocFactor >>= 1;
      freeHigh = highOrder && lastFreeWasHighOrder && freeCount >= sizes.batch() && (!keepsHighOrders || count >= sizes.batch());
      lastFreeWasHighOrder = highOrder;
      if (freeCount < sizes.batch() << BATCH_SCALE_MAX) {
        freeCount += 1 << order;
      }
    } else {
      freeHigh = highOrder && freeCount > 0;
    }
    return true;
  }

  /** How many pages must go back to the buddy after the last {@link #put}; 0 for none. Ask once: it tunes the list. */
  public int overflow() {
    int limit = tuned ? tunedHigh() : fixedHigh();
    if (count < limit) {
      return 0;
    }
    int pages = tuned ? tunedFreeBatch(limit) : fixedFreeBatch(limit);
    return Math.min(pages, count);
  }

  /** nr_pcp_high, v6.7+. */
  private int tunedHigh() {
    int batch = sizes.batch();
    high = Math.clamp(high, sizes.highMin(), sizes.highMax());
    if (high == 0) {
      return 0;
    }
    if (freeHigh) {
      high = Math.max(high - (batch << BATCH_SCALE_MAX), sizes.highMin());
      return 0;
    }
    if (reclaimActive) {
      high = Math.max(high - Math.max(freeCount, batch), sizes.highMin());
      return Math.min(batch << 2, high);
    }
    if (sizes.highMin() == sizes.highMax()) {
      return high;
    }
    if (belowHigh) {
      high = Math.max(high - Math.max(freeCount, batch), sizes.highMin());
      return Math.max(count, sizes.highMin());
    }
    int limit = high;
    if (count >= high && high < freeCount + batch) {
      high = Math.clamp(freeCount + batch, sizes.highMin(), sizes.highMax());
    }
    return limit;
  }

  /** nr_pcp_free, v6.7+. */
  private int tunedFreeBatch(int limit) {
    int batch = sizes.batch();
    if (freeHigh) {
      return batch << BATCH_SCALE_MAX;
    }
    return limit < batch ? 1 : Math.min(Math.max(freeCount, batch), limit - batch);
  }

  /** nr_pcp_high, 6.1.192. */
  private int fixedHigh() {
    if (high == 0 || freeHigh) {
      return 0;
    }
    return reclaimActive ? Math.min(sizes.batch() << 2, high) : high;
  }

  /** nr_pcp_free, 6.1.192: doubles with each time that no allocation came between. */
  private int fixedFreeBatch(int limit) {
    int least = sizes.batch();
    if (freeHigh) {
      return count;
    }
    if (limit < least) {
      return 1;
    }
    int most = limit - least;
    int pages = least << freeCount;
    if (pages < most) {
      freeCount++;
    }
    return Math.min(Math.max(pages, least), most);
  }

  /**
   * Picks blocks for the buddy (free_pcppages_bulk): the oldest first, from the list of the last {@link #put} and then from
   * the next ones around, each until it is empty.
   *
   * @param pages at least so many, up to a block more; no more than there are
   * @param pfns receives the blocks' first pfns
   * @param orders receives their orders
   * @return how many blocks
   */
  public int takeForBuddy(int pages, int[] pfns, byte[] orders) {
    return pickFrom(lastList, pages, pfns, orders);
  }

  /**
   * Picks all blocks (drain_pages_zone), the oldest of the first list first.
   *
   * @return how many blocks, at most {@link #count()}
   */
  public int drainAll(int[] pfns, byte[] orders) {
    return pickFrom(0, count, pfns, orders);
  }

  private int pickFrom(int firstList, int pages, int[] pfns, byte[] orders) {
    int left = Math.min(pages, count);
    int blocks = 0;
    for (int list = firstList; left > 0; list = (list + 1) % lists.length) {
      int order = list < LOW_ORDER_LISTS ? list / MigrateType.PCP_TYPES : THP_ORDER;
      while (left > 0 && lists[list].size() > 0) {
        pfns[blocks] = lists[list].pollLast();
        orders[blocks++] = (byte) order;
        left -= 1 << order;
        count -= 1 << order;
      }
    }
    return blocks;
  }

  // Looking.

  /** Pages on all lists. */
  public int count() {
    return count;
  }

  /** pcp->high: pages from which on frees go back to the buddy, as /proc/zoneinfo prints it. */
  public int high() {
    return high;
  }

  public PcpSizes sizes() {
    return sizes;
  }

  /** Blocks on the list that serves an order and type. */
  public int blocks(int order, int migratetype) {
    return lists[list(order, migratetype)].size();
  }

  /** Calls {@code visitor} for every block, with the type of its list; a THP list for several types passes for UNMOVABLE. */
  public void forEachBlock(BlockVisitor visitor) {
    for (int list = 0; list < lists.length; list++) {
      boolean thp = list >= LOW_ORDER_LISTS;
      int order = thp ? THP_ORDER : list / MigrateType.PCP_TYPES;
      int type = thp ? list - LOW_ORDER_LISTS : list % MigrateType.PCP_TYPES;
      for (int i = 0; i < lists[list].size(); i++) {
        visitor.visit(lists[list].get(i), order, type);
      }
    }
  }

  /** Whether THP blocks of all types share one list. */
  public boolean oneThpList() {
    return thpLists == 1;
  }

  /** Takes a free block: first pfn, order, code of its list's migratetype. */
  @FunctionalInterface
  public interface BlockVisitor {
    void visit(int pfn, int order, int migratetype);
  }

  /** Folds lists and tuning state into hash. */
  public void hashState(StateHash hash) {
    for (PfnDeque list : lists) {
      list.hashState(hash);
    }
    hash.add(high).add(allocFactor).add(freeCount).add(lastList);
    hash.add((reclaimActive ? 1 : 0) | (belowHigh ? 2 : 0) | (lastFreeWasHighOrder ? 4 : 0) | (freeHigh ? 8 : 0));
  }

  /** order_to_pindex. */
  private int list(int order, int migratetype) {
    if (order <= COSTLY_ORDER) {
      return MigrateType.PCP_TYPES * order + migratetype;
    }
    assert order == THP_ORDER : "no pcp list for order " + order;
    return LOW_ORDER_LISTS + (thpLists == 2 && migratetype == MOVABLE ? 1 : 0);
  }
}
