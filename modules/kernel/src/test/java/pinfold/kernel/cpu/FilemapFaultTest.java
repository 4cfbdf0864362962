package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/** A mapped file of 64 pages on a device that does one thing at a time, 8 ms and 40 us a page; the first pages of a machine are CMA. */
class FilemapFaultTest {
  private static final long SEEK_NANOS = 8_000_000;
  private static final long PAGE_NANOS = 40_000;
  /** What all of a run takes beside the device, by far. */
  private static final long REST_NANOS = 500_000;
  private static final int CMA_PAGES = 48 << 8;
  private static final int PAGES = 64;

  private Machine machine;
  private Host host;
  private MachineChecks checks;

  @BeforeEach
  void build() {
    KernelVariant variant = new KernelVariant("A", 31, 31, false, true, false, new DrainRules.LruFlag(), false, false, true, false, false,
        MigratePasses.ASYNC3_SYNC7, MigrateDrain.MLOCKED, 2, false, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
    MachineConfig config = MachineConfig.uniform(1, 4, 64L << 20, 48L << 20, 0);
    SwapSpec device = new SwapSpec(SwapSpec.Kind.SSD, 0, PAGE_NANOS, PAGE_NANOS, SEEK_NANOS, 1, 128, true, List.of());
    machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), 1,
        List.of(new SpaceSpec(0, PAGES, List.of(Vma.shared(0, PAGES, 0, 0))), new SpaceSpec(0, PAGES, List.of(Vma.shared(0, PAGES, 0, 0)))),
        List.of(new FileSpec(0, PAGES)), false, 512, 0, new ReclaimSpec(List.of(), device, 60, true)));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, CheckLevel.FULL);
  }

  private void begin(int cpu, long afterNanos, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + afterNanos, program);
  }

  private void end() {
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(machine.node(0).readsUnderWay()).isZero();
    assertThat(machine.node(0).waitingForReads()).isZero();
  }

  private void finish(TaskProgram program) {
    begin(0, 1_000, program);
    end();
  }

  private int[] pfns(int first, int pages) {
    return IntStream.range(first, first + pages).map(machine.file(0)::pfn).toArray();
  }

  private int[] mapped(int space) {
    return IntStream.range(0, PAGES).filter(page -> Pte.present(machine.space(space).entry(page))).toArray();
  }

  private static int[] range(int first, int end) {
    return IntStream.range(first, end).toArray();
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  private TaskEnd ended(int cpu) {
    return machine.observer().taskEnds().stream().filter(end -> end.cpu() == cpu).reduce((first, last) -> last).orElseThrow();
  }

  /** Page 20 is missing: 4 to 35 are read, and of these the fault maps the 16 around it. What follows costs no read. */
  @Test
  void aFaultReadsThirtyTwoPagesAroundAndMapsSixteen() {
    finish(Programs.readMapped(0, 20, 1));
    assertThat(count(VmCounter.FILE_PAGES_READ)).isEqualTo(32);
    assertThat(count(VmCounter.FILE_FAULT_WAITS)).isEqualTo(1);
    assertThat(ended(0).endNanos()).isBetween(SEEK_NANOS + 32 * PAGE_NANOS, SEEK_NANOS + 32 * PAGE_NANOS + REST_NANOS);
    assertThat(mapped(0)).isEqualTo(range(16, 32));
    finish(Programs.readMapped(0, 20, 16));
    assertThat(mapped(0)).isEqualTo(range(16, 36));
    finish(Programs.readMapped(1, 4, 2));
    assertThat(mapped(1)).isEqualTo(range(4, 16));
    assertThat(count(VmCounter.FILE_PAGES_READ)).isEqualTo(32);
    assertThat(count(VmCounter.PGFAULT)).isEqualTo(3);
    finish(Programs.munmap(0, 0, PAGES));
    assertThat(mapped(0)).isEmpty();
    finish(Programs.fadviseDontNeed(0, 0, PAGES));
    assertThat(pfns(0, PAGES)).as("what space 1 maps stays").containsOnly(IntStream.concat(IntStream.of(0),
        IntStream.of(pfns(4, 12))).toArray());
  }

  /**
   * CPU 1 reads pages 8 to 15, CPU 2 faults page 8 or writes to it, and cma_alloc() wants all of it. If CPU 2 is first in line it has the
   * lock first, and has let go when the migration has it. If it is second, all seven attempts of the migration find its reference.
   */
  @ParameterizedTest
  @CsvSource({"51000, false, 0", "51000, true, 0", "4000000, false, 7", "4000000, true, 7"})
  void whoWantsTheLockIsInTheWayOfAMigrationThatWaitedForItBefore(long afterNanos, boolean writes, int late) {
    begin(1, 1_000, Programs.fileAccess(0, 8, 8, false));
    begin(2, afterNanos, writes ? Programs.fileWrite(0, 8, 1) : Programs.readMapped(0, 8, 1));
    begin(3, 151_000, Programs.cmaAlloc(0, 0, CMA_PAGES, 1));
    host.runUntil(140_000);
    int[] before = pfns(8, 8);
    assertThat(before).isSorted();
    assertThat(machine.node(0).longtermPinnable(before[0])).isFalse();
    end();
    assertThat(count(VmCounter.FILE_FAULT_WAITS)).isEqualTo(writes ? 0 : 1);
    assertThat(count(VmCounter.NR_DIRTIED)).isEqualTo(writes ? 1 : 0);
    assertThat(count(VmCounter.MIGRATE_READ_WAITS)).isEqualTo(1);
    assertThat(count(VmCounter.MIGRATE_LATE_FAILURES)).isEqualTo(late);
    assertThat(count(VmCounter.MIGRATE_UNEXPECTED_REFS)).isEqualTo(late);
    assertThat(ended(2).result()).isZero();
  }

  /** Code that was used becomes active; what was not is unmapped in both spaces and freed. */
  @Test
  void reclaimUnmapsWhatWasNotAccessed() {
    finish(Programs.readMapped(0, 0, 16));
    finish(Programs.readMapped(1, 0, 16));
    finish(Programs.drainAll());
    long activated = count(VmCounter.PGACTIVATE);
    finish(FolioPrograms.pageOut(pfns(0, 16)));
    assertThat(ended(0).result()).isZero();
    assertThat(count(VmCounter.PGACTIVATE) - activated).isEqualTo(16);
    finish(FolioPrograms.pageOut(pfns(0, 16)));
    assertThat(ended(0).result()).isEqualTo(16);
    assertThat(mapped(0)).isEmpty();
    assertThat(mapped(1)).isEmpty();
    assertThat(pfns(0, 16)).containsOnly(0);
  }

  /** What is clean and mapped is dropped by cma_alloc(), and comes back from the device. */
  @Test
  void allocationsOfCmaDropWhatIsMapped() {
    finish(Programs.readMapped(0, 0, 16));
    finish(Programs.drainAll());
    assertThat(machine.node(0).longtermPinnable(pfns(0, 1)[0])).isFalse();
    long read = count(VmCounter.FILE_PAGES_READ);
    finish(Programs.cmaAlloc(0, 0, CMA_PAGES, 1));
    assertThat(ended(0).result()).isZero();
    assertThat(mapped(0)).isEmpty();
    finish(Programs.readMapped(0, 0, 16));
    assertThat(mapped(0)).isEqualTo(range(0, 16));
    assertThat(count(VmCounter.FILE_PAGES_READ) - read).isPositive();
  }
}
