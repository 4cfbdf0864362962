package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/** A file on a device that does one thing at a time, 8 ms and 40 us a page; the first pages of a machine are CMA. */
class ReadsUnderWayTest {
  private static final long SEEK_NANOS = 8_000_000;
  private static final long PAGE_NANOS = 40_000;
  /** What all of a run takes beside the device, by far. */
  private static final long REST_NANOS = 500_000;
  private static final int CMA_PAGES = 48 << 8;

  private Machine machine;
  private Host host;
  private MachineChecks checks;

  private void build(int batchCapacity, MigratePasses passes) {
    KernelVariant variant = new KernelVariant("A", batchCapacity, batchCapacity, false, true, false, new DrainRules.LruFlag(), false, false,
        true, false, false, passes, MigrateDrain.MLOCKED, 2, false, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
    MachineConfig config = MachineConfig.uniform(1, 4, 64L << 20, 48L << 20, 0);
    SwapSpec device = new SwapSpec(SwapSpec.Kind.SSD, 0, PAGE_NANOS, PAGE_NANOS, SEEK_NANOS, 1, 128, true, List.of());
    machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), 1, List.of(), List.of(new FileSpec(0, 64)), false, 512, 0,
        new ReclaimSpec(List.of(), device, 60, true)));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, CheckLevel.FULL);
  }

  private void begin(int cpu, long afterNanos, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + afterNanos, program);
  }

  private void finish(TaskProgram program) {
    begin(0, 1_000, program);
    host.runUntil(Long.MAX_VALUE);
  }

  private static TaskProgram read(int first, int pages) {
    return Programs.fileAccess(0, first, pages, false);
  }

  private int[] pfns(int first, int pages) {
    return IntStream.range(first, first + pages).map(machine.file(0)::pfn).toArray();
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  private TaskEnd ended(int cpu) {
    return machine.observer().taskEnds().stream().filter(end -> end.cpu() == cpu).reduce((first, last) -> last).orElseThrow();
  }

  private void end() {
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(machine.node(0).readsUnderWay()).isZero();
  }

  @Test
  void whoWantsWhatIsBeingReadWaitsForItAndReadsNothing() {
    build(31, MigratePasses.ASYNC3_SYNC7);
    begin(0, 1_000, read(0, 32));
    begin(1, 51_000, read(0, 32));
    end();
    assertThat(count(VmCounter.FILE_PAGES_READ)).isEqualTo(32);
    assertThat(count(VmCounter.FILE_READ_WAITS)).isEqualTo(2);
    assertThat(count(VmCounter.FILE_READ_WAITS_HELD)).isZero();
    for (int cpu = 0; cpu < 2; cpu++) {
      assertThat(ended(cpu).endNanos()).isBetween(SEEK_NANOS + 32 * PAGE_NANOS, SEEK_NANOS + 32 * PAGE_NANOS + REST_NANOS);
    }
  }

  /**
   * Pages 8 to 15 are there; a read of 0 to 31 submits 0 to 7 and 16 to 31, waits for page 0 with nothing in hand, and for page 16 with
   * what its folio batch has before it: 0 to 15 of 31, page 15 alone of 15, as the batch before that is copied by then.
   */
  @ParameterizedTest
  @CsvSource({"31, 16", "15, 1"})
  void whatComesBeforeItInTheFolioBatchStaysHeld(int capacity, int held) {
    build(capacity, MigratePasses.ASYNC3_SYNC7);
    finish(read(8, 8));
    finish(Programs.drainAll());
    long waits = count(VmCounter.FILE_READ_WAITS);
    long begun = host.nowNanos();
    begin(1, 1_000, read(0, 32));
    // The first run is read, the second half.
    host.runUntil(begun + 2 * SEEK_NANOS + 16 * PAGE_NANOS);
    for (int page = 0; page < 32; page++) {
      boolean inHand = page < 16 && page >= 16 - held;
      int queued = queued(machine.file(0).pfn(page));
      assertThat(machine.node(0).folios().refcount(machine.file(0).pfn(page))).as("page " + page)
          .isEqualTo(1 + queued + (inHand ? 1 : 0));
    }
    end();
    assertThat(count(VmCounter.FILE_READ_WAITS) - waits).isEqualTo(2);
    assertThat(count(VmCounter.FILE_READ_WAITS_HELD)).isEqualTo(held);
  }

  private int queued(int pfn) {
    int entries = 0;
    for (BatchKind kind : BatchKind.values()) {
      for (int cpu = 0; cpu < 4; cpu++) {
        entries += (int) IntStream.of(machine.cpu(cpu).batches().entries(kind)).filter(entry -> entry == pfn).count();
      }
    }
    return entries;
  }

  /**
   * CPU 1 reads pages 8 to 15, CPU 2 holds 0 to 7 and waits for page 8; cma_alloc() wants all of them. The eight are refused three times in
   * any kernel. Then 6.12 tries each by itself seven times, all late; 6.1 goes round once more, late for the first time. Then comes
   * page 8: its lock is waited for, and when it is to be had CPU 2 lets go.
   */
  @ParameterizedTest
  @CsvSource({"ASYNC3_SYNC7, 56", "TEN, 8"})
  void migrationWaitsForTheLockAndWhoeverHoldsMoreLetsGoMeanwhile(MigratePasses passes, int late) {
    build(31, passes);
    finish(read(0, 8));
    begin(1, 1_000, read(8, 8));
    begin(2, 51_000, read(0, 16));
    begin(3, 151_000, Programs.cmaAlloc(0, 0, CMA_PAGES, 1));
    host.runUntil(host.nowNanos() + 140_000);
    int[] pfns = pfns(0, 16);
    assertThat(pfns).as("the order in which the range is scanned").isSorted();
    assertThat(machine.node(0).longtermPinnable(pfns[0])).isFalse();
    end();
    assertThat(ended(3).result()).isZero();
    assertThat(ended(3).endNanos()).isGreaterThan(SEEK_NANOS + 8 * PAGE_NANOS + SEEK_NANOS + 8 * PAGE_NANOS);
    assertThat(count(VmCounter.FILE_READ_WAITS_HELD)).isEqualTo(8);
    assertThat(count(VmCounter.MIGRATE_READ_WAITS)).isEqualTo(1);
    assertThat(count(VmCounter.MIGRATE_LATE_FAILURES)).isEqualTo(late);
    assertThat(count(VmCounter.MIGRATE_UNEXPECTED_REFS)).isEqualTo(3 * 8 + late);
  }

  @Test
  void reclaimAndFadviseDoNotWaitAndTakeNothing() {
    build(31, MigratePasses.ASYNC3_SYNC7);
    begin(0, 1_000, read(0, 8));
    // CPU 0 sleeps, and nothing but the lock is in the way.
    begin(0, 501_000, Programs.drainLocal());
    begin(1, 1_001_000, Programs.fadviseDontNeed(0, 0, 8));
    host.runUntil(host.nowNanos() + 1_000_000);
    int[] pfns = pfns(0, 8);
    assertThat(machine.node(0).readsUnderWay()).isEqualTo(8);
    FolioTable folios = machine.node(0).folios();
    assertThat(IntStream.of(pfns)).allMatch(pfn -> folios.refcount(pfn) == 1 && (folios.flags(pfn) & FolioFlags.LRU) != 0);
    begin(2, 501_000, FolioPrograms.pageOut(pfns));
    host.runUntil(host.nowNanos() + 2_000_000);
    assertThat(ended(1).result()).as("what was passed by does not count as held").isZero();
    assertThat(ended(2).result()).isZero();
    assertThat(count(VmCounter.LRU_ADD_DRAIN_ALL)).isZero();
    assertThat(pfns(0, 8)).isEqualTo(pfns);
    end();
    finish(Programs.fadviseDontNeed(0, 0, 8));
    assertThat(pfns(0, 8)).containsOnly(0);
  }

  @Test
  void aMigrationOfWhatIsReadTakesAsLongAndFindsNobody() {
    build(31, MigratePasses.ASYNC3_SYNC7);
    begin(0, 1_000, read(0, 8));
    host.runUntil(host.nowNanos() + 1_000_000);
    int[] before = pfns(0, 8);
    begin(1, 1_000, FolioPrograms.migrate(before));
    end();
    assertThat(ended(1).result()).isZero();
    assertThat(ended(1).endNanos()).isBetween(SEEK_NANOS + 8 * PAGE_NANOS, SEEK_NANOS + 8 * PAGE_NANOS + REST_NANOS);
    assertThat(count(VmCounter.MIGRATE_READ_WAITS)).isEqualTo(1);
    assertThat(count(VmCounter.MIGRATE_LATE_FAILURES)).isZero();
    int[] after = pfns(0, 8);
    assertThat(IntStream.range(0, 8).filter(page -> after[page] == before[page])).as("pages that stayed").isEmpty();
  }
}
