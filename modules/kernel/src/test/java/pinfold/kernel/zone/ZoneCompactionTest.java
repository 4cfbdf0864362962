package pinfold.kernel.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.zone.ZoneCompaction.Request;

/** When compaction begins, what is remembered of it, and which free pages it takes; by hand, and the free scanner against a naive one. */
class ZoneCompactionTest {
  private static final int UNMOVABLE = MigrateType.UNMOVABLE.code();
  private static final int MOVABLE = MigrateType.MOVABLE.code();
  private static final int NORMAL = ZoneType.NORMAL.ordinal();
  private static final List<CompactPriority> DIRECT =
      List.of(CompactPriority.SYNC_FULL, CompactPriority.SYNC_LIGHT, CompactPriority.ASYNC);
  private static final int START = 4096;
  private static final int BLOCK = 512;
  /** min 100, low 125: 125 + 2 * 512 = 1149 pages must be free for order 9, 100 + 2 * 8 = 116 for order 3, and one more. */
  private static final Watermarks MARKS = new Watermarks(100, 125, 150, 175);

  /** Eight pageblocks, the last four of them CMA, all in use. */
  private static BuddyZone halfCma() {
    BuddyZone zone = new BuddyZone(START, 8 * BLOCK, MARKS, new long[ZoneType.COUNT]);
    for (int block = 4; block < 8; block++) {
      zone.setPageblockType(START + block * BLOCK, MigrateType.CMA);
    }
    zone.addFreeRange(START, 8 * BLOCK);
    zone.takeRange(START, 8 * BLOCK);
    return zone;
  }

  /** Frees single pages, every other one, from a pageblock on. */
  private static void freeEveryOther(BuddyZone zone, int block, int pages) {
    for (int i = 0; i < pages; i++) {
      zone.free(START + block * BLOCK + 2 * i, 0);
    }
  }

  private static Request request(int order, int type, CompactPriority priority) {
    return new Request(order, type, AllocFlags.withCma(AllocFlags.WMARK_MIN, type), NORMAL, priority);
  }

  @Test
  void roomIsTheMarkAndTwiceTheRequestAndOneMore() {
    BuddyZone zone = halfCma();
    freeEveryOther(zone, 0, 116);
    assertThat(zone.roomToCompact(3, NORMAL, 0)).isFalse();
    freeEveryOther(zone, 1, 1);
    assertThat(zone.roomToCompact(3, NORMAL, 0)).isTrue();
    BuddyZone other = halfCma();
    freeEveryOther(other, 4, 1024);
    freeEveryOther(other, 0, 125);
    assertThat(other.roomToCompact(9, NORMAL, AllocFlags.CMA)).isFalse();
    other.free(START + 3 * BLOCK, 0);
    assertThat(other.roomToCompact(9, NORMAL, AllocFlags.CMA)).isTrue();
    assertThat(other.roomToCompact(9, NORMAL, 0)).as("126 pages outside CMA").isFalse();
  }

  @Test
  void requestsFromHigherZonesLeaveTheReserve() {
    long[] reserve = new long[ZoneType.COUNT];
    reserve[ZoneType.MOVABLE.ordinal()] = 50;
    BuddyZone zone = new BuddyZone(START, 8 * BLOCK, MARKS, reserve);
    zone.addFreeRange(START, 8 * BLOCK);
    zone.takeRange(START, 8 * BLOCK);
    freeEveryOther(zone, 0, 117 + 49);
    assertThat(zone.roomToCompact(3, NORMAL, 0)).isTrue();
    assertThat(zone.roomToCompact(3, ZoneType.MOVABLE.ordinal(), 0)).isFalse();
    freeEveryOther(zone, 2, 1);
    assertThat(zone.roomToCompact(3, ZoneType.MOVABLE.ordinal(), 0)).isTrue();
  }

  @Test
  void fragmentationIndexTellsLackOfMemoryFromFragmentation() {
    BuddyZone zone = halfCma();
    assertThat(zone.fragmentationIndex(9)).as("nothing is free").isZero();
    zone.free(START, 7);
    zone.free(START + 2 * 128, 7);
    // 256 pages are half a request: (1000 + 500) / 2 blocks.
    assertThat(zone.fragmentationIndex(9)).isEqualTo(1000 - 750);
    freeEveryOther(zone, 1, 254);
    // 510 pages are 0.996 of one, in 256 blocks: (1000 + 996) / 256 = 7.
    assertThat(zone.fragmentationIndex(9)).isEqualTo(993);
    assertThat(zone.fragmentationIndex(7)).isEqualTo(-1000);
    zone.free(START + 6 * BLOCK, 9);
    assertThat(zone.fragmentationIndex(9)).as("a free block in CMA counts").isEqualTo(-1000);
  }

  /** 1150 pages of room, all in CMA; and 700 outside it in 700 blocks. */
  @Test
  void theRulesDifferWhereOnlyCmaHasRoom() {
    for (CompactPriority priority : DIRECT) {
      assertThat(begins(CompactionCma.ALWAYS, UNMOVABLE, priority)).isEqualTo(CompactResult.CONTINUE);
      assertThat(begins(CompactionCma.COSTLY_ASYNC, UNMOVABLE, priority))
          .isEqualTo(priority.async() ? CompactResult.SKIPPED : CompactResult.CONTINUE);
      assertThat(begins(CompactionCma.AS_REQUEST, UNMOVABLE, priority)).isEqualTo(CompactResult.SKIPPED);
      for (CompactionCma rule : CompactionCma.values()) {
        assertThat(begins(rule, MOVABLE, priority)).isEqualTo(CompactResult.CONTINUE);
      }
    }
  }

  private static CompactResult begins(CompactionCma rule, int type, CompactPriority priority) {
    BuddyZone zone = halfCma();
    freeEveryOther(zone, 4, 1024);
    freeEveryOther(zone, 0, 700);
    return begin(new ZoneCompaction(zone), rule, request(9, type, priority));
  }

  private static CompactResult begin(ZoneCompaction compaction, CompactionCma rule, Request request) {
    return compaction.begin(request, rule.suitableFlags(request.allocFlags()),
        rule.alsoWithoutCma(request.order(), request.allocFlags(), request.priority().async()));
  }

  @Test
  void cheapOrdersNeedNoRoomOutsideCma() {
    Request cheap = request(3, UNMOVABLE, CompactPriority.ASYNC);
    assertThat(CompactionCma.COSTLY_ASYNC.alsoWithoutCma(3, cheap.allocFlags(), true)).isFalse();
    assertThat(CompactionCma.COSTLY_ASYNC.alsoWithoutCma(4, cheap.allocFlags(), true)).isTrue();
  }

  /** The same room, 1150 pages in CMA: compaction could go on, so reclaim may stop; it is not ready, as 150 + 1024 must be free outside. */
  @Test
  void reclaimForCompactionWantsABufferOutsideCma() {
    BuddyZone zone = halfCma();
    ZoneCompaction compaction = new ZoneCompaction(zone);
    freeEveryOther(zone, 4, 1024);
    freeEveryOther(zone, 0, 125);
    assertThat(compaction.suits(9, NORMAL)).isFalse();
    zone.free(START + 2 * 125, 0);
    assertThat(compaction.suits(9, NORMAL)).isTrue();
    assertThat(compaction.ready(9, NORMAL)).isFalse();
    for (int i = 0; i < 1175 - 126; i++) {
      assertThat(compaction.ready(9, NORMAL)).as("%d pages", 126 + i).isFalse();
      zone.free(START + BLOCK + i / 3 * 4 + i % 3, 0);
    }
    assertThat(compaction.ready(9, NORMAL)).isTrue();
  }

  /** 1024 - 511 pages above the mark, and a block: nothing to reclaim for. */
  @Test
  void aBlockThatIsFreeIsReasonEnoughToStopReclaim() {
    BuddyZone zone = halfCma();
    ZoneCompaction compaction = new ZoneCompaction(zone);
    zone.free(START, 9);
    assertThat(compaction.ready(9, NORMAL) || compaction.suits(9, NORMAL)).isFalse();
    zone.free(START + BLOCK, 9);
    assertThat(compaction.ready(9, NORMAL) && compaction.suits(9, NORMAL)).isTrue();
  }

  @Test
  void hugePagesArePassedOverWhateverThePriority() {
    BuddyZone zone = halfCma();
    zone.free(START, 9);
    zone.free(START + 3 * BLOCK, 9);
    int[] taken = new int[2];
    assertThat(zone.rmqueueBulk(9, 2, MOVABLE, 0, taken, 0)).isEqualTo(2);
    assertThat(zone.isHugePage(START) && zone.isHugePage(START + 3 * BLOCK)).isTrue();
    assertThat(zone.isHugePage(START + BLOCK)).isFalse();
    ZoneCompaction compaction = new ZoneCompaction(zone);
    int last = START + 7 * BLOCK;
    for (CompactPriority priority : DIRECT) {
      compaction.next(request(9, MOVABLE, priority), START, last, false, false);
      assertThat(compaction.migratePfn()).as(priority.toString()).isEqualTo(START + BLOCK);
    }
    LongList blocks = new LongList();
    freeEveryOther(zone, 1, 110);
    zone.free(START + 2 * BLOCK + 8, 0);
    int seen = compaction.isolateFree(CompactPriority.SYNC_LIGHT, START, START + 3 * BLOCK, 1, blocks);
    assertThat(blocks.size()).as("only the single page, in the block below").isEqualTo(1);
    assertThat(seen).as("then every other page, as nothing was found").isEqualTo(BLOCK + 4 + 1);
    zone.free(START, 9);
    assertThat(zone.isHugePage(START)).isFalse();
    compaction.next(request(9, MOVABLE, CompactPriority.SYNC_FULL), START, last, true, false);
    assertThat(compaction.migratePfn()).isEqualTo(START);
  }

  /** kcompactd neither takes back a deferral for what is there already, nor has the hints cleared when its scanners meet. */
  @Test
  void kcompactdIsNobodyWhoWaits() {
    BuddyZone zone = halfCma();
    zone.free(START, 9);
    zone.free(START + 3 * BLOCK, 9);
    ZoneCompaction compaction = new ZoneCompaction(zone);
    assertThat(compaction.wants(9, NORMAL)).isFalse();
    Request direct = request(9, UNMOVABLE, CompactPriority.SYNC_LIGHT);
    Request kcompactd = request(9, UNMOVABLE, CompactPriority.KCOMPACTD);
    compaction.end(9, CompactPriority.KCOMPACTD, CompactResult.COMPLETE, -1);
    assertThat(begin(compaction, CompactionCma.ALWAYS, kcompactd)).isEqualTo(CompactResult.DEFERRED);
    assertThat(begin(compaction, CompactionCma.ALWAYS, kcompactd)).isEqualTo(CompactResult.SUCCESS);
    compaction.end(9, CompactPriority.KCOMPACTD, CompactResult.COMPLETE, -1);
    assertThat(begin(compaction, CompactionCma.ALWAYS, kcompactd)).as("it was not taken back").isEqualTo(CompactResult.DEFERRED);

    int block = START + 2 * BLOCK;
    int last = START + 7 * BLOCK;
    compaction.scanned(direct, block, block + BLOCK, 0, false, false);
    assertThat(compaction.next(kcompactd, last, last, true, false)).isEqualTo(CompactResult.COMPLETE);
    compaction.resetIsolation();
    assertThat(scannedAt(compaction, direct, block)).as("the hint stays").isNotEqualTo(block);
    assertThat(compaction.next(direct, last, last, true, false)).isEqualTo(CompactResult.COMPLETE);
    compaction.resetIsolation();
    assertThat(scannedAt(compaction, direct, block)).isEqualTo(block);
  }

  /** The pageblock that is chosen from one on, for an order of which nothing is free. */
  private static int scannedAt(ZoneCompaction compaction, Request request, int from) {
    Request larger = new Request(10, request.migratetype(), request.allocFlags(), NORMAL, request.priority());
    compaction.next(larger, from, START + 7 * BLOCK, false, false);
    return compaction.migratePfn();
  }

  @Test
  void whatCanBeAllocatedNeedsNoCompaction() {
    BuddyZone zone = halfCma();
    zone.free(START, 9);
    zone.free(START + BLOCK, 9);
    assertThat(begin(new ZoneCompaction(zone), CompactionCma.ALWAYS, request(9, UNMOVABLE, CompactPriority.ASYNC)))
        .isEqualTo(CompactResult.SUCCESS);
  }

  /** Costly orders are not compacted for where memory lacks; cheap ones are. Two blocks of 128 and 1000 of one page. */
  @Test
  void lackOfMemoryIsNoCaseForCompactionOfCostlyOrders() {
    BuddyZone zone = new BuddyZone(START, 16 * BLOCK, new Watermarks(0, 0, 0, 0), new long[ZoneType.COUNT]);
    zone.addFreeRange(START, 16 * BLOCK);
    zone.takeRange(START, 16 * BLOCK);
    for (int i = 0; i < 5; i++) {
      zone.free(START + i * BLOCK, 8);
    }
    // 1280 pages in 5 blocks: room for order 9, (1000 + 2500) / 5 = 700 less.
    ZoneCompaction compaction = new ZoneCompaction(zone);
    assertThat(zone.fragmentationIndex(9)).isEqualTo(300);
    assertThat(begin(compaction, CompactionCma.ALWAYS, request(9, MOVABLE, CompactPriority.ASYNC))).isEqualTo(CompactResult.SKIPPED);
    for (int i = 5; i < 16; i++) {
      zone.free(START + i * BLOCK, 2);
    }
    // 1324 pages in 16: (1000 + 2585) / 16 = 224 less.
    assertThat(zone.fragmentationIndex(9)).isEqualTo(776);
    assertThat(begin(compaction, CompactionCma.ALWAYS, request(9, MOVABLE, CompactPriority.ASYNC))).isEqualTo(CompactResult.CONTINUE);
  }

  /** After n failures 2^n - 1 requests are passed over, at most 63; those of lower orders than ever failed are not. */
  @Test
  void failuresDeferTheNextOnesTwiceAsLongEachTime() {
    CompactionDeferral deferral = new CompactionDeferral();
    assertThat(deferral.deferred(9)).isFalse();
    deferral.defer(9);
    for (int failures = 1; failures <= 8; failures++) {
      assertThat(deferral.restarting(9)).isFalse();
      int passed = 0;
      while (deferral.deferred(9)) {
        passed++;
      }
      assertThat(passed).isEqualTo((1 << Math.min(failures, 6)) - 1);
      assertThat(deferral.restarting(9)).isEqualTo(failures >= 6);
      deferral.defer(9);
    }
  }

  @Test
  void lowerOrdersAreDeferredOnlyOnceTheyFailedThemselves() {
    CompactionDeferral deferral = new CompactionDeferral();
    deferral.reset(8, false);
    deferral.defer(9);
    assertThat(deferral.deferred(9)).isTrue();
    assertThat(deferral.deferred(8)).isFalse();
    deferral.defer(4);
    assertThat(deferral.deferred(4)).isTrue();
    assertThat(deferral.deferred(3)).isFalse();
  }

  @Test
  void aPageThatWasAllocatedEndsTheDeferral() {
    CompactionDeferral deferral = new CompactionDeferral();
    deferral.defer(9);
    deferral.defer(9);
    deferral.reset(9, true);
    assertThat(deferral.deferred(9)).isFalse();
    deferral.defer(9);
    assertThat(deferral.deferred(9)).as("after one failure, not three").isTrue();
    assertThat(deferral.deferred(9)).isFalse();
  }

  /** Half of each pageblock is free in single pages, so none may serve order 9. */
  @Test
  void theScannersMeetAndTheNextOneStartsAnew() {
    BuddyZone zone = halfCma();
    for (int block = 0; block < 8; block++) {
      freeEveryOther(zone, block, 200);
    }
    ZoneCompaction compaction = new ZoneCompaction(zone);
    Request request = request(9, UNMOVABLE, CompactPriority.SYNC_LIGHT);
    assertThat(begin(compaction, CompactionCma.ALWAYS, request)).isEqualTo(CompactResult.CONTINUE);
    assertThat(compaction.migratePfn()).isEqualTo(START);
    assertThat(compaction.freePfn()).isEqualTo(START + 7 * BLOCK);
    assertThat(compaction.isWhole(request.priority())).isFalse();
    int migrate = compaction.migratePfn();
    for (int block = 0; block < 7; block++) {
      assertThat(compaction.next(request, migrate, START + 7 * BLOCK, false, false)).isEqualTo(CompactResult.CONTINUE);
      assertThat(compaction.migratePfn()).isEqualTo(START + block * BLOCK);
      migrate = START + (block + 1) * BLOCK;
      compaction.scanned(request, compaction.migratePfn(), migrate, 0, false, false);
    }
    assertThat(compaction.next(request, migrate, START + 7 * BLOCK, false, false)).isEqualTo(CompactResult.PARTIAL_SKIPPED);
    assertThat(begin(compaction, CompactionCma.ALWAYS, request)).isEqualTo(CompactResult.CONTINUE);
    assertThat(compaction.migratePfn()).isEqualTo(START);
    // All but the last pageblock had nothing to move, so they are passed over until the hints are cleared.
    assertThat(compaction.next(request, START, START + 7 * BLOCK, false, false)).isEqualTo(CompactResult.PARTIAL_SKIPPED);
    Request everything = request(9, UNMOVABLE, CompactPriority.SYNC_FULL);
    assertThat(compaction.next(everything, START, START + 7 * BLOCK, true, false)).isEqualTo(CompactResult.CONTINUE);
    assertThat(compaction.migratePfn()).isEqualTo(START);
  }

  @Test
  void anAsynchronousRequestLooksOnlyIntoPageblocksThatItCouldUse() {
    BuddyZone zone = halfCma();
    zone.setPageblockType(START + 2 * BLOCK, MigrateType.UNMOVABLE);
    ZoneCompaction compaction = new ZoneCompaction(zone);
    int last = START + 7 * BLOCK;
    compaction.next(request(9, UNMOVABLE, CompactPriority.ASYNC), START, last, false, false);
    assertThat(compaction.migratePfn()).isEqualTo(START + 2 * BLOCK);
    assertThat(compaction.looked()).isEqualTo(3);
    compaction.next(request(9, MOVABLE, CompactPriority.ASYNC), START + 2 * BLOCK, last, false, false);
    assertThat(compaction.migratePfn()).isEqualTo(START + 3 * BLOCK);
    compaction.next(request(9, UNMOVABLE, CompactPriority.SYNC_LIGHT), START, last, false, false);
    assertThat(compaction.migratePfn()).isEqualTo(START);
  }

  @Test
  void aFreePageblockEndsItWhereTheRequestMayHaveIt() {
    BuddyZone zone = halfCma();
    zone.free(START + 5 * BLOCK, 9);
    ZoneCompaction compaction = new ZoneCompaction(zone);
    int last = START + 7 * BLOCK;
    assertThat(compaction.next(request(9, UNMOVABLE, CompactPriority.SYNC_LIGHT), START, last, false, false))
        .isEqualTo(CompactResult.CONTINUE);
    assertThat(compaction.next(request(9, MOVABLE, CompactPriority.SYNC_LIGHT), START, last, false, false))
        .isEqualTo(CompactResult.SUCCESS);
    assertThat(compaction.next(request(9, MOVABLE, CompactPriority.SYNC_LIGHT), START + 1, last, false, false))
        .as("a pageblock is finished first").isEqualTo(CompactResult.CONTINUE);
    zone.free(START + 2 * BLOCK, 9);
    assertThat(compaction.next(request(9, UNMOVABLE, CompactPriority.SYNC_LIGHT), START, last, false, false))
        .as("a fallback that claims the pageblock").isEqualTo(CompactResult.SUCCESS);
  }

  @Test
  void freePagesAreNotTakenBelowTheMinWatermark() {
    BuddyZone zone = halfCma();
    freeEveryOther(zone, 7, 103);
    LongList blocks = new LongList();
    // Each page needs more than 100 + 1 to be free: so 103 and 102 will do, 101 not.
    new ZoneCompaction(zone).isolateFree(CompactPriority.SYNC_LIGHT, START, START + 7 * BLOCK, 32, blocks);
    assertThat(blocks.size()).isEqualTo(2);
    assertThat(zone.freePages()).isEqualTo(101);
  }

  /** Ten pages of the last pageblock are taken, and 22 of the one before; then the ten come back. */
  @Test
  void aPageblockThatHadNoMoreFreePagesIsPassedOver() {
    BuddyZone zone = halfCma();
    freeEveryOther(zone, 7, 10);
    freeEveryOther(zone, 6, 200);
    ZoneCompaction compaction = new ZoneCompaction(zone);
    int last = START + 7 * BLOCK;
    LongList blocks = new LongList();
    compaction.isolateFree(CompactPriority.SYNC_LIGHT, START, last, 32, blocks);
    assertThat(pfns(blocks)).hasSize(32).startsWith(last, last + 2).endsWith(START + 6 * BLOCK + 2 * 21);
    assertThat(compaction.freePfn()).isEqualTo(START + 6 * BLOCK + 2 * 21 + 1);
    freeEveryOther(zone, 7, 10);
    blocks.clear();
    compaction.isolateFree(CompactPriority.SYNC_LIGHT, START, last, 1, blocks);
    assertThat(pfns(blocks)).containsExactly(START + 6 * BLOCK + 2 * 22);
    blocks.clear();
    compaction.isolateFree(CompactPriority.SYNC_FULL, START, last, 1, blocks);
    assertThat(pfns(blocks)).as("whatever is remembered").containsExactly(last);
  }

  @Test
  void theMapShowsWhatIsInTheBuddyFromAPageOn() {
    BuddyZone zone = halfCma();
    zone.free(START + 64, 3);
    zone.free(START + 511, 0);
    long[] map = new ZoneCompaction(zone).freeMap(START + 60);
    // Bits 4 to 11 for pages 64 to 71, bit 451 for page 511.
    assertThat(map[0]).isEqualTo(0xFF0L);
    assertThat(map[7]).isEqualTo(1L << 451 - 448);
  }

  /** A random zone, and a free scanner that goes over it page by page with its own list of free blocks. */
  @Test
  void theFreeScannerTakesWhatANaiveOneTakes() {
    for (long seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      BuddyZone zone = new BuddyZone(START, 8 * BLOCK, new Watermarks(0, 0, 0, 0), new long[ZoneType.COUNT]);
      for (int block = 0; block < 8; block++) {
        zone.setPageblockType(START + block * BLOCK,
            new MigrateType[] {MigrateType.MOVABLE, MigrateType.MOVABLE, MigrateType.CMA, MigrateType.UNMOVABLE}[random.nextInt(4)]);
      }
      zone.addFreeRange(START, 8 * BLOCK);
      zone.takeRange(START, 8 * BLOCK);
      for (int i = random.nextInt(300); i > 0; i--) {
        int order = random.nextInt(6);
        int pfn = START + (random.nextInt(8 * BLOCK) & -(1 << order));
        if (nothingFree(zone, pfn, order)) {
          zone.free(pfn, order);
        }
      }
      CompactPriority priority = DIRECT.get(random.nextInt(3));
      ZoneCompaction compaction = new ZoneCompaction(zone);
      int free = START + 7 * BLOCK;
      boolean[] skip = new boolean[8];
      for (int call = 0; call < 6 && free >= START; call++) {
        int wanted = 1 + random.nextInt(32);
        int migrate = START + random.nextInt(2 * BLOCK);
        Naive naive = new Naive(zone, priority, migrate, free, wanted, skip);
        LongList blocks = new LongList();
        compaction.isolateFree(priority, migrate, free, wanted, blocks);
        assertThat(pfns(blocks)).as("seed " + seed + ", call " + call).isEqualTo(naive.taken);
        assertThat(compaction.freePfn()).as("seed " + seed + ", call " + call).isEqualTo(naive.at);
        free = compaction.freePfn();
      }
    }
  }

  private static boolean nothingFree(BuddyZone zone, int pfn, int order) {
    for (int page = pfn; page < pfn + (1 << order); page++) {
      if (zone.freeBlockOrder(page) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static List<Integer> pfns(LongList blocks) {
    List<Integer> pfns = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      pfns.add(FreedPage.pfn(blocks.get(i)));
    }
    return pfns;
  }

  /** isolate_freepages() over a map of the free blocks. */
  private static final class Naive {
    final List<Integer> taken = new ArrayList<>();
    int at;

    Naive(BuddyZone zone, CompactPriority priority, int migrate, int free, int wanted, boolean[] skip) {
      TreeMap<Integer, Integer> heads = new TreeMap<>();
      for (int pfn = START; pfn < START + 8 * BLOCK; ) {
        int order = zone.freeBlockOrder(pfn);
        if (order >= 0) {
          heads.put(pfn, order);
        }
        pfn += order < 0 ? 1 : 1 << order;
      }
      int stride = priority.async() ? 32 : 1;
      int got = 0;
      long left = zone.freePages();
      at = free;
      int block = (free - START) / BLOCK;
      int lowest = (migrate - START) / BLOCK + 1;
      while (block >= lowest) {
        int first = START + block * BLOCK;
        int end = first + BLOCK;
        int type = zone.pageblockType(first);
        boolean whole = heads.getOrDefault(first, 0) >= 9;
        boolean ok = priority.everything() || (type == MOVABLE || type == MigrateType.CMA.code()) && !skip[block];
        if (!whole && ok) {
          int here = 0;
          boolean enough = false;
          while (at < end && !enough) {
            Integer order = heads.get(at);
            if (order == null) {
              at += stride;
              continue;
            }
            if (left <= 1 << order) {
              return; // The watermark, 0, and the size of the block must be exceeded.
            }
            left -= 1 << order;
            taken.add(at);
            here += 1 << order;
            enough = got + here >= wanted;
            at += (1 << order) - 1 + (enough ? 1 : stride);
          }
          got += here;
          if (at >= end) {
            skip[block] = true;
          }
          if (enough) {
            at = at >= end ? first - BLOCK : at;
            return;
          }
          stride = here > 0 ? 1 : Math.min(32, 2 * stride);
        }
        block--;
        at = START + block * BLOCK;
      }
    }
  }
}
