package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs.OneCall;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.zone.BuddyZone;
import pinfold.kernel.zone.CompactPriority;
import pinfold.kernel.zone.CompactResult;
import pinfold.kernel.zone.MigrateType;

/**
 * compact_zone() on a zone of eight pageblocks without CMA, of which some pages are in use, each told by its place in the zone: what
 * moves where, by hand and against a naive model of the two scanners. Invariants are checked.
 */
class CompactZoneTest {
  private static final int BLOCK = 512;
  private static final int PAGES = NaiveCompaction.BLOCKS * BLOCK;
  /** A twentieth, as THP makes it. */
  private static final int MIN_PAGES = PAGES / 20;
  /** Pages that are filled at first: all but what the watermark and a refill of the pcp list leave. */
  private static final int FILLED = PAGES - MIN_PAGES - BLOCK / 2;

  private Machine machine;
  private Host host;
  private int start;
  private Counters before;
  /** Page of the address space by the offset at which it was before the compaction. */
  private final TreeMap<Integer, Integer> was = new TreeMap<>();

  private void build() {
    MachineConfig config = MachineConfig.uniform(1, 2, 4L * PAGES << 10, 0, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, PAGES, false));
    machine = new Machine(new MachineSpec(config, MmapLockContentionTest.variant(FaultLock.VMA), CostModel.defaults(), 1,
        List.of(new SpaceSpec(0, PAGES, vmas)), List.of(), false, 512, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    start = config.zones().getFirst().startPfn();
    was.clear();
  }

  private long run(TaskProgram program) {
    machine.start(host, 0, host.nowNanos() + 1_000, program);
    host.runUntil(Long.MAX_VALUE);
    return machine.observer().taskEnds().getLast().result();
  }

  /** Fills the zone, then lets go of everything but these pages, counted from the zone's first. */
  private void keep(Set<Integer> offsets) {
    build();
    run(Programs.write(0, 0, FILLED));
    run(Programs.drainLocal());
    List<TaskProgram> calls = new ArrayList<>();
    for (int page = 0; page < FILLED; ) {
      int end = page;
      while (end < FILLED && !offsets.contains(offset(end))) {
        end++;
      }
      if (end > page) {
        calls.add(Programs.madviseDontNeed(0, page, end - page));
      }
      if (end < FILLED) {
        was.put(offset(end), end);
      }
      page = end + 1;
    }
    run(Programs.inTurn(calls));
    assertThat(was.keySet()).isEqualTo(offsets);
    run(new OneCall("drain_pcp", () -> new DrainPcps(0)));
    before = machine.counters();
  }

  private int offset(int page) {
    return Pte.pfn(machine.space(0).entry(page)) - start;
  }

  /** The first four, and page 5 of each other pageblock, so that none is free as a whole. */
  private void keepFourInTheFirst() {
    Set<Integer> offsets = new TreeSet<>(List.of(0, 100, 200, 300));
    for (int block = 1; block < NaiveCompaction.BLOCKS; block++) {
      offsets.add(block * BLOCK + 5);
    }
    keep(offsets);
    assertThat(buddy().freeBlocks(9, MigrateType.MOVABLE)).isZero();
  }

  private CompactResult compact(CompactPriority priority) {
    return CompactResult.of((int) run(Programs.compact(9, false, priority)));
  }

  private void hold(int offset) {
    run(FolioPrograms.get(new int[] {start + offset}));
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter) - before.get(counter);
  }

  /** Where what was at these offsets is now. */
  private List<Integer> now(int... offsets) {
    List<Integer> places = new ArrayList<>();
    for (int offset : offsets) {
      places.add(offset(was.get(offset)));
    }
    return places;
  }

  private BuddyZone buddy() {
    return machine.zone(0).buddy();
  }

  /**
   * They go to the last pageblock, the one isolated last first. Free there are pages 0 to 3 as a block of order 2, page 4, pages 6 and 7
   * and so on: the first block has room for all.
   */
  @Test
  void fourPagesOfTheFirstPageblockGoToTheLast() {
    keepFourInTheFirst();
    assertThat(compact(CompactPriority.SYNC_LIGHT)).isEqualTo(CompactResult.SUCCESS);
    int last = 7 * BLOCK;
    assertThat(now(300, 200, 100, 0)).containsExactly(last, last + 1, last + 2, last + 3);
    assertThat(now(BLOCK + 5, 7 * BLOCK + 5)).containsExactly(BLOCK + 5, 7 * BLOCK + 5);
    assertThat(buddy().freeBlockOrder(start)).isEqualTo(9);
    assertThat(count(VmCounter.PGMIGRATE_SUCCESS)).isEqualTo(4);
    assertThat(count(VmCounter.COMPACT_MIGRATE_SCANNED)).isEqualTo(512);
    assertThat(count(VmCounter.COMPACT_FREE_SCANNED)).isEqualTo(4);
    assertThat(count(VmCounter.COMPACT_ISOLATED)).as("four pages, and four free ones").isEqualTo(8);
    assertThat(machine.node(0).folios().has(start + last, FolioFlags.LRU)).as("batches are flushed behind the pageblock").isTrue();
  }

  /** Three pages go, and the free page that is left serves for the one page of the second pageblock. */
  @Test
  void aSynchronousScanPassesAPageThatSomebodyHolds() {
    keepFourInTheFirst();
    hold(100);
    assertThat(compact(CompactPriority.SYNC_LIGHT)).isEqualTo(CompactResult.SUCCESS);
    int last = 7 * BLOCK;
    assertThat(now(300, 200, 100, 0, BLOCK + 5)).containsExactly(last, last + 1, 100, last + 2, last + 3);
    assertThat(buddy().freeBlockOrder(start + BLOCK)).isEqualTo(9);
    assertThat(count(VmCounter.COMPACT_ISOLATED)).isEqualTo(4 + 4);
  }

  /** An asynchronous one gives the pageblock up: page 0 was isolated and goes back, pages 200 and 300 are not looked at. */
  @Test
  void anAsynchronousScanGivesUpAPageblockAtAPageThatSomebodyHolds() {
    keepFourInTheFirst();
    hold(100);
    assertThat(compact(CompactPriority.ASYNC)).isEqualTo(CompactResult.SUCCESS);
    assertThat(now(0, 100, 200, 300, BLOCK + 5)).containsExactly(0, 100, 200, 300, 7 * BLOCK);
    assertThat(count(VmCounter.PGMIGRATE_SUCCESS)).isEqualTo(1);
    assertThat(count(VmCounter.COMPACT_ISOLATED)).as("two pages, and four free ones").isEqualTo(2 + 4);
  }

  @Test
  void nothingIsDoneWhereAPageblockIsFree() {
    keep(new TreeSet<>(List.of(0, 600)));
    assertThat(compact(CompactPriority.SYNC_FULL)).isEqualTo(CompactResult.SUCCESS);
    assertThat(now(0, 600)).containsExactly(0, 600);
    assertThat(count(VmCounter.COMPACT_MIGRATE_SCANNED)).isZero();
  }

  /** 2820 pages in use leave 1276, nearly all of them alone; more than 255 (low) and 2 * 512 would have to be free. */
  @Test
  void nothingIsDoneWhereThereIsNoRoom() {
    Set<Integer> offsets = new TreeSet<>();
    for (int offset = 0; offset < 3600; offset++) {
      if (offset % 4 != 3 || offset < 480) {
        offsets.add(offset);
      }
    }
    keep(offsets);
    assertThat(buddy().freePages()).isEqualTo(1276);
    assertThat(compact(CompactPriority.SYNC_FULL)).isEqualTo(CompactResult.SKIPPED);
    for (int offset = 0; offset < 8; offset += 2) {
      run(Programs.madviseDontNeed(0, was.get(offset), 1));
    }
    run(new OneCall("drain_pcp", () -> new DrainPcps(0)));
    assertThat(buddy().freePages()).isEqualTo(1280);
    assertThat(compact(CompactPriority.SYNC_FULL)).isNotEqualTo(CompactResult.SKIPPED);
  }

  /** Held pages in every pageblock: the scanners meet, and the next two requests are passed over, and one, and three. */
  @Test
  void aFailureDefersWhatFollows() {
    keepFourInTheFirst();
    for (int block = 0; block < NaiveCompaction.BLOCKS; block++) {
      hold(block == 0 ? 0 : block * BLOCK + 5);
    }
    assertThat(compact(CompactPriority.SYNC_LIGHT)).isEqualTo(CompactResult.PARTIAL_SKIPPED);
    assertThat(compact(CompactPriority.SYNC_LIGHT)).isEqualTo(CompactResult.DEFERRED);
    assertThat(compact(CompactPriority.ASYNC)).isEqualTo(CompactResult.PARTIAL_SKIPPED);
    assertThat(compact(CompactPriority.SYNC_FULL)).as("asks nobody").isEqualTo(CompactResult.COMPLETE);
    for (int passed = 0; passed < 3; passed++) {
      assertThat(compact(CompactPriority.SYNC_LIGHT)).isEqualTo(CompactResult.DEFERRED);
    }
    assertThat(compact(CompactPriority.SYNC_LIGHT)).isEqualTo(CompactResult.PARTIAL_SKIPPED);
  }

  /** Random pages in use, some of them held: result and every place as in the naive model. */
  @Test
  void theScannersDoWhatNaiveOnesDo() {
    int moved = 0;
    TreeSet<CompactResult> results = new TreeSet<>();
    for (long seed = 1; seed <= 24; seed++) {
      Random random = new Random(seed);
      TreeSet<Integer> offsets = new TreeSet<>();
      for (int block = 0; block < NaiveCompaction.BLOCKS; block++) {
        int most = block == NaiveCompaction.BLOCKS - 1 ? FILLED - block * BLOCK - 20 : BLOCK;
        for (int i = 1 + random.nextInt(seed % 3 == 0 ? 12 : 140); i > 0; i--) {
          offsets.add(block * BLOCK + random.nextInt(most));
        }
      }
      keep(offsets);
      Set<Integer> held = new TreeSet<>();
      for (int offset : offsets) {
        if (random.nextInt(seed % 2 == 0 ? 6 : 60) == 0) {
          held.add(offset);
        }
      }
      held.forEach(this::hold);
      NaiveCompaction naive = new NaiveCompaction(offsets, held, MIN_PAGES);
      naive.run();
      assertThat(compact(CompactPriority.SYNC_LIGHT)).as("seed " + seed).isEqualTo(naive.result);
      TreeMap<Integer, Integer> places = new TreeMap<>();
      was.forEach((offset, page) -> places.put(offset, offset(page)));
      assertThat(places).as("seed " + seed).isEqualTo(naive.places());
      moved += (int) count(VmCounter.PGMIGRATE_SUCCESS);
      results.add(naive.result);
    }
    assertThat(moved).isGreaterThan(500);
    assertThat(results).contains(CompactResult.SUCCESS, CompactResult.PARTIAL_SKIPPED);
  }
}
