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
      long[] events = new long[5];
      for (int seed = 0; seed < 20; seed++) {
        long[] more = compare(seed, form);
        Arrays.setAll(events, i -> events[i] + more[i]);
      }
      assertThat(events).as("claims, pages moved by claims, steals, ranges taken, ranges found busy of " + form)
          .satisfies(e -> assertThat(Arrays.stream(e).min().getAsLong()).isGreaterThan(100));
    }
  }

  private static long[] compare(int seed, FallbackForm form) {
    boolean cmaHalfRule = seed % 4 != 3;
    String where = "seed " + seed + " " + form;
    Random random = new Random(seed);
    int start = seed % 3 == 0 ? 1024 : 1024 + random.nextInt(700);
    int pages = 6000 + random.nextInt(6000);
    NaiveBuddy naive = new NaiveBuddy(start, pages, form == FallbackForm.MERGED, cmaHalfRule, BY_ADDRESS);
    BuddyZone zone = new BuddyZone(start, pages, MARKS, new long[ZoneType.COUNT], form, cmaHalfRule, BY_ADDRESS);
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
    List<Block> contig = new ArrayList<>();
    long contigTaken = 0;
    long contigBusy = 0;
    int[] wanted = new int[200];
    int[] got = new int[200];
    for (int i = 0; i < 1500; i++) {
      String at = where + " step " + i;
      boolean growing = i / 300 % 2 == 0;
      int choice = random.nextInt(20);
      if (choice == 0) {
        retype(random, naive, zone);
      } else if (choice <= 2) {
        if (random.nextBoolean() && !contig.isEmpty()) {
          release(contig.remove(random.nextInt(contig.size())), naive, zone);
        } else {
          int busy = allocateRange(at, random, naive, zone, held, contig);
          contigTaken += busy == 0 ? 1 : 0;
          contigBusy += busy > 0 ? 1 : 0;
        }
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
    while (!contig.isEmpty()) {
      release(contig.removeLast(), naive, zone);
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
    return new long[] {zone.claims, zone.pagesMovedByClaim, zone.steals, contigTaken, contigBusy};
  }

  /**
   * What alloc_contig_range() does to a zone: some CMA pageblocks are isolated, most pages in use there go back, and if all of the
   * range is free it is taken (free pages in {@code Block.order}: how many). Returns 0 when taken, 1 when something was busy, -1
   * when there was nothing to try.
   */
  private static int allocateRange(String at, Random random, NaiveBuddy naive, BuddyZone zone, List<Block> held,
      List<Block> contig) {
    List<Integer> usable = new ArrayList<>();
    for (int b = (naive.startPfn + 511) / 512 * 512; b + 512 <= naive.endPfn; b += 512) {
      // NaiveBuddy cannot retype half of a larger free block.
      if (naive.type(b) == 4 && zone.freeBlockOrder(b) != 10) {
        usable.add(b);
      }
    }
    if (usable.isEmpty()) {
      return -1;
    }
    int block = usable.get(random.nextInt(usable.size()));
    int from = block + random.nextInt(512);
    int end = from + 1 + random.nextInt(1200);
    List<Integer> blocks = new ArrayList<>();
    for (int b = block; b < end; b += 512) {
      if (!usable.contains(b)) {
        end = b;
      } else {
        blocks.add(b);
      }
    }
    for (int b : blocks) {
      naive.setType(b, 5);
      zone.setPageblockType(b, MigrateType.ISOLATE);
    }
    boolean movesAll = random.nextInt(4) > 0;
    for (int i = held.size() - 1; i >= 0; i--) {
      Block one = held.get(i);
      if (movesAll && one.pfn < end && one.pfn + (1 << one.order) > from) {
        held.remove(i);
        naive.free(one.pfn, one.order);
        zone.free(one.pfn, one.order);
      }
    }
    check(at, naive, zone);
    int busy = naive.firstBusy(from, end);
    assertThat(zone.firstBusy(from, end - from)).as(at).isEqualTo(busy);
    if (busy < 0) {
      naive.take(from, end);
      zone.takeRange(from, end - from);
      contig.add(new Block(from, end - from));
      check(at, naive, zone);
    }
    for (int b : blocks) {
      if (zone.freeBlockOrder(b) == 10) {
        // Its halves would have to change together; they stay isolated until a retype finds them.
        continue;
      }
      naive.setType(b, 4);
      zone.setPageblockType(b, MigrateType.CMA);
    }
    return busy < 0 ? 0 : 1;
  }

  /** cma_release(): page by page. */
  private static void release(Block range, NaiveBuddy naive, BuddyZone zone) {
    for (int pfn = range.pfn; pfn < range.pfn + range.order; pfn++) {
      naive.free(pfn, 0);
      zone.free(pfn, 0);
    }
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
