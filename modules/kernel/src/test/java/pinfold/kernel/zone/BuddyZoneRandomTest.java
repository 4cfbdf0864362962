package pinfold.kernel.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random operations on a BuddyZone and on {@link NaiveBuddy}, compared after every step. */
class BuddyZoneRandomTest {
  private static final Watermarks MARKS = new Watermarks(10, 20, 30, 40);

  /** Says something different for each pageblock, so that both outcomes of a claim occur. */
  private static final MovablePages BY_ADDRESS = (pfn, type, inUse) -> inUse * (pfn / 512 % 4) / 3;

  private record Block(int pfn, int order) {}

  @Test
  void zoneHandsOutWhatThePageArrayModelHandsOut() {
    for (FallbackForm form : FallbackForm.values()) {
      long[] events = new long[3];
      for (int seed = 0; seed < 20; seed++) {
        long[] more = compare(seed, form);
        Arrays.setAll(events, i -> events[i] + more[i]);
      }
      assertThat(events).as("claims, pages moved by claims, steals of " + form)
          .satisfies(e -> assertThat(Arrays.stream(e).min().getAsLong()).isGreaterThan(100));
    }
  }

  private static long[] compare(int seed, FallbackForm form) {
    String where = "seed " + seed + " " + form;
    Random random = new Random(seed);
    int start = seed % 3 == 0 ? 1024 : 1024 + random.nextInt(700);
    int pages = 6000 + random.nextInt(6000);
    NaiveBuddy naive = new NaiveBuddy(start, pages, form == FallbackForm.MERGED, BY_ADDRESS);
    BuddyZone zone = new BuddyZone(start, pages, MARKS, new long[ZoneType.COUNT], form, BY_ADDRESS);
    for (int block = (start + 511) / 512 * 512; block + 512 <= start + pages; block += 512) {
      if (random.nextInt(3) == 0) {
        naive.typeOfBlock[block / 512] = 4;
        zone.setPageblockType(block, MigrateType.CMA);
      }
    }
    naive.boot();
    zone.addFreeRange(start, pages);
    check(where, naive, zone);

    List<Block> held = new ArrayList<>();
    int[] wanted = new int[200];
    int[] got = new int[200];
    for (int i = 0; i < 1500; i++) {
      String at = where + " step " + i;
      boolean growing = i / 300 % 2 == 0;
      int choice = random.nextInt(20);
      if (choice == 0) {
        retype(random, naive, zone);
      } else if (choice < (growing ? 13 : 6)) {
        int type = random.nextInt(3);
        int flags = (type == 1 && random.nextInt(4) > 0 ? AllocFlags.CMA : 0)
            | (random.nextInt(4) == 0 ? AllocFlags.NOFRAGMENT : 0);
        int order = random.nextInt(3) > 0 ? 0 : random.nextInt(11);
        int count = 1 + random.nextInt(order == 0 ? 120 : 5);
        boolean single = random.nextInt(3) == 0;
        Arrays.fill(wanted, -1);
        Arrays.fill(got, -1);
        int n = 1;
        if (single) {
          wanted[0] = naive.allocate(order, type, flags);
          got[0] = zone.allocate(order, type, flags);
          n = wanted[0] < 0 ? 0 : 1;
        } else {
          n = naive.bulk(order, count, type, flags, wanted);
          assertThat(zone.rmqueueBulk(order, count, type, flags, got, 0)).as(at).isEqualTo(n);
        }
        for (int k = 0; k < n; k++) {
          assertThat(got[k]).as(at).isEqualTo(wanted[k]);
          int blockType = naive.type(got[k]);
          assertThat(blockType == 4 && (flags & AllocFlags.CMA) == 0).as(at + ": CMA without ALLOC_CMA").isFalse();
          assertThat(blockType).as(at).isNotEqualTo(5);
          held.add(new Block(got[k], order));
        }
      } else {
        for (int k = random.nextInt(40); k >= 0 && !held.isEmpty(); k--) {
          Block block = held.remove(random.nextInt(held.size()));
          naive.free(block.pfn, block.order);
          zone.free(block.pfn, block.order);
        }
      }
      check(at, naive, zone);
      if (i % 50 == 0) {
        checkPages(at, naive, zone);
      }
    }
    while (!held.isEmpty()) {
      Block block = held.remove(random.nextInt(held.size()));
      naive.free(block.pfn, block.order);
      zone.free(block.pfn, block.order);
    }
    check(where, naive, zone);
    checkPages(where, naive, zone);
    assertThat(zone.freePages() + zone.freePages(MigrateType.ISOLATE)).as(where).isEqualTo(pages);
    assertThat(zone.managedPages()).as(where).isEqualTo(pages);
    return new long[] {zone.claims, zone.pagesMovedByClaim, zone.steals};
  }

  /**
   * Gives a random pageblock that is no half of a larger free block another type, back and forth between MOVABLE, CMA, ISOLATE.
   */
  private static void retype(Random random, NaiveBuddy naive, BuddyZone zone) {
    int first = (naive.startPfn + 511) / 512;
    int block = (first + random.nextInt(naive.endPfn / 512 - first)) * 512;
    if (zone.freeBlockOrder(block) == 10) {
      return;
    }
    int type = switch (naive.type(block)) {
      case 1 -> 5;
      case 4 -> 5;
      case 5 -> random.nextBoolean() ? 1 : 4;
      default -> 1;
    };
    naive.setType(block, type);
    zone.setPageblockType(block, MigrateType.of(type));
  }

  private static void check(String at, NaiveBuddy naive, BuddyZone zone) {
    for (int order = 0; order <= 10; order++) {
      for (MigrateType type : MigrateType.values()) {
        if (zone.freeBlocks(order, type) != naive.lists.get(order).get(type.code()).size()) {
          assertThat(zone.freeBlocks(order, type)).as(at + " order " + order + " type " + type)
              .isEqualTo(naive.lists.get(order).get(type.code()).size());
        }
      }
    }
    assertThat(zone.freePages()).as(at).isEqualTo(naive.freePages());
    assertThat(zone.freeCmaPages()).as(at).isEqualTo(naive.free(4));
  }

  private static void checkPages(String at, NaiveBuddy naive, BuddyZone zone) {
    for (int pfn = naive.startPfn; pfn < naive.endPfn; pfn++) {
      int order = -1;
      for (int o = 0; o <= 10 && order < 0; o++) {
        order = naive.headOrder[pfn & -(1 << o)] == o ? o : -1;
      }
      if (zone.freeBlockOrder(pfn) != order || zone.pageblockType(pfn) != naive.type(pfn)) {
        assertThat(zone.freeBlockOrder(pfn)).as(at + " pfn " + pfn).isEqualTo(order);
        assertThat(zone.pageblockType(pfn)).as(at + " pfn " + pfn).isEqualTo(naive.type(pfn));
      }
    }
  }
}
