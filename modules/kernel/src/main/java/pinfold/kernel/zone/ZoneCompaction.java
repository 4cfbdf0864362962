package pinfold.kernel.zone;

import pinfold.engine.StateHash;
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.LongList;

/**
 * Compaction as far as it looks at nothing but the zone (mm/compaction.c, 6.12): whether it is worth while, which pageblock is
 * scanned next for pages to move, which free pages they move to, when it is over, and what is remembered of it. Pages in use are
 * scanned by the memory node, {@link pinfold.kernel.node.BurstOp#COMPACT_SCAN}.
 *
 * <p>Left out: the searches of free lists that come before the scanners (fast_find_migrateblock(), fast_isolate_freepages()), and
 * that a page freed meanwhile is captured for the request.
 */
public final class ZoneCompaction {
  /** COMPACT_CLUSTER_MAX. */
  private static final int CLUSTER = 32;
  /** vm.extfrag_threshold's default. */
  private static final int EXTFRAG_THRESHOLD = 500;

  private static final int BLOCK = BuddyOrders.PAGEBLOCK_PAGES;

  private final BuddyZone buddy;
  private final CompactionDeferral deferral = new CompactionDeferral();
  private final CompactionPositions positions;
  private int migratePfn;
  private int freePfn;
  private int looked;

  public ZoneCompaction(BuddyZone buddy) {
    this.buddy = buddy;
    this.positions = new CompactionPositions(buddy.startPfn(), buddy.spannedPages());
  }

  /** What a request asks for. */
  public record Request(int order, int migratetype, int allocFlags, int highestZone, CompactPriority priority) {}

  /**
   * The beginning of compact_zone(), and before it compaction_deferred().
   *
   * @param suitableFlags {@link AllocFlags} of the check for room: CMA or 0
   * @param alsoWithoutCma there must be room outside CMA too
   * @return CONTINUE, and then {@link #migratePfn} and {@link #freePfn} say where; or why not
   */
  public CompactResult begin(Request request, int suitableFlags, boolean alsoWithoutCma) {
    int order = request.order();
    if (!request.priority().everything() && deferral.deferred(order)) {
      return CompactResult.DEFERRED;
    }
    if (buddy.watermarkOk(order, buddy.markPages(request.allocFlags()), request.highestZone(), request.allocFlags())) {
      if (request.priority().direct()) {
        deferral.reset(order, false);
      }
      return CompactResult.SUCCESS;
    }
    if (alsoWithoutCma && !buddy.roomToCompact(order, request.highestZone(), 0)
        || !suitable(order, request.highestZone(), suitableFlags)) {
      return CompactResult.SKIPPED;
    }
    if (deferral.restarting(order)) {
      positions.clearHints();
    }
    boolean everything = request.priority().everything();
    migratePfn = everything ? positions.firstPfn() : positions.migrateFrom(request.priority().async());
    freePfn = everything ? positions.lastPfn() : positions.freeFrom();
    return CompactResult.CONTINUE;
  }

  /** compaction_suitable(): room to move to, and for costly orders fragmentation rather than lack of memory. */
  boolean suitable(int order, int highestZone, int flags) {
    if (!buddy.roomToCompact(order, highestZone, flags)) {
      return false;
    }
    int index = buddy.fragmentationIndex(order);
    return order <= PerCpuPages.COSTLY_ORDER || index < 0 || index > EXTFRAG_THRESHOLD;
  }

  /** compaction_suit_allocation_order() as kcompactd_node_suitable() asks it: no block is free, and compaction could make one. */
  boolean wants(int order, int highestZone) {
    return !buddy.watermarkOk(order, buddy.markPages(AllocFlags.WMARK_MIN), highestZone, 0) && suitable(order, highestZone, AllocFlags.CMA);
  }

  /** reset_isolation_suitable(): kswapd goes to sleep. */
  void resetIsolation() {
    positions.clearHints();
  }

  /** should_continue_reclaim(), of a zone (mm/vmscan.c, 6.12): whether a block is free, or compaction could make one. */
  boolean suits(int order, int highestZone) {
    return buddy.watermarkOk(order, buddy.markPages(AllocFlags.WMARK_MIN), highestZone, 0) || suitable(order, highestZone, AllocFlags.CMA);
  }

  /** compaction_ready() (mm/vmscan.c, 6.12): as above, and then with memory to spare, free CMA not counted. */
  boolean ready(int order, int highestZone) {
    if (buddy.watermarkOk(order, buddy.markPages(AllocFlags.WMARK_MIN), highestZone, 0)) {
      return true;
    }
    long buffer = buddy.markPages(AllocFlags.WMARK_HIGH) + (2L << order);
    return suitable(order, highestZone, AllocFlags.CMA) && buddy.watermarkOk(0, buffer, highestZone, 0);
  }

  /** Where the migrate scanner is. */
  public int migratePfn() {
    return migratePfn;
  }

  /** Where the free scanner is. */
  public int freePfn() {
    return freePfn;
  }

  /** Whether a scan that began at {@link #migratePfn} covers the whole zone. */
  public boolean isWhole(CompactPriority priority) {
    return priority.everything() || positions.isWhole(migratePfn);
  }

  /** Whether an asynchronous scan moves the place where synchronous ones begin until it has found something. */
  public boolean updatesCached(CompactPriority priority) {
    return priority.async() && positions.cachedTogether();
  }

  /** Pageblocks looked at by the last {@link #next}. */
  public int looked() {
    return looked;
  }

  /**
   * compact_finished(), and isolate_migratepages() as far as it chooses a pageblock.
   *
   * @param migrate where the migrate scanner is
   * @param free where the free scanner is
   * @return CONTINUE, and then {@link #migratePfn} is where to scan, within one pageblock; else the end
   */
  public CompactResult next(Request request, int migrate, int free, boolean whole, boolean updateCached) {
    migratePfn = migrate;
    freePfn = free;
    looked = 0;
    for (;;) {
      CompactResult result = finished(request, whole);
      if (result != CompactResult.CONTINUE || chooseBlock(request)) {
        return result;
      }
      if (updateCached) {
        positions.syncFollowsAsync();
      }
    }
  }

  /** __compact_finished(). */
  private CompactResult finished(Request request, boolean whole) {
    if (freePfn >> BuddyOrders.PAGEBLOCK_ORDER <= migratePfn >> BuddyOrders.PAGEBLOCK_ORDER) {
      positions.met(request.priority().direct());
      return whole ? CompactResult.COMPLETE : CompactResult.PARTIAL_SKIPPED;
    }
    boolean blockDone = (migratePfn & BLOCK - 1) == 0;
    return blockDone && buddy.couldServe(request.order(), request.migratetype()) ? CompactResult.SUCCESS : CompactResult.CONTINUE;
  }

  private boolean chooseBlock(Request request) {
    boolean everything = request.priority().everything();
    boolean async = request.priority().async();
    for (int end = (migratePfn & -BLOCK) + BLOCK; end <= freePfn; migratePfn = end, end += BLOCK) {
      looked++;
      boolean atStart = (migratePfn & BLOCK - 1) == 0 || migratePfn == buddy.startPfn();
      if (atStart && !everything && positions.skips(migratePfn)) {
        continue;
      }
      if (buddy.isHugePage(migratePfn) || async && !sourceType(request.migratetype(), buddy.pageblockType(migratePfn))) {
        positions.scannedTo(end, true);
        continue;
      }
      return true;
    }
    return false;
  }

  /** suitable_migration_source() of an asynchronous direct compaction, beside huge pages: pageblocks that the request could use. */
  private static boolean sourceType(int migratetype, int blockType) {
    return migratetype == MigrateType.MOVABLE.code() ? movable(blockType) : blockType == migratetype;
  }

  private static boolean movable(int blockType) {
    return blockType == MigrateType.MOVABLE.code() || blockType == MigrateType.CMA.code();
  }

  /** The pages from a pfn to the end of its pageblock that are in the buddy: bit n of word n / 64 for the page n further. */
  public long[] freeMap(int pfn) {
    long[] map = new long[BLOCK / 64];
    int end = Math.min((pfn & -BLOCK) + BLOCK, buddy.startPfn() + buddy.spannedPages());
    if (buddy.freePagesInPageblock(pfn) == 0) {
      return map;
    }
    for (int at = pfn; at < end; ) {
      int order = buddy.freeBlockOrder(at);
      int next = order < 0 ? at + 1 : Math.min(end, (at & -(1 << order)) + (1 << order));
      for (int page = at; order >= 0 && page < next; page++) {
        map[page - pfn >>> 6] |= 1L << page - pfn;
      }
      at = next;
    }
    return map;
  }

  /**
   * The end of isolate_migratepages_block(): what is remembered of a scan.
   *
   * @param from where it began
   * @param to where it ended
   * @param isolated pages that it isolated and kept
   * @param any it had isolated some, kept or not
   * @param finish it was to go to the end of its pageblock
   */
  public void scanned(Request request, int from, int to, int isolated, boolean any, boolean finish) {
    boolean async = request.priority().async();
    boolean atStart = (from & BLOCK - 1) == 0 || from == buddy.startPfn();
    if (atStart && any && !request.priority().everything()) {
      positions.setSkip(from);
    }
    if ((to & BLOCK - 1) == 0 && (isolated == 0 || finish)) {
      if (atStart && !any) {
        positions.setSkip(from);
      }
      positions.scannedTo(to, async);
    }
  }

  /**
   * isolate_freepages(): takes free blocks out of the buddy, from the free scanner's place downwards, until there are enough or the
   * scanners meet. Moves {@link #freePfn}.
   *
   * @param migrate where the migrate scanner is
   * @param free where the free scanner is
   * @param wanted pages that are still to be moved
   * @param blocks receives the blocks, as {@link FreedPage} words with their pageblock's type
   * @return pages looked at
   */
  public int isolateFree(CompactPriority priority, int migrate, int free, int wanted, LongList blocks) {
    int low = (migrate & -BLOCK) + BLOCK;
    int at = free;
    int block = at & -BLOCK;
    int stride = priority.async() ? CLUSTER : 1;
    int got = 0;
    int seen = 0;
    for (; block >= low; block -= BLOCK, at = block) {
      if (!target(block, priority)) {
        continue;
      }
      int end = Math.min(block + BLOCK, buddy.startPfn() + buddy.spannedPages());
      int before = got;
      boolean refused = false;
      if (at == block && buddy.isHugePage(block)) {
        seen += BLOCK;
        at = end;
      }
      while (at < end && !refused && got < wanted) {
        seen++;
        int order = buddy.freeBlockOrder(at);
        if (order < 0 || (at & (1 << order) - 1) != 0) {
          at += stride;
          continue;
        }
        if (!buddy.isolateFree(at, order)) {
          refused = true;
          continue;
        }
        blocks.add(FreedPage.word(at, order, buddy.pageblockType(at), 0));
        got += 1 << order;
        seen += (1 << order) - 1;
        at += (1 << order) + (got < wanted ? stride - 1 : 0);
      }
      at = Math.min(at, end);
      if (at == end) {
        positions.freeScanned(block);
      }
      if (got >= wanted) {
        at = at >= end ? block - BLOCK : at;
        break;
      }
      if (at < end) {
        break;
      }
      stride = got > before ? 1 : Math.min(CLUSTER, stride << 1);
    }
    freePfn = at;
    return seen;
  }

  /** suitable_migration_target() and the skip hint. */
  private boolean target(int block, CompactPriority priority) {
    int order = buddy.freeBlockOrder(Math.max(block, buddy.startPfn()));
    if (order >= BuddyOrders.PAGEBLOCK_ORDER && (block & (1 << order) - 1) == 0) {
      return false;
    }
    return priority.everything() || movable(buddy.pageblockType(block)) && !positions.skips(block);
  }

  /**
   * The end of compact_zone(), and what try_to_compact_pages() makes of it.
   *
   * @param releasedPfn the highest page that was isolated and not needed, -1 when there was none
   */
  public void end(int order, CompactPriority priority, CompactResult result, int releasedPfn) {
    if (releasedPfn >= 0) {
      positions.released(releasedPfn);
    }
    if (result == CompactResult.SUCCESS) {
      deferral.reset(order, false);
    } else if (!priority.async() && (result == CompactResult.COMPLETE || result == CompactResult.PARTIAL_SKIPPED)) {
      deferral.defer(order);
    }
  }

  /** compaction_defer_reset(): a request that compaction was made for has got its pages. */
  public void allocated(int order) {
    deferral.reset(order, true);
  }

  void hashState(StateHash hash) {
    deferral.hashState(hash);
    positions.hashState(hash);
  }
}
