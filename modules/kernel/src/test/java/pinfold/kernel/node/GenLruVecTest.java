package pinfold.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.Generations;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.variant.SortRule;
import pinfold.kernel.zone.ZoneType;

/** Random operations on the generations of one lruvec and on lists of lists, which know nothing of links, compared after every step. */
class GenLruVecTest {
  private static final int PAGES = 400;
  private static final int STEPS = 4_000;

  private final Directory directory = new Directory(MachineConfig.uniform(1, 1, 64L << 20, 0, 0), new int[0], new int[0]);
  private final int firstPfn = directory.zones().getFirst().startPfn();
  private final int aligned = firstPfn >>> FolioTable.SECTION_SHIFT << FolioTable.SECTION_SHIFT;
  private final FolioTable folios = new FolioTable(aligned, 1 << 16);
  private final Generations generations = new Generations(aligned, 1 << 16);
  private final GenLruVec lruvec = new GenLruVec(folios, directory, generations);
  private final Naive naive = new Naive();

  /** kernel-model.md 6.8 without links, sizes and zones; anonymous folios and files, head of a list first. */
  private final class Naive {
    final TreeMap<Long, List<List<Integer>>> lists = new TreeMap<>();
    final TreeMap<Integer, Long> seqOf = new TreeMap<>();
    final long[] min = {0, 0};
    long max = 3;

    Naive() {
      for (long seq = 0; seq <= max; seq++) {
        lists.put(seq, List.of(new ArrayList<>(), new ArrayList<>()));
      }
    }

    List<Integer> list(long seq, int type) {
      return lists.get(seq).get(type);
    }

    void add(int pfn, int type, boolean active, boolean tail) {
      long seq = active ? max : type == 0 && !tail ? max - 1 : type == 0 ? max - 1 : tail || min[1] + 2 >= max ? min[1] : min[1] + 1;
      seqOf.put(pfn, seq);
      list(seq, type).add(tail ? list(seq, type).size() : 0, pfn);
    }

    void remove(int pfn) {
      seqOf.remove(pfn);
      lists.values().forEach(types -> types.forEach(list -> list.remove(Integer.valueOf(pfn))));
    }

    void age() {
      lists.put(max + 1, List.of(new ArrayList<>(), new ArrayList<>()));
      for (int type = 0; type < 2; type++) {
        if (max - min[type] + 1 == 4) {
          List<Integer> oldest = list(min[type], type);
          while (!oldest.isEmpty()) {
            moveOn(oldest, type);
          }
          min[type]++;
        }
      }
      max++;
    }

    /** The last of the oldest generation goes to the end of the next one, or of the one that it was promoted to. */
    private void moveOn(List<Integer> oldest, int type) {
      int pfn = oldest.removeLast();
      if (seqOf.get(pfn) == min[type]) {
        seqOf.put(pfn, min[type] + 1);
      }
      list(seqOf.get(pfn), type).addLast(pfn);
    }

    /** Returns what a scan takes; {@code counts} receives pages looked at, skipped and moved on. */
    List<Integer> scan(int type, SortRule rule, int[] counts) {
      List<Integer> taken = new ArrayList<>();
      if (max - min[type] + 1 == 2) {
        return taken;
      }
      List<Integer> oldest = list(min[type], type);
      List<Integer> aside = new ArrayList<>();
      while (!oldest.isEmpty() && taken.size() < 64 && aside.size() < 64) {
        int pfn = oldest.getLast();
        counts[0]++;
        if (seqOf.get(pfn) != min[type]) {
          oldest.removeLast();
          list(seqOf.get(pfn), type).addFirst(pfn);
          counts[2]++;
        } else if (rule == SortRule.NON_LRU_INELIGIBLE && !folios.has(pfn, FolioFlags.LRU)) {
          moveOn(oldest, type);
          counts[2]++;
        } else if (folios.has(pfn, FolioFlags.LRU)) {
          oldest.removeLast();
          seqOf.remove(pfn);
          taken.add(pfn);
        } else {
          aside.addFirst(oldest.removeLast());
          counts[1]++;
        }
      }
      oldest.addAll(0, aside);
      return taken;
    }

    void passOver() {
      long[] found = min.clone();
      for (int type = 0; type < 2; type++) {
        while (found[type] + 2 <= max && list(found[type], type).isEmpty()) {
          found[type]++;
        }
      }
      found[0] = Math.min(found[0], found[1]);
      found[1] = Math.max(found[0], min[1]);
      min[0] = found[0];
      min[1] = found[1];
    }
  }

  @ParameterizedTest
  @EnumSource(SortRule.class)
  void listsAreThoseOfANaiveModel(SortRule rule) {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      for (int step = 0; step < STEPS; step++) {
        step(random, rule);
        compare("seed " + seed + ", step " + step);
      }
    }
  }

  private void step(Random random, SortRule rule) {
    int pfn = firstPfn + random.nextInt(PAGES);
    boolean linked = naive.seqOf.containsKey(pfn);
    int what = random.nextInt(100);
    if (what < 55 && !linked) {
      int type = random.nextInt(4) == 0 ? 1 : 0;
      if (!folios.isAllocated(pfn)) {
        folios.create(pfn, type == 0 ? FolioFlags.ANON | FolioFlags.SWAPBACKED : 0, 1, 0, 0);
      }
      type = folios.has(pfn, FolioFlags.SWAPBACKED) ? 0 : 1;
      boolean active = random.nextInt(3) == 0;
      boolean tail = random.nextInt(5) == 0;
      folios.clear(pfn, FolioFlags.ACTIVE);
      folios.set(pfn, FolioFlags.LRU | (active ? FolioFlags.ACTIVE : 0));
      naive.add(pfn, type, active, tail);
      if (tail) {
        lruvec.addTail(pfn);
      } else {
        lruvec.addHead(pfn);
      }
    } else if (what < 65 && linked) {
      boolean young = naive.seqOf.get(pfn) >= naive.max - 1;
      lruvec.delete(pfn);
      naive.remove(pfn);
      assertThat(folios.has(pfn, FolioFlags.ACTIVE)).isEqualTo(young);
    } else if (what < 75 && linked) {
      lruvec.promote(pfn, lruvec.maxSeq);
      naive.seqOf.put(pfn, naive.max);
    } else if (what < 90 && linked) {
      // A batch takes PG_lru, or gives it back.
      if (folios.has(pfn, FolioFlags.LRU)) {
        folios.clear(pfn, FolioFlags.LRU);
      } else {
        folios.set(pfn, FolioFlags.LRU);
      }
    } else if (what == 98) {
      assertThat(lruvec.incMaxSeq(lruvec.maxSeq, true)).isTrue();
      naive.age();
    } else if (what == 99) {
      evict(rule);
    }
  }

  private void evict(SortRule rule) {
    int[] counts = new int[3];
    int type = naive.min[0] < naive.min[1] ? 0 : 1;
    List<Integer> expected = naive.scan(type, rule, counts);
    if (expected.isEmpty()) {
      expected = naive.scan(1 - type, rule, counts);
    }
    naive.passOver();
    // Only now: it clears the PG_lru that the naive one looked at.
    GenLruVec.Scan scan = new GenLruVec.Scan();
    LongList taken = new LongList();
    lruvec.evict(60, ZoneType.MOVABLE.ordinal(), rule, scan, taken);
    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < taken.size(); i++) {
      got.add((int) taken.get(i));
    }
    assertThat(got).isEqualTo(expected);
    assertThat(new int[] {scan.scanned, scan.skipped, scan.sorted}).isEqualTo(counts);
  }

  private void compare(String where) {
    assertThat(lruvec.maxSeq).as(where).isEqualTo(naive.max);
    assertThat(lruvec.minSeq).as(where).isEqualTo(naive.min);
    long[] pages = new long[4];
    for (int type = 0; type < 2; type++) {
      for (long seq = Math.min(naive.min[0], naive.min[1]); seq <= naive.max; seq++) {
        List<Integer> found = new ArrayList<>();
        int zones = directory.zones().size();
        for (int zone = zones - 1; zone >= 0; zone--) {
          int list = ((int) (seq % 4) * 2 + type) * zones + zone;
          for (int pfn = lruvec.genHead(list); pfn >= 0; pfn = folios.older(pfn)) {
            found.add(pfn);
          }
        }
        assertThat(found).as(where).isEqualTo(seq < naive.min[type] ? List.of() : naive.list(seq, type));
        if (seq >= naive.min[type]) {
          for (int pfn : found) {
            pages[2 * type + (naive.seqOf.get(pfn) >= naive.max - 1 ? 1 : 0)]++;
          }
        }
      }
    }
    for (int list = 0; list < 4; list++) {
      assertThat(lruvec.pages(list)).as(where + ", list " + list).isEqualTo(pages[list]);
    }
  }

  /** sort_folio(): a tier that refaults more than the lowest goes on to the next generation, and counts as spared. */
  @Test
  void aTierThatRefaultsIsSpared() {
    for (int i = 0; i < 4; i++) {
      folios.create(firstPfn + i, FolioFlags.LRU | FolioFlags.REFERENCED | (i < 2 ? 0 : FolioFlags.WORKINGSET), 1, 0, 0);
      lruvec.addTail(firstPfn + i);
    }
    lruvec.tiers.evicted(GenLruVec.FILE, 1, 64);
    lruvec.tiers.refaulted(GenLruVec.FILE, 1, 64);
    // 64 of 64 beside none: 64 x 64 > 1 x 64 x 2. Of two with a second access none is taken.
    GenLruVec.Scan scan = new GenLruVec.Scan();
    LongList taken = new LongList();
    lruvec.evict(200, ZoneType.MOVABLE.ordinal(), SortRule.PLAIN, scan, taken);
    assertThat(taken.size()).isEqualTo(2);
    assertThat(scan.sorted).isEqualTo(2);
    for (int i = 0; i < 4; i++) {
      int pfn = firstPfn + i;
      assertThat(generations.of(pfn)).isEqualTo(i < 2 ? -1 : 1);
      assertThat(folios.has(pfn, FolioFlags.WORKINGSET)).isFalse();
    }
  }

  /** sort_folio(): what is being written is no use yet; it goes to the front of the next generation until the end of writeback. */
  @Test
  void whatIsWrittenGoesToTheNextGeneration() {
    int swapcache = FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.SWAPCACHE | FolioFlags.LRU;
    folios.create(firstPfn, swapcache, 1, 0, 0);
    folios.create(firstPfn + 1, swapcache | FolioFlags.WRITEBACK, 1, 0, 0);
    folios.create(firstPfn + 2, swapcache, 1, 0, 0);
    lruvec.minSeq[GenLruVec.ANON] = 1;
    lruvec.addHead(firstPfn);
    lruvec.minSeq[GenLruVec.ANON] = 0;
    lruvec.addTail(firstPfn + 1);
    lruvec.addTail(firstPfn + 2);
    LongList taken = new LongList();
    lruvec.evict(200, ZoneType.MOVABLE.ordinal(), SortRule.PLAIN, new GenLruVec.Scan(), taken);
    assertThat(taken.size()).isOne();
    assertThat(taken.get(0)).isEqualTo(firstPfn + 2);
    assertThat(folios.has(firstPfn + 1, FolioFlags.RECLAIM)).isTrue();
    assertThat(generations.of(firstPfn + 1)).isEqualTo(1);
    assertThat(folios.older(firstPfn + 1)).as("the one that was in the next generation").isEqualTo(firstPfn);
  }

  @Test
  void swappinessSaysWhatGoesFirst() {
    int anon = FolioFlags.LRU | FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.SWAPCACHE;
    int[] swappiness = {0, 1, 2, 199, 200};
    boolean[] file = {true, true, true, true, false};
    for (int i = 0; i < swappiness.length; i++) {
      int pfn = firstPfn + 2 * i;
      folios.create(pfn, FolioFlags.LRU, 1, 0, 0);
      folios.create(pfn + 1, anon, 1, 0, 0);
      lruvec.addTail(pfn);
      lruvec.addTail(pfn + 1);
      LongList taken = new LongList();
      lruvec.evict(swappiness[i], ZoneType.MOVABLE.ordinal(), SortRule.PLAIN, new GenLruVec.Scan(), taken);
      assertThat(taken.get(0)).as("swappiness %d", swappiness[i]).isEqualTo(file[i] ? pfn : pfn + 1);
      lruvec.delete(file[i] ? pfn + 1 : pfn);
      lruvec.minSeq[GenLruVec.ANON] = 0;
      lruvec.minSeq[GenLruVec.FILE] = 0;
    }
  }

  /** lru_gen_add_folio(): under writeback by reclaim the second youngest generation, in the swap cache alone an old one. */
  @Test
  void whatReclaimWritesWaitsInTheSecondYoungestGeneration() {
    int swapcache = FolioFlags.ANON | FolioFlags.SWAPBACKED | FolioFlags.SWAPCACHE;
    folios.create(firstPfn, swapcache | FolioFlags.RECLAIM | FolioFlags.WRITEBACK, 1, 0, 0);
    folios.create(firstPfn + 1, swapcache, 1, 0, 0);
    lruvec.addHead(firstPfn, folios.flags(firstPfn));
    lruvec.addHead(firstPfn + 1, folios.flags(firstPfn + 1));
    assertThat(generations.of(firstPfn)).isEqualTo((int) (lruvec.maxSeq - 1) % Generations.GENERATIONS);
    assertThat(generations.of(firstPfn + 1)).isEqualTo((int) (lruvec.minSeq[GenLruVec.ANON] + 1) % Generations.GENERATIONS);
  }
}
