package pinfold.kernel.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuddyZoneTest {
  private static final int UNMOVABLE = MigrateType.UNMOVABLE.code();
  private static final int MOVABLE = MigrateType.MOVABLE.code();
  private static final int RECLAIMABLE = MigrateType.RECLAIMABLE.code();
  private static final int START = 4096;
  private static final Watermarks NO_MARKS = new Watermarks(0, 0, 0, 0);

  @Test
  void movablePagesComeFromCmaExactlyWhileMoreThanHalfOfFreeIsThere() {
    // 2 blocks of 1024 pages MOVABLE, 2 CMA: 2048 of 4096 free are CMA, not more than half.
    BuddyZone zone = zone(4096);
    cma(zone, START + 2048, START + 4096);
    zone.addFreeRange(START, 4096);

    int[] pfns = new int[6];
    assertThat(zone.rmqueueBulk(0, 6, MOVABLE, AllocFlags.CMA, pfns, 0)).isEqualTo(6);

    // free/cma: 4096/2048 -> own, 4095/2048 (half is 2047) -> CMA, 4094/2047 (2047) -> own, 4093/2047 (2046) -> CMA, ...
    int own = START;
    int cma = START + 2048;
    assertThat(pfns).containsExactly(own, cma, own + 1, cma + 1, own + 2, cma + 2);
    assertThat(zone.freePages()).isEqualTo(4090);
    assertThat(zone.freeCmaPages()).isEqualTo(2045);
  }

  @Test
  void cmaIsUsedLateWhenOwnPagesAreGone() {
    // 1024 of 2048 free are CMA. An order-10 movable request takes the own block, the next must go to CMA.
    BuddyZone zone = zone(2048);
    cma(zone, START + 1024, START + 2048);
    zone.addFreeRange(START, 2048);

    assertThat(zone.allocate(10, MOVABLE, AllocFlags.CMA)).isEqualTo(START);
    assertThat(zone.allocate(10, MOVABLE, AllocFlags.CMA)).isEqualTo(START + 1024);
    assertThat(zone.allocate(0, MOVABLE, AllocFlags.CMA)).isEqualTo(-1);
  }

  @Test
  void withoutTheHalfRuleMovablePagesComeFromCmaOnlyWhenTheirOwnAreGone() {
    // 2 pages MOVABLE are free, 1022 are not, 1024 CMA: one by one or at once, first those 2, though 1024 of 1026 free are CMA.
    for (boolean bulk : new boolean[] {false, true}) {
      BuddyZone zone = new BuddyZone(START, 2048, NO_MARKS, new long[ZoneType.COUNT], FallbackForm.CLAIM_THEN_STEAL, false,
          MovablePages.BY_BLOCK_TYPE);
      cma(zone, START + 1024, START + 2048);
      zone.addFreeRange(START, 2048);
      zone.takeRange(START, 1022);

      int[] pfns = new int[4];
      for (int i = 0; i < 4 && !bulk; i++) {
        pfns[i] = zone.allocate(0, MOVABLE, AllocFlags.CMA);
      }
      assertThat(bulk ? zone.rmqueueBulk(0, 4, MOVABLE, AllocFlags.CMA, pfns, 0) : 4).isEqualTo(4);
      assertThat(pfns).containsExactly(START + 1022, START + 1023, START + 1024, START + 1025);

      // A movable page that comes back goes before CMA again.
      zone.free(START, 0);
      assertThat(zone.allocate(0, MOVABLE, AllocFlags.CMA)).isEqualTo(START);
    }
  }

  @Test
  void requestsWithoutTheCmaFlagNeverGetCmaPages() {
    for (FallbackForm form : FallbackForm.values()) {
      BuddyZone zone = new BuddyZone(START, 2048, NO_MARKS, new long[ZoneType.COUNT], form, true, MovablePages.BY_BLOCK_TYPE);
      cma(zone, START + 1024, START + 2048);
      zone.addFreeRange(START, 2048);
      int[] pfns = new int[2048];

      assertThat(zone.rmqueueBulk(0, 2048, UNMOVABLE, 0, pfns, 0)).isEqualTo(1024);
      assertThat(zone.allocate(0, MOVABLE, 0)).isEqualTo(-1);
      assertThat(zone.allocate(0, RECLAIMABLE, AllocFlags.NON_BLOCK)).isEqualTo(-1);
      assertThat(zone.freeCmaPages()).isEqualTo(1024);
    }
  }

  @Test
  void foreignBlockOfPageblockSizeChangesItsType() {
    BuddyZone zone = zone(2048);
    zone.addFreeRange(START, 2048);

    assertThat(zone.allocate(0, UNMOVABLE, 0)).isEqualTo(START);

    // The first order-10 block became UNMOVABLE as a whole; 1023 pages of it remain.
    assertThat(zone.pageblockType(START + 1023)).isEqualTo(UNMOVABLE);
    assertThat(zone.pageblockType(START + 1024)).isEqualTo(MOVABLE);
    assertThat(zone.freePages(MigrateType.UNMOVABLE)).isEqualTo(1023);
    assertThat(zone.claims).isEqualTo(1);
    assertThat(zone.steals).isZero();
  }

  @Test
  void halfFreePageblockIsClaimedAndLessThanHalfIsOnlyStolenFrom() {
    // One pageblock, 256 pages in use: 256 free pages are half of 512, so UNMOVABLE takes it over.
    BuddyZone half = zone(512);
    half.addFreeRange(START, 512);
    half.takeRange(START, 256);
    assertThat(half.allocate(0, UNMOVABLE, 0)).isEqualTo(START + 256);
    assertThat(half.pageblockType(START)).isEqualTo(UNMOVABLE);
    assertThat(half.pagesMovedByClaim).isEqualTo(256);

    BuddyZone less = zone(512);
    less.addFreeRange(START, 512);
    less.takeRange(START, 257);
    // Free are 1 + 2 + ... + 128 pages from 257 on. Stealing takes the smallest block, pfn 257.
    assertThat(less.allocate(0, UNMOVABLE, 0)).isEqualTo(START + 257);
    assertThat(less.pageblockType(START)).isEqualTo(MOVABLE);
    assertThat(less.steals).isEqualTo(1);
  }

  @Test
  void mergedFormSplitsTheLargestBlockWhereTheNewerFormStealsTheSmallest() {
    BuddyZone zone = new BuddyZone(START, 512, NO_MARKS, new long[ZoneType.COUNT], FallbackForm.MERGED, true,
        MovablePages.BY_BLOCK_TYPE);
    zone.addFreeRange(START, 512);
    zone.takeRange(START, 257);

    // The largest free block is 384..511, of order 7.
    assertThat(zone.allocate(0, UNMOVABLE, 0)).isEqualTo(START + 384);
    assertThat(zone.pageblockType(START)).isEqualTo(MOVABLE);
  }

  @Test
  void noFragmentRequestsTakeWholePageblocksOrNothing() {
    BuddyZone zone = zone(512);
    zone.addFreeRange(START, 512);
    zone.takeRange(START, 1);

    assertThat(zone.allocate(0, UNMOVABLE, AllocFlags.NOFRAGMENT)).isEqualTo(-1);
    zone.free(START, 0);
    assertThat(zone.allocate(0, UNMOVABLE, AllocFlags.NOFRAGMENT)).isEqualTo(START);
  }

  @Test
  void extfragEventAndTypeChangesReachTheListener() {
    List<String> heard = new ArrayList<>();
    BuddyZone zone = zone(512);
    zone.addFreeRange(START, 512);
    zone.listen(new BuddyListener() {
      @Override public void extfrag(int pfn, int order, int fallbackOrder, int migratetype, int fallbackType) {
        heard.add("extfrag " + (pfn - START) + " " + order + " " + fallbackOrder + " " + migratetype + " " + fallbackType);
      }

      @Override public void pageblockTypeChanged(int pfn, int migratetype) {
        heard.add("type " + (pfn - START) + " " + migratetype);
      }
    });

    zone.allocate(3, RECLAIMABLE, 0);

    assertThat(heard).containsExactly("type 0 2", "extfrag 0 3 9 2 1");
  }

  @Test
  void freeingEverythingMergesBackToTheLargestBlocks() {
    BuddyZone zone = zone(2048);
    zone.addFreeRange(START, 2048);
    int[] pfns = new int[2048];
    assertThat(zone.rmqueueBulk(0, 2048, MOVABLE, 0, pfns, 0)).isEqualTo(2048);
    assertThat(zone.freePages()).isZero();

    for (int i = 0; i < 2048; i++) {
      zone.free(pfns[i * 1021 % 2048], 0);
    }

    assertThat(zone.freeBlocks(10, MigrateType.MOVABLE)).isEqualTo(2);
    assertThat(zone.freePages()).isEqualTo(2048);
  }

  @Test
  void pageblocksOfCmaAndIsolateDoNotMergeWithOthers() {
    BuddyZone zone = zone(2048);
    cma(zone, START + 512, START + 1024);
    zone.addFreeRange(START, 2048);
    assertThat(zone.freeBlocks(9, MigrateType.CMA)).isEqualTo(1);
    assertThat(zone.freeBlocks(9, MigrateType.MOVABLE)).isEqualTo(1);

    // Isolating half of the untouched order-10 block splits it; those pages are no longer counted as free.
    zone.setPageblockType(START + 1024, MigrateType.ISOLATE);
    assertThat(zone.freeBlocks(9, MigrateType.ISOLATE)).isEqualTo(1);
    assertThat(zone.freePages()).isEqualTo(1536);

    zone.setPageblockType(START + 1024, MigrateType.MOVABLE);
    assertThat(zone.freeBlocks(10, MigrateType.MOVABLE)).isEqualTo(1);
    assertThat(zone.freePages()).isEqualTo(2048);
  }

  @Test
  void pageInUseGoesToTheListOfItsPageblocksTypeWhenFreed() {
    BuddyZone zone = zone(1024);
    zone.addFreeRange(START, 1024);
    int pfn = zone.allocate(0, MOVABLE, 0);

    zone.setPageblockType(pfn, MigrateType.ISOLATE);
    zone.free(pfn, 0);

    assertThat(zone.freePages(MigrateType.ISOLATE)).isEqualTo(512);
    assertThat(zone.freePages()).isEqualTo(512);
  }

  @Test
  void watermarkCountsCmaOnlyForRequestsThatMayUseIt() {
    // 2048 pages, half of them CMA; mark 1000, reserve for requests that could use MOVABLE 50.
    BuddyZone zone = new BuddyZone(START, 2048, new Watermarks(1000, 1000, 1000, 1000), new long[] {0, 0, 0, 50});
    cma(zone, START + 1024, START + 2048);
    zone.addFreeRange(START, 2048);
    int normal = ZoneType.NORMAL.ordinal();
    int movable = ZoneType.MOVABLE.ordinal();

    // Usable without CMA: 1024 > 1000, but not > 1050.
    assertThat(zone.watermarkOk(0, 1000, normal, 0)).isTrue();
    assertThat(zone.watermarkOk(0, 1000, movable, 0)).isFalse();
    assertThat(zone.watermarkOk(0, 1000, movable, AllocFlags.CMA)).isTrue();
    // 1024 > 1023 holds, 1024 > 1024 does not.
    assertThat(zone.watermarkOk(0, 1023, normal, 0)).isTrue();
    assertThat(zone.watermarkOk(0, 1024, normal, 0)).isFalse();
    // Order 5 counts 31 pages less: 1024 - 31 = 993.
    assertThat(zone.watermarkOk(5, 992, normal, 0)).isTrue();
    assertThat(zone.watermarkOk(5, 993, normal, 0)).isFalse();
    // Reserves: 2000 - 1000 = 1000; with NON_BLOCK another quarter of that, 750 left; an OOM victim halves.
    assertThat(zone.watermarkOk(0, 2000, normal, AllocFlags.MIN_RESERVE)).isTrue();
    assertThat(zone.watermarkOk(0, 2048, normal, AllocFlags.MIN_RESERVE)).isFalse();
    assertThat(zone.watermarkOk(0, 2720, normal, AllocFlags.MIN_RESERVE | AllocFlags.NON_BLOCK)).isTrue();
    assertThat(zone.watermarkOk(0, 2740, normal, AllocFlags.MIN_RESERVE | AllocFlags.NON_BLOCK)).isFalse();
    assertThat(zone.watermarkOk(0, 2000, normal, AllocFlags.OOM)).isTrue();
  }

  @Test
  void watermarkOfAHigherOrderNeedsOneFreeBlockOfIt() {
    BuddyZone zone = zone(2048);
    cma(zone, START + 1024, START + 2048);
    zone.addFreeRange(START, 2048);
    // Leaves every other pair of pages free outside CMA: 512 pages in blocks of order 1.
    for (int pfn = START; pfn < START + 1024; pfn += 4) {
      zone.takeRange(pfn, 2);
    }

    int normal = ZoneType.NORMAL.ordinal();
    assertThat(zone.watermarkOk(1, 0, normal, 0)).isTrue();
    assertThat(zone.watermarkOk(2, 0, normal, 0)).isFalse();
    assertThat(zone.watermarkOk(2, 0, normal, AllocFlags.CMA)).isTrue();
  }

  @Test
  void claimingPartOfAPageblockBoostsTheWatermarksUpToOneAndAHalfTimesHigh() {
    BuddyZone zone = new BuddyZone(START, 4096, new Watermarks(100, 200, 400, 600), new long[ZoneType.COUNT]);
    zone.addFreeRange(START, 4096);
    for (int block = START; block < START + 4096; block += 512) {
      zone.takeRange(block, 300);
    }
    assertThat(zone.markPages(AllocFlags.WMARK_LOW)).isEqualTo(200);

    zone.allocate(0, UNMOVABLE, AllocFlags.KSWAPD);
    // 1.5 x 400 = 600 bounds the sum of 512 + 512: the claim looked at several blocks before it gave up.
    assertThat(zone.boostPages()).isEqualTo(600);
    assertThat(zone.markPages(AllocFlags.WMARK_LOW)).isEqualTo(800);
    assertThat(zone.takeBoosted()).isTrue();
    assertThat(zone.takeBoosted()).isFalse();
    zone.lowerBoost(1000);
    assertThat(zone.markPages(AllocFlags.WMARK_HIGH)).isEqualTo(400);
  }

  @Test
  void hugeZoneKeepsTwoBytesPerPageblock() {
    BuddyZone zone = new BuddyZone(START, 1_000_000_000, NO_MARKS, new long[ZoneType.COUNT]);
    long before = usedBytes();
    BuddyZone second = new BuddyZone(START, 1_000_000_000, NO_MARKS, new long[ZoneType.COUNT]);
    second.addFreeRange(START, 1_000_000_000);
    assertThat(usedBytes() - before).isLessThan(8_000_000);

    zone.addFreeRange(START, 1_000_000_000);
    assertThat(second.freePages()).isEqualTo(1_000_000_000);
    assertThat(zone.allocate(0, MOVABLE, 0)).isEqualTo(second.allocate(0, MOVABLE, 0));
  }

  @Test
  void pagesGivenBackTwiceStopTheRun() {
    BuddyZone zone = zone(512);
    zone.addFreeRange(START, 512);
    int pfn = zone.allocate(0, MOVABLE, 0);
    zone.free(pfn, 0);

    assertThatThrownBy(() -> zone.free(pfn, 0)).isInstanceOf(IllegalStateException.class).hasMessageContaining("pfn 4096");
    assertThatThrownBy(() -> zone.takeRange(START - 1, 1)).hasMessageContaining("4096 to 4607");
    zone.takeRange(START, 1);
    assertThatThrownBy(() -> zone.takeRange(START, 2)).hasMessageContaining("pfn 4096 is not free");
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static BuddyZone zone(int pages) {
    return new BuddyZone(START, pages, NO_MARKS, new long[ZoneType.COUNT]);
  }

  private static void cma(BuddyZone zone, int from, int end) {
    for (int block = from; block < end; block += BuddyOrders.PAGEBLOCK_PAGES) {
      zone.setPageblockType(block, MigrateType.CMA);
    }
  }
}
