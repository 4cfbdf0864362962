package pinfold.kernel.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PerCpuPagesTest {
  private static final int UNMOVABLE = MigrateType.UNMOVABLE.code();
  private static final int MOVABLE = MigrateType.MOVABLE.code();
  private static final int RECLAIMABLE = MigrateType.RECLAIMABLE.code();
  private static final int CMA = MigrateType.CMA.code();
  private static final int ISOLATE = MigrateType.ISOLATE.code();

  private final int[] pfns = new int[4096];
  private final byte[] orders = new byte[4096];

  @Test
  void sizesFollowTheZoneAndItsCpus() {
    // A host of 511710 managed pages, low watermark 7040, 4 CPUs; its zoneinfo says batch 63. min(499, 256) / 4 = 64, 96 down to
    // a power of two minus 1. 7040 / 4 = 1760; 511710 / 8 / 4 = 15990.
    assertThat(PcpSizes.tuned(511_710, 7040, 4)).isEqualTo(new PcpSizes(63, 1760, 15_990));
    assertThat(PcpSizes.fixed(511_710, 7040, 4)).isEqualTo(new PcpSizes(63, 1760, 1760));
    // 20000 pages: 19 / 4 = 4, 6 down to 4 minus 1. Many CPUs: four batches at least.
    assertThat(PcpSizes.tuned(20_000, 100, 64)).isEqualTo(new PcpSizes(3, 12, 39));
    assertThat(PcpSizes.tuned(3840, 143, 4)).isEqualTo(new PcpSizes(1, 35, 120));
  }

  @Test
  void refillsDoubleWhileOnlyAllocationsCome() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);

    // high starts at 1760 and grows by each batch, so the batch is never cut here: 63 << 0, 1, ... 5, 5.
    for (int expected : new int[] {63, 126, 252, 504, 1008, 2016, 2016}) {
      assertThat(pcp.refillCount(0)).isEqualTo(expected);
    }
    assertThat(pcp.high()).isEqualTo(1760 + 63 + 126 + 252 + 504 + 1008 + 2016 + 2016);

    // A free halves the factor: 5 -> 2, so 63 << 2.
    pcp.put(1, 0, MOVABLE);
    assertThat(pcp.refillCount(0)).isEqualTo(252);
    // Higher orders use the plain batch: 63 >> 3 = 7; a THP gets at least 2.
    assertThat(pcp.refillCount(3)).isEqualTo(7);
    assertThat(pcp.refillCount(9)).isEqualTo(2);
  }

  @Test
  void refillIsCutToWhatHighLeavesRoomFor() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 252, 252), 2);

    // high stays 252. Room: 252 - 0 - 63 = 189; 63 and 126 fit, 252 is cut and the factor stays.
    assertThat(pcp.refillCount(0)).isEqualTo(63);
    assertThat(pcp.refillCount(0)).isEqualTo(126);
    assertThat(pcp.refillCount(0)).isEqualTo(189);
    assertThat(pcp.refillCount(0)).isEqualTo(189);
  }

  @Test
  void zoneBelowItsHighWatermarkDoesNotLetHighGrow() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);
    pcp.setZoneState(false, true);

    pcp.refillCount(0);

    assertThat(pcp.high()).isEqualTo(1760);
  }

  @Test
  void pageFreedLastIsTakenFirstAndRefillsAreTakenInOrder() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);
    pcp.addRefill(0, MOVABLE, new int[] {99, 10, 11}, 1, 2);
    pcp.put(50, 0, MOVABLE);
    pcp.put(51, 0, MOVABLE);

    assertThat(pcp.take(0, UNMOVABLE)).isEqualTo(-1);
    assertThat(pcp.take(0, MOVABLE)).isEqualTo(51);
    assertThat(pcp.take(0, MOVABLE)).isEqualTo(50);
    assertThat(pcp.take(0, MOVABLE)).isEqualTo(10);
    assertThat(pcp.count()).isEqualTo(1);
  }

  @Test
  void cmaPagesAreMovableOnesHereAndIsolatedPagesAreRefused() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);

    assertThat(pcp.put(6, 0, MigrateType.HIGHATOMIC.code())).isTrue();
    assertThat(pcp.put(7, 0, CMA)).isTrue();
    assertThat(pcp.put(8, 0, ISOLATE)).isFalse();

    assertThat(pcp.count()).isEqualTo(2);
    assertThat(pcp.take(0, UNMOVABLE)).isEqualTo(-1);
    assertThat(pcp.take(0, RECLAIMABLE)).isEqualTo(-1);
    assertThat(pcp.take(0, MOVABLE)).isEqualTo(7);
    assertThat(pcp.take(0, MOVABLE)).isEqualTo(6);
  }

  @Test
  void singleThpListHandsCmaHugePagesToUnmovableRequestsAndTwoListsDoNot() {
    PerCpuPages one = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 1);
    PerCpuPages two = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);
    one.put(512, 9, CMA);
    two.put(512, 9, CMA);

    assertThat(one.take(9, UNMOVABLE)).isEqualTo(512);
    assertThat(two.take(9, UNMOVABLE)).isEqualTo(-1);
    assertThat(two.take(9, MOVABLE)).isEqualTo(512);
  }

  @Test
  void tunedListGivesBackAsManyAsWereFreedInARow() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 300, 1000), 2);

    int[] overflow = new int[3];
    int at = 0;
    for (int pfn = 1; at < 3; pfn++) {
      pcp.put(pfn, 0, MOVABLE);
      int pages = pcp.overflow();
      if (pages > 0) {
        overflow[at++] = pages;
        assertThat(pcp.takeForBuddy(pages, pfns, orders)).isEqualTo(pages);
        if (at == 1) {
          // The oldest go first.
          assertThat(pfns[0]).isEqualTo(1);
          assertThat(pfns[236]).isEqualTo(237);
        }
      }
    }
    // At 300 pages: 300 freed in a row, at most 300 - 63 = 237 go, and high becomes 300 + 63. At 363 pages 600 were freed in a
    // row (300 + 300): 363 - 63 = 300 go, high 663. At 663: 63 + 600 more, 1200 freed: 663 - 63 = 600.
    assertThat(overflow).containsExactly(237, 300, 600);
    // 1200 + 63 is more than the most, 1000.
    assertThat(pcp.high()).isEqualTo(1000);
  }

  @Test
  void fixedListDoublesWhatItGivesBack() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 1760), 2, false, true);

    List<Integer> overflow = new ArrayList<>();
    for (int pfn = 1; overflow.size() < 6; pfn++) {
      pcp.put(pfn, 0, MOVABLE);
      int pages = pcp.overflow();
      if (pages > 0) {
        overflow.add(pages);
        pcp.takeForBuddy(pages, pfns, orders);
      }
    }
    // 63 << 0, 1, 2, 3, 4; then 63 << 5 = 2016 is cut to 1760 - 63.
    assertThat(overflow).containsExactly(63, 126, 252, 504, 1008, 1697);
    assertThat(pcp.high()).isEqualTo(1760);

    // An allocation halves the factor of 5 to 2.
    pcp.take(0, MOVABLE);
    while (pcp.count() < 1759) {
      pcp.put(1, 0, MOVABLE);
    }
    pcp.put(1, 0, MOVABLE);
    assertThat(pcp.overflow()).isEqualTo(252);
    assertThat(pcp.refillCount(0)).isEqualTo(63);
    assertThat(pcp.refillCount(2)).isEqualTo(15);
  }

  @Test
  void activeReclaimLimitsTheListToFourBatches() {
    for (boolean tuned : new boolean[] {true, false}) {
      PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, tuned ? 15_990 : 1760), 2, tuned, true);
      pcp.setZoneState(true, false);
      int pfn = 1;
      do {
        pcp.put(pfn++, 0, MOVABLE);
      } while (pcp.overflow() == 0);

      assertThat(pcp.count()).isEqualTo(252);
    }
  }

  @Test
  void zoneBelowHighShrinksTheListToItsMinimum() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 252, 1000), 2);
    pcp.refillCount(0);
    pcp.refillCount(0);
    assertThat(pcp.high()).isEqualTo(252 + 63 + 126);
    pcp.setZoneState(false, true);

    pcp.put(1, 0, MOVABLE);
    // 441 less a batch of 63; the list holds 1 page, less than the minimum, so nothing goes yet.
    assertThat(pcp.overflow()).isZero();
    assertThat(pcp.high()).isEqualTo(378);
  }

  @Test
  void freeingManyHighOrderBlocksInARowEmptiesTheList() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);
    for (int i = 0; i < 7; i++) {
      pcp.put(8 * i, 3, UNMOVABLE);
      assertThat(pcp.overflow()).isZero();
    }
    // 56 pages were freed so far. The 8th block makes 64 but is judged by the 56 before it, the 9th by 64 of 63.
    pcp.put(56, 3, UNMOVABLE);
    assertThat(pcp.overflow()).isZero();
    pcp.put(64, 3, UNMOVABLE);
    assertThat(pcp.overflow()).isEqualTo(72);
    assertThat(pcp.takeForBuddy(72, pfns, orders)).isEqualTo(9);
    assertThat(orders[0]).isEqualTo((byte) 3);
  }

  @Test
  void givingBackBeginsWithTheListOfTheLastFreeAndGoesAround() {
    PerCpuPages pcp = new PerCpuPages(new PcpSizes(63, 1760, 15_990), 2);
    pcp.put(512, 9, MOVABLE);
    pcp.put(1, 0, UNMOVABLE);
    pcp.put(3, 0, RECLAIMABLE);
    pcp.put(2, 0, MOVABLE);
    pcp.put(4, 0, MOVABLE);

    // MOVABLE 2, 4, RECLAIMABLE 3, around over the huge page to UNMOVABLE 1.
    assertThat(pcp.takeForBuddy(4, pfns, orders)).isEqualTo(4);
    assertThat(pfns).startsWith(2, 4, 3, 512);
    assertThat(orders[3]).isEqualTo((byte) 9);
    assertThat(pcp.count()).isEqualTo(1);
    assertThat(pcp.drainAll(pfns, orders)).isEqualTo(1);
    assertThat(pcp.count()).isZero();
  }

  @Test
  void zoneAndItsPcpListsTogetherAlwaysHoldAllPagesThatAreNotInUse() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      BuddyZone zone = new BuddyZone(1024, 8192, new Watermarks(0, 0, 0, 0), new long[ZoneType.COUNT]);
      for (int block = 4096; block < 8192; block += 512) {
        zone.setPageblockType(block, MigrateType.CMA);
      }
      zone.addFreeRange(1024, 8192);
      boolean tuned = seed % 2 == 0;
      PerCpuPages pcp = new PerCpuPages(tuned ? new PcpSizes(15, 60, 600) : new PcpSizes(15, 60, 60), 2, tuned, seed % 3 == 0);
      TreeSet<Integer> used = new TreeSet<>();
      for (int step = 0; step < 3000; step++) {
        boolean allocate = random.nextInt(100) < (step / 500 % 2 == 0 ? 70 : 30);
        if (allocate) {
          int type = random.nextInt(3);
          int flags = AllocFlags.withCma(0, type);
          int pfn = pcp.take(0, type);
          if (pfn < 0) {
            int got = zone.rmqueueBulk(0, pcp.refillCount(0), type, flags, pfns, 0);
            pcp.addRefill(0, type, pfns, 0, got);
            pfn = pcp.takeRefilled(0, type);
          }
          if (pfn >= 0) {
            assertThat(used.add(pfn)).as("seed " + seed + ": pfn " + pfn + " given out twice").isTrue();
            assertThat(zone.pageblockType(pfn) == CMA && type != MOVABLE).as("seed " + seed + ": CMA for type " + type).isFalse();
          }
        } else if (!used.isEmpty()) {
          int pfn = random.nextBoolean() ? used.pollFirst() : used.pollLast();
          pcp.put(pfn, 0, zone.pageblockType(pfn));
          int blocks = pcp.takeForBuddy(pcp.overflow(), pfns, orders);
          for (int i = 0; i < blocks; i++) {
            zone.free(pfns[i], orders[i]);
          }
        }
        assertThat(zone.freePages() + pcp.count() + used.size()).as("seed " + seed + " step " + step).isEqualTo(8192);
      }
      int blocks = pcp.drainAll(pfns, orders);
      for (int i = 0; i < blocks; i++) {
        zone.free(pfns[i], orders[i]);
      }
      for (int pfn : used) {
        zone.free(pfn, 0);
      }
      assertThat(zone.freePages()).as("seed " + seed).isEqualTo(8192);
      assertThat(zone.freeBlocks(10, MigrateType.CMA)).as("seed " + seed).isEqualTo(4);
    }
  }
}
