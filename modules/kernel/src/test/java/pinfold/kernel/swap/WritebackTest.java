package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.InvariantViolation;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioFlags;
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

/** Ten pages and an SSD that works on two requests at a time, 100 us each, and has room for four. */
class WritebackTest {
  static final KernelVariant A = new KernelVariant("A", 31, 31, false, true, false, new DrainRules.LruFlag(), false, false,
      true, false, false, MigratePasses.ASYNC3_SYNC7, MigrateDrain.MLOCKED, 2, false, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
      CompactionCma.ALWAYS, true);
  private static final int PAGES = 10;
  private static final long WRITE_NANOS = 100_000;
  private static final long READ_NANOS = 70_000;

  private Machine machine;
  private FolioTable folios;
  private Host host;
  private MachineChecks checks;
  private int[] pfns;

  private void build(List<Integer> interruptCpus) {
    build(interruptCpus, false, PAGES);
  }

  private void build(List<Integer> interruptCpus, boolean mglru, int pages) {
    MachineConfig config = MachineConfig.uniform(1, 2, 128L << 20, 0, 0);
    SwapSpec ssd = new SwapSpec(SwapSpec.Kind.SSD, 64, READ_NANOS, WRITE_NANOS, 2, 4, interruptCpus);
    SpaceSpec space = new SpaceSpec(0, 512, List.of(Vma.anonymous(0, 512, false)), 1);
    machine = new Machine(new MachineSpec(config, A, CostModel.defaults(), 1, List.of(space), List.of(), mglru, 512, 0,
        new ReclaimSpec(List.of(400L), ssd, 60, false)));
    folios = machine.node(0).folios();
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, CheckLevel.FULL);
    call(0, Programs.write(0, 0, pages));
    call(0, Programs.madviseCold(0, 0, pages));
    call(0, Programs.drainLocal());
    pfns = IntStream.range(0, pages).map(page -> Pte.pfn(machine.space(0).entry(page))).toArray();
  }

  private void call(int cpu, TaskProgram program) {
    begin(cpu, program);
    host.runUntil(Long.MAX_VALUE);
  }

  private void begin(int cpu, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + 1_000, program);
  }

  private void runFor(long nanos) {
    host.runUntil(host.nowNanos() + nanos);
  }

  private long with(int flag) {
    return IntStream.of(pfns).filter(pfn -> folios.isAllocated(pfn) && folios.has(pfn, flag)).count();
  }

  private int rotating(int cpu) {
    return machine.cpu(cpu).batches().count(BatchKind.MOVE_TAIL);
  }

  private TaskEnd last() {
    return machine.observer().taskEnds().getLast();
  }

  @Test
  void theCpuThatAskedIsInterruptedAndTheTaskSleepsWhileTheQueueIsFull() {
    build(List.of());
    begin(1, FolioPrograms.pageOut(pfns));
    runFor(50_000);
    assertThat(with(FolioFlags.WRITEBACK)).isEqualTo(PAGES);
    assertThat(machine.counters().get(VmCounter.NR_WRITEBACK)).isEqualTo(PAGES);
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    // Two are done every 100 us; the tenth is accepted when the sixth is done.
    assertThat(machine.counters().get(VmCounter.SWAP_QUEUE_FULL)).isEqualTo(1);
    assertThat(machine.counters().get(VmCounter.SWAP_QUEUE_WAIT_NANOS)).isBetween(3 * WRITE_NANOS, 3 * WRITE_NANOS + 5_000);
    assertThat(with(FolioFlags.WRITEBACK)).isZero();
    // What was written before the task could put its folios back was still isolated, so it could not be rotated: six of ten.
    assertThat(rotating(1)).isEqualTo(4);
    assertThat(rotating(0)).isZero();
  }

  @Test
  void orThoseThatTheDeviceHasForIt() {
    build(List.of(0));
    call(1, FolioPrograms.pageOut(pfns));
    // The fifth and sixth are done when the tenth is accepted: here no interrupt keeps the task from putting them back in time.
    assertThat(rotating(0)).isEqualTo(6);
    assertThat(rotating(1)).isZero();
    checks.finish(host.nowNanos());
  }

  @Test
  void whatIsUnderWritebackOutlivesItsProcessUntilReclaimFindsIt() {
    build(List.of());
    begin(1, FolioPrograms.pageOut(pfns));
    runFor(350_000);
    call(0, Programs.madviseDontNeed(0, 0, PAGES));
    // Three rounds of two were written before the process let go of them; the others stay, with their slots.
    assertThat(with(FolioFlags.SWAPCACHE)).isEqualTo(PAGES - 6);
    assertThat(machine.swap().used()).isEqualTo(PAGES - 6);
    call(1, Programs.drainLocal());
    // The process may use the same pages again meanwhile.
    call(0, Programs.write(0, 0, PAGES));
    checks.finish(host.nowNanos());
    call(0, FolioPrograms.pageOut(IntStream.of(pfns).filter(pfn -> folios.isAllocated(pfn) && folios.has(pfn, FolioFlags.SWAPCACHE))
        .toArray()));
    assertThat(machine.swap().used()).isZero();
    checks.finish(host.nowNanos());
  }

  /** The same for one that was mapped again before its process let go of it. */
  @Test
  void soDoesWhatWasMappedAgain() {
    build(List.of());
    begin(1, FolioPrograms.pageOut(pfns));
    runFor(350_000);
    begin(0, Programs.write(0, 9, 1));
    begin(0, Programs.madviseDontNeed(0, 9, 1));
    runFor(30_000);
    assertThat(folios.has(pfns[9], FolioFlags.WRITEBACK) && folios.has(pfns[9], FolioFlags.SWAPCACHE)).isTrue();
    assertThat(machine.space(0).entry(9)).isZero();
    assertThat(machine.swap().orphanSlot(pfns[9])).isNotNegative();
    host.runUntil(Long.MAX_VALUE);
    call(1, Programs.drainLocal());
    checks.finish(host.nowNanos());
    call(0, FolioPrograms.pageOut(new int[] {pfns[9]}));
    assertThat(machine.swap().orphanSlot(pfns[9])).isNegative();
    checks.finish(host.nowNanos());
  }

  /**
   * MGLRU takes all of 40 folios at once; 36 of their writes must be done before the last is accepted, while they are isolated. They are
   * tried once more at once, and nothing has to be scanned again.
   */
  @Test
  void whatMissedItsRotationIsTriedOnceMore() {
    build(List.of(), true, 40);
    call(1, Programs.memoryReclaim(1, 1));
    assertThat(machine.counters().get(VmCounter.PSWPOUT)).isEqualTo(40);
    assertThat(machine.counters().get(VmCounter.PGSTEAL_DIRECT)).isEqualTo(36);
    assertThat(machine.counters().get(VmCounter.PGSCAN_DIRECT)).isEqualTo(40);
    checks.finish(host.nowNanos());
  }

  @Test
  void whoReadsSleepsAndOthersRun() {
    build(List.of());
    call(1, FolioPrograms.pageOut(pfns));
    call(1, Programs.drainLocal());
    call(1, FolioPrograms.pageOut(pfns));
    assertThat(with(FolioFlags.SWAPCACHE)).isZero();
    long before = host.nowNanos();
    begin(0, Programs.write(0, 0, 2));
    begin(0, Programs.write(0, 100, 1));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    List<TaskEnd> ends = machine.observer().taskEnds();
    assertThat(ends.get(ends.size() - 2).endNanos() - before).as("the one that reads nothing").isLessThan(READ_NANOS);
    // Both pages are read at once.
    assertThat(last().endNanos() - before).isBetween(READ_NANOS, READ_NANOS + 20_000);
    assertThat(machine.counters().get(VmCounter.PSWPIN)).isEqualTo(2);
    assertThat(machine.swap().used()).isEqualTo(PAGES - 2);
  }

  @Test
  void aWriteThatNobodyKnowsOfIsFound() {
    build(List.of());
    begin(1, FolioPrograms.pageOut(pfns));
    runFor(350_000);
    folios.clear(pfns[9], FolioFlags.WRITEBACK);
    assertThat(catchThrowableOfType(InvariantViolation.class, () -> checks.finish(host.nowNanos())).getMessage())
        .contains("PG_writeback is clear, but the device has 1 writes of it");
  }

  @Test
  void aWriteThatTheDeviceDoesNotHaveIsFound() {
    build(List.of());
    folios.set(pfns[3], FolioFlags.WRITEBACK);
    assertThat(catchThrowableOfType(InvariantViolation.class, () -> checks.finish(host.nowNanos())).getMessage())
        .contains("PG_writeback is set, but the device has 0 writes of it");
  }
}
