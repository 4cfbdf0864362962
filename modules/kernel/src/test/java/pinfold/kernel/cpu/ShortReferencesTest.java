package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs.OneCall;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/** References that a reader or an unmap holds for microseconds, looked at between all windows. */
class ShortReferencesTest {
  private static final long MIB = 1L << 20;
  private static final int BLOCK = 512;
  private static final int READ = 40;
  private static final int MAPPED = 24 * BLOCK;

  private Machine machine;
  private Host host;
  private long window;

  private void build(int batchCapacity) {
    MachineConfig config = MachineConfig.uniform(1, 2, 256 * MIB, 64 * MIB, 0);
    KernelVariant variant = new KernelVariant("V1", batchCapacity, batchCapacity, false, true, true, new DrainRules.Always(), false, false,
        true, false, false, MigratePasses.ASYNC3_SYNC7, MigrateDrain.MLOCKED, 2, true, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
    machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), 1,
        List.of(new SpaceSpec(0, MAPPED, List.of(Vma.anonymous(0, MAPPED, false)))), List.of(new FileSpec(0, READ + 1)), false, BLOCK, 0));
    window = config.nearLinkNanos();
    host = new SequentialHost(machine.entities(), window);
  }

  private void begin(int cpu, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + window, program);
  }

  private void finish(int cpu, TaskProgram program) {
    begin(cpu, program);
    host.runUntil(Long.MAX_VALUE);
  }

  private boolean allEnded(int tasks) {
    return machine.observer().taskEnds().size() == tasks;
  }

  private FolioTable folios() {
    return machine.node(0).folios();
  }

  private static TaskProgram read(int pages) {
    return Programs.fileAccess(0, 0, pages, false);
  }

  private TaskProgram migrate(int page) {
    return FolioPrograms.migrate(new int[] {machine.file(0).pfn(page)});
  }

  /** All pages are active, and nothing is left for batches to hold. */
  private void readUntilActive() {
    finish(0, read(READ + 1));
    finish(0, read(READ + 1));
    finish(0, Programs.drainLocal());
    finish(0, read(READ + 1));
  }

  /** Naive: 40 pages are read in lots of the capacity; what the reader has at any moment is one whole lot, or nothing. */
  @ParameterizedTest
  @ValueSource(ints = {7, 15, 31})
  void aReadHoldsOneWholeBatchAtATime(int capacity) {
    build(capacity);
    readUntilActive();
    List<TreeSet<Integer>> seen = new ArrayList<>();
    int tasks = machine.observer().taskEnds().size() + 1;
    begin(0, read(READ));
    while (!allEnded(tasks)) {
      host.runUntil(host.nowNanos() + window / 5);
      TreeSet<Integer> held = new TreeSet<>();
      for (int page = 0; page < READ; page++) {
        if (folios().refcount(machine.file(0).pfn(page)) > 1) {
          held.add(page);
        }
      }
      if (!held.isEmpty() && (seen.isEmpty() || !seen.getLast().equals(held))) {
        seen.add(held);
      }
    }
    List<TreeSet<Integer>> lots = new ArrayList<>();
    for (int first = 0; first < READ; first += capacity) {
      lots.add(new TreeSet<>(IntStream.range(first, Math.min(READ, first + capacity)).boxed().toList()));
    }
    assertThat(seen).isEqualTo(lots);
  }

  /** The page is the last of the batch: it is held all the time, but copied for a thirtieth of it. */
  @Test
  void aPageDoesNotMoveWhileAReaderHasItInItsBatchAndMovesAfterwards() {
    build(31);
    readUntilActive();
    begin(0, Programs.inTurn(Collections.nCopies(200, read(31))));
    finish(1, migrate(READ));
    assertThat(refused()).as("of a page that nobody reads").isZero();

    begin(0, Programs.inTurn(Collections.nCopies(200, read(31))));
    finish(1, migrate(30));
    assertThat(refused()).isPositive();

    long soFar = refused();
    int before = machine.file(0).pfn(30);
    finish(1, migrate(30));
    assertThat(refused()).isEqualTo(soFar);
    assertThat(machine.file(0).pfn(30)).isNotEqualTo(before);
    assertThat(folios().isAllocated(before)).isFalse();
  }

  private long refused() {
    return machine.counters().get(VmCounter.MIGRATE_UNEXPECTED_REFS);
  }

  /** Where an entry is gone and its folio does not know yet, nobody else gets at the page table. */
  @Test
  void aPageTableIsLockedUntilTheFoliosKnow() {
    build(31);
    finish(0, Programs.write(0, 0, 2 * BLOCK));
    int[] pfns = pfns(2 * BLOCK);
    begin(0, munmap(2 * BLOCK));
    int between = 0;
    while (!allEnded(2)) {
      host.runUntil(host.nowNanos() + window / 5);
      for (int page = 0; page < pfns.length; page++) {
        if (machine.space(0).entry(page) == 0 && folios().isAllocated(pfns[page]) && folios().mapcount(pfns[page]) > 0) {
          assertThat(machine.space(0).isLocked(page)).as("page %d", page).isTrue();
          between++;
        }
      }
    }
    assertThat(between).isPositive();
    assertThat(machine.space(0).arePageTablesFree()).isTrue();
  }

  /**
   * By hand: a gather has room for 19 batches of 510 folios, which is less than 19 page tables of 512. So of 24 the first 19 are unmapped
   * before any page is let go of, and the others after those.
   */
  @Test
  void whatWasUnmappedIsHeldUntilTheGatherIsFullOrTheRangeOver() {
    build(31);
    finish(0, Programs.write(0, 0, MAPPED));
    int[] pfns = pfns(MAPPED);
    begin(0, munmap(MAPPED));
    TreeSet<Integer> unmappedWhenFreeing = new TreeSet<>();
    int freedBefore = 0;
    while (!allEnded(2)) {
      host.runUntil(host.nowNanos() + window);
      int unmapped = (int) IntStream.range(0, MAPPED).filter(page -> machine.space(0).entry(page) == 0).count();
      int freed = (int) IntStream.of(pfns).filter(pfn -> !folios().isAllocated(pfn)).count();
      if (freed > freedBefore) {
        unmappedWhenFreeing.add(unmapped);
        freedBefore = freed;
      }
    }
    assertThat(unmappedWhenFreeing).containsExactly(19 * BLOCK, MAPPED);
    assertThat(freedBefore).isEqualTo(MAPPED);
  }

  private int[] pfns(int pages) {
    return IntStream.range(0, pages).map(page -> Pte.pfn(machine.space(0).entry(page))).toArray();
  }

  private static TaskProgram munmap(int pages) {
    return new OneCall("munmap", () -> new Unmap(Unmap.Reason.MUNMAP, 0, 0, pages));
  }
}
