package pinfold.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.Generations;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.RmapSpace;

/** Refault distances by hand, and against a model that keeps every event and counts those since an eviction. */
class WorkingsetTest {
  private static final int PAGES = 60;
  private static final int MEMCGS = 2;
  /** Longer than statistics of cgroups stay as they are. */
  private static final long LONG = 3_000_000_000L;

  private final Directory directory = new Directory(MachineConfig.uniform(1, 1, 64L << 20, 0, 0), new int[0], new int[0],
      new ReclaimSpec(MEMCGS, ReclaimSpec.NO_LIMIT, 0, 60));
  private final int firstPfn = directory.zones().getFirst().startPfn();
  private final int aligned = firstPfn >>> FolioTable.SECTION_SHIFT << FolioTable.SECTION_SHIFT;
  private final FolioTable folios = new FolioTable(aligned, 1 << 16);
  private final RmapSpace rmap = new RmapSpace();
  /** By memory cgroup of their address space, and last of a file, whose cgroup is the root. */
  private final int[] handles = {
    rmap.addSpace(0, PAGES, 0), rmap.addSpace(1, PAGES, 1), rmap.addSpace(2, PAGES, 2), rmap.addFile(0, PAGES)
  };
  private final LruVecs lruvecs = new LruVecs(folios, directory, rmap, MEMCGS, null);
  private final Counters counters = new Counters();
  private final FolioOps ops = new FolioOps(folios, lruvecs, counters, null);
  private Workingset workingset = new Workingset(0, ops, true);
  private long nowNanos;
  private int fresh = firstPfn;

  private static int kind(int owner) {
    return owner <= MEMCGS ? FolioFlags.ANON | FolioFlags.SWAPBACKED : 0;
  }

  private int create(int owner, int flags) {
    folios.create(fresh, kind(owner) | flags, 1, 0, handles[owner]);
    return fresh++;
  }

  private int onList(int owner, int flags) {
    int pfn = create(owner, flags);
    lruvecs.of(pfn).addHead(pfn);
    return pfn;
  }

  private long evict(int pfn, int target) {
    lruvecs.of(pfn).delete(pfn);
    long shadow = workingset.eviction(pfn, target);
    folios.destroy(pfn);
    return shadow;
  }

  private int refault(int owner, long shadow) {
    nowNanos += LONG;
    int pfn = create(owner, 0);
    workingset.refault(pfn, shadow, false, nowNanos);
    return pfn;
  }

  private boolean becomesActive(int owner, long shadow) {
    return folios.has(refault(owner, shadow), FolioFlags.ACTIVE);
  }

  private void onLists(int owner, int flags, int count) {
    for (int i = 0; i < count; i++) {
      onList(owner, flags);
    }
  }

  @Test
  void aFilePageCompetesWithActiveFilesAndWhereThereIsSwapWithAllAnonymousMemory() {
    onLists(3, FolioFlags.ACTIVE, 3);
    onLists(3, 0, 50);
    onLists(0, FolioFlags.ACTIVE, 2);
    onLists(1, 0, 1);
    List<Long> shadows = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      shadows.add(evict(onList(3, 0), 0));
    }
    // The age is 9, and page i left an age of i: distances 9, 8, 7, 6. Active files, anonymous memory of all: 3 + 2 + 1.
    assertThat(becomesActive(3, shadows.get(0))).isFalse();
    assertThat(becomesActive(3, shadows.get(2))).isFalse();
    assertThat(becomesActive(3, shadows.get(3))).isTrue();
    // That was an activation: the age is 10, and the distance of page 4 is 6 again, that of page 3 would be 7.
    assertThat(becomesActive(3, shadows.get(3))).isFalse();
    assertThat(becomesActive(3, shadows.get(4))).isTrue();
    assertThat(counters.get(VmCounter.NONRESIDENT_AGE)).isEqualTo(11);
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_FILE)).isEqualTo(5);
    assertThat(counters.get(VmCounter.WORKINGSET_ACTIVATE_FILE)).isEqualTo(2);
    assertThat(counters.get(VmCounter.WORKINGSET_RESTORE_FILE)).isZero();
    workingset = new Workingset(0, ops, false);
    // Without swap active files alone: page 8 is 11 - 8 away.
    assertThat(becomesActive(3, shadows.get(7))).isFalse();
    assertThat(becomesActive(3, shadows.get(8))).isTrue();
  }

  @Test
  void anAnonymousPageCompetesWithFilesAndActiveAnonymousMemoryOfTheCgroupThatEvictedIt() {
    onLists(1, FolioFlags.ACTIVE, 2);
    onLists(1, 0, 20);
    onLists(2, FolioFlags.ACTIVE, 30);
    long first = evict(onList(1, FolioFlags.WORKINGSET), 1);
    long second = evict(onList(1, FolioFlags.WORKINGSET), 1);
    evict(onList(1, 0), 1);
    // Neither another cgroup nor the root ages this one.
    evict(onList(2, 0), 2);
    evict(onList(1, 0), 0);
    // Age 3: the first is 3 away, which is more than 2, the second is 2 away.
    assertThat(becomesActive(1, first)).isFalse();
    int pfn = refault(1, second);
    assertThat(folios.has(pfn, FolioFlags.ACTIVE)).isTrue();
    assertThat(folios.has(pfn, FolioFlags.WORKINGSET)).isTrue();
    assertThat(counters.get(VmCounter.WORKINGSET_RESTORE_ANON)).isOne();
    // A page of input and output is as bad as 32 in vain; more than a quarter of 22 pages, so it fades at once. So it does at the root.
    assertThat(lruvecs.memcg(1).anonCost).isEqualTo(16);
    assertThat(lruvecs.memcg(0).anonCost).isEqualTo(16);
    assertThat(lruvecs.memcg(2).anonCost).isZero();
    // All of that, the refault included, has aged the root.
    assertThat(counters.get(VmCounter.NONRESIDENT_AGE)).isEqualTo(6);
    assertThat(lruvecs.memcg(1).nonresidentAge).isEqualTo(4);
  }

  @Test
  void whatTheRootEvictsIsMeasuredAtTheRoot() {
    onLists(1, FolioFlags.ACTIVE, 2);
    onLists(2, FolioFlags.ACTIVE, 2);
    long first = evict(onList(1, 0), 0);
    long second = evict(onList(1, 0), 0);
    workingset.age(2, 3);
    assertThat(Shadow.memcg(first)).isZero();
    // Root: 5 and 4 away, and 4 active pages in both cgroups.
    assertThat(becomesActive(1, first)).isFalse();
    assertThat(becomesActive(1, second)).isTrue();
  }

  @Test
  void aPageThatAnotherNodeEvictedCountsAndNoMore() {
    onLists(3, FolioFlags.ACTIVE, 5);
    assertThat(becomesActive(3, Shadow.of(0, 1, 0, true))).isFalse();
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_FILE)).isOne();
    assertThat(counters.get(VmCounter.WORKINGSET_ACTIVATE_FILE)).isZero();
  }

  @Test
  void aShadowKeepsWhatItIsMadeOf() {
    long most = Shadow.of(65_535, 1_023, Shadow.EVICTION_MASK, true);
    assertThat(most).isEqualTo(-1);
    long shadow = Shadow.of(12, 34, (1L << 40) + 56, false);
    assertThat(Shadow.isShadow(shadow)).isTrue();
    assertThat(new long[] {Shadow.memcg(shadow), Shadow.node(shadow), Shadow.eviction(shadow)}).containsExactly(12, 34, 56);
    assertThat(Shadow.workingset(shadow)).isFalse();
    assertThat(Shadow.isShadow(Shadow.of(0, 0, 0, false))).isTrue();
  }

  /** What came of a page, and what a list of all events says about it. */
  @Test
  void distancesAreTheEventsSinceTheEviction() {
    for (int seed = 0; seed < 20; seed++) {
      new WorkingsetTest().randomEvents(new Random(seed), seed);
    }
  }

  private void randomEvents(Random random, int seed) {
    int[] pfns = new int[PAGES];
    long[] shadows = new long[PAGES];
    int[] evictedAt = new int[PAGES];
    int[] targets = new int[PAGES];
    boolean[] wasWorkingset = new boolean[PAGES];
    // The cgroup that aged, whose root ages with it.
    List<Integer> events = new ArrayList<>();
    int restored = 0;
    int active = 0;
    for (int page = 0; page < PAGES; page++) {
      pfns[page] = onList(page % 4, 0);
    }
    for (int step = 0; step < 3_000; step++) {
      int page = random.nextInt(PAGES);
      int owner = page % 4;
      int memcg = owner % 3;
      int pfn = pfns[page];
      String where = "seed " + seed + ", step " + step;
      if (pfn != 0 && random.nextBoolean()) {
        targets[page] = random.nextBoolean() ? memcg : 0;
        wasWorkingset[page] = folios.has(pfn, FolioFlags.WORKINGSET);
        evictedAt[page] = events.size();
        events.add(targets[page]);
        shadows[page] = evict(pfn, targets[page]);
        pfns[page] = 0;
      } else if (pfn != 0) {
        lruvecs.of(pfn).delete(pfn);
        if (folios.testAndClear(pfn, FolioFlags.ACTIVE)) {
          folios.set(pfn, FolioFlags.WORKINGSET);
        } else {
          folios.set(pfn, FolioFlags.ACTIVE);
          workingset.age(memcg, 1);
          events.add(memcg);
        }
        lruvecs.of(pfn).addHead(pfn);
      } else {
        int distance = 0;
        for (int event : events.subList(evictedAt[page], events.size())) {
          distance += targets[page] == 0 || event == targets[page] ? 1 : 0;
        }
        boolean file = owner == 3;
        int size = 0;
        for (int other = 0; other < PAGES; other++) {
          if (pfns[other] != 0 && (targets[page] == 0 || other % 4 == targets[page])) {
            boolean inactive = !folios.has(pfns[other], FolioFlags.ACTIVE);
            size += inactive && file == (other % 4 == 3) ? 0 : 1;
          }
        }
        pfns[page] = refault(owner, shadows[page]);
        boolean recent = distance <= size;
        assertThat(folios.has(pfns[page], FolioFlags.ACTIVE)).as(where).isEqualTo(recent);
        assertThat(folios.has(pfns[page], FolioFlags.WORKINGSET)).as(where).isEqualTo(recent && wasWorkingset[page]);
        active += recent ? 1 : 0;
        restored += recent && wasWorkingset[page] ? 1 : 0;
        if (recent) {
          events.add(memcg);
        }
        lruvecs.of(pfns[page]).addHead(pfns[page]);
      }
    }
    assertThat(counters.get(VmCounter.NONRESIDENT_AGE)).isEqualTo(events.size());
    assertThat(counters.get(VmCounter.WORKINGSET_ACTIVATE_ANON) + counters.get(VmCounter.WORKINGSET_ACTIVATE_FILE)).isEqualTo(active);
    assertThat(counters.get(VmCounter.WORKINGSET_RESTORE_ANON) + counters.get(VmCounter.WORKINGSET_RESTORE_FILE)).isEqualTo(restored);
    assertThat(active).isBetween(50, 1_500);
  }

  private long hash() {
    StateHash hash = new StateHash();
    lruvecs.hashState(hash);
    return hash.value();
  }

  @Test
  void agesAndActivationsAreState() {
    Set<Long> hashes = new TreeSet<>(List.of(hash()));
    workingset.age(1, 1);
    assertThat(hashes.add(hash())).isTrue();
    lruvecs.memcg(2).noteActivation(true);
    assertThat(hashes.add(hash())).isTrue();
    lruvecs.statistics(0, LruVec.INACTIVE_ANON, LONG);
    assertThat(hashes.add(hash())).isTrue();
    lruvecs.snapshotRefaults(0);
    assertThat(hashes.add(hash())).isTrue();
  }

  @Test
  void refaultsAreThoseThatStatisticsKnowOfSinceTheLastReclaim() {
    lruvecs.memcg(1).noteActivation(false);
    assertThat(lruvecs.hasRefaulted(1, false)).isFalse();
    lruvecs.statistics(0, LruVec.INACTIVE_ANON, LONG);
    assertThat(lruvecs.hasRefaulted(1, false)).isTrue();
    assertThat(lruvecs.hasRefaulted(1, true)).isFalse();
    assertThat(lruvecs.hasRefaulted(2, false)).isFalse();
    assertThat(lruvecs.hasRefaulted(0, false)).as("the root's are those of all").isTrue();
    lruvecs.snapshotRefaults(1);
    assertThat(lruvecs.hasRefaulted(1, false)).isFalse();
    assertThat(lruvecs.hasRefaulted(0, false)).isTrue();
    lruvecs.snapshotRefaults(0);
    assertThat(lruvecs.hasRefaulted(0, false)).isFalse();
  }

  /** lru_gen_eviction(), lru_gen_refault(). */
  @Test
  void generationsKnowARefaultByTheOldestOne() {
    Generations generations = new Generations(aligned, 1 << 16);
    LruVecs generational = new LruVecs(folios, directory, rmap, MEMCGS, generations);
    Workingset ofGenerations = new Workingset(0, new FolioOps(folios, generational, counters, null), true);
    int twice = create(3, FolioFlags.WORKINGSET);
    generations.incRefs(twice);
    int often = create(3, FolioFlags.WORKINGSET);
    generations.setMostRefs(often);
    int anon = create(1, 0);
    long twiceShadow = ofGenerations.eviction(twice, 0);
    long oftenShadow = ofGenerations.eviction(often, 0);
    long anonShadow = ofGenerations.eviction(anon, 0);
    assertThat(Shadow.memcg(anonShadow)).as("the folio's own, whoever reclaims").isOne();
    assertThat(counters.get(VmCounter.NONRESIDENT_AGE)).as("they do not age so").isZero();

    // Two accesses beyond the first come back by a read: recent and no more. Four are restored, and noted as often as can be.
    int pfn = create(3, 0);
    ofGenerations.refault(pfn, twiceShadow, false, 0);
    assertThat(folios.has(pfn, FolioFlags.WORKINGSET)).isFalse();
    pfn = create(3, 0);
    ofGenerations.refault(pfn, oftenShadow, false, 0);
    assertThat(folios.has(pfn, FolioFlags.WORKINGSET)).isTrue();
    assertThat(generations.refs(pfn)).isEqualTo(3);
    // What a page table missed is restored whatever it was.
    pfn = create(1, 0);
    ofGenerations.refault(pfn, anonShadow, true, 0);
    assertThat(folios.has(pfn, FolioFlags.WORKINGSET)).isTrue();
    assertThat(counters.get(VmCounter.WORKINGSET_ACTIVATE_FILE)).isEqualTo(2);
    assertThat(counters.get(VmCounter.WORKINGSET_RESTORE_FILE)).isOne();
    assertThat(counters.get(VmCounter.WORKINGSET_RESTORE_ANON)).isOne();

    // Another generation is the oldest: it counts, and means nothing.
    assertThat(generational.generational(1).incMaxSeq(3, true)).isTrue();
    ofGenerations.refault(create(1, 0), anonShadow, true, 0);
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_ANON)).isEqualTo(2);
    assertThat(counters.get(VmCounter.WORKINGSET_ACTIVATE_ANON)).isOne();
    // Of another cgroup, or of another node: not even that.
    ofGenerations.refault(create(2, 0), anonShadow, true, 0);
    ofGenerations.refault(create(3, 0), Shadow.of(0, 1, 0, false), false, 0);
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_ANON)).isEqualTo(2);
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_FILE)).isEqualTo(2);
  }
}
