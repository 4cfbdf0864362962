package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.Invariants;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs.OneCall;
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

/**
 * Tasks of one address space that meet at its mmap_lock. Pages 0–511 and 512–1023 are present and in CMA; 1024–1535 are missing,
 * and so are 1536–2047, which may be huge.
 */
class MmapLockContentionTest {
  private static final long MIB = 1L << 20;
  private static final int PART = 512;

  private Machine machine;
  private Host host;
  private long start;
  private int endsBefore;

  MmapLockContentionTest() {
    build(FaultLock.VMA);
  }

  private void build(FaultLock faultLock) {
    MachineConfig config = MachineConfig.uniform(1, 4, 128 * MIB, 64 * MIB, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, PART, false), Vma.shared(PART, PART, 0, 0),
        Vma.anonymous(2 * PART, PART, false), Vma.anonymous(3 * PART, PART, true));
    machine = new Machine(new MachineSpec(config, variant(faultLock), CostModel.defaults(), 1,
        List.of(new SpaceSpec(0, 4 * PART, vmas)), List.of(new MachineSpec.FileSpec(0, PART)), false, 512, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    begin(0, 0, Programs.populate(0, 0, 2 * PART));
    finish();
    start = host.nowNanos() + 1_000;
    endsBefore = 1;
  }

  static KernelVariant variant(FaultLock faultLock) {
    return new KernelVariant("V1", 31, 31, false, true, true, new DrainRules.Always(), false, false, true, false, false,
        MigratePasses.ASYNC3_SYNC7, MigrateDrain.MLOCKED, 2, true, faultLock, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
  }

  private void begin(int cpu, long afterMicros, TaskProgram program) {
    machine.start(host, cpu, start + 1_000 * afterMicros, program);
  }

  private void finish() {
    host.runUntil(Long.MAX_VALUE);
    assertThat(machine.space(0).isMmapLockFree()).isTrue();
    assertThat(machine.space(0).waiting()).isEmpty();
  }

  /** CPUs in the order in which their tasks ended. */
  private List<Integer> ended() {
    List<TaskEnd> ends = machine.observer().taskEnds();
    ends = ends.subList(endsBefore, ends.size());
    assertThat(ends).allMatch(end -> end.result() >= 0);
    return ends.stream().sorted((a, b) -> Long.compare(a.endNanos(), b.endNanos())).map(TaskEnd::cpu).toList();
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  @Test
  void aWriterWaitsForAPinAndALaterReaderBehindTheWriter() {
    begin(0, 0, Programs.vfioMap(0, 0, PART));
    begin(1, 20, Programs.mlockOnFault(0, PART, 64));
    begin(2, 40, Programs.populate(0, PART + 100, 32));
    host.runUntil(start + 100_000);
    assertThat(machine.space(0).waiting())
        .isEqualTo("mmap_lock of mm0: held for read by cpu0 task 2, cpu1 task 1 waits for write, cpu2 task 1 waits for read");
    assertThat(machine.cpu(1).liveTasks()).hasSize(1).first().asString()
        .startsWith("mlock2-1 sleeps in [Mlock:1] for mmap_lock of mm0");
    finish();
    assertThat(ended()).containsExactly(0, 1, 2);
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isEqualTo(2);
    assertThat(count(VmCounter.MMAP_LOCK_WAIT_NANOS)).isGreaterThan(200_000);
  }

  @Test
  void readersDoNotWaitForEachOther() {
    begin(0, 0, Programs.vfioMap(0, 0, PART));
    begin(1, 20, Programs.populate(0, PART, 32));
    begin(2, 20, Programs.madviseDontNeed(0, PART + 100, 32));
    begin(3, 20, Programs.touch(0, PART + 200, 32));
    finish();
    assertThat(ended()).endsWith(0);
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isZero();
  }

  /** pin_user_pages_fast() holds the lock for its walks alone, not while it migrates. */
  @Test
  void aWriterDoesNotWaitForTheMigrationOfAnIoUringBuffer() {
    begin(0, 0, Programs.registerBuffer(0, 0, PART, false));
    begin(1, 100, Programs.mlockOnFault(0, PART, 64));
    finish();
    assertThat(ended()).containsExactly(1, 0);
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isZero();
  }

  /** Else the pin, which gives way between its calls, and the writer on its CPU would wait for each other for ever. */
  @Test
  void whoWaitsGivesTheCpuToOthers() {
    begin(0, 0, Programs.vfioMap(0, 0, 2 * PART));
    begin(1, 20, Programs.mlockOnFault(0, PART, 64));
    begin(1, 30, Programs.fileAccess(0, 0, 1, true));
    begin(0, 30, Programs.mlock(0, PART + 100, 64));
    finish();
    assertThat(ended().subList(0, 1)).containsExactly(1);
    List<TaskEnd> ends = machine.observer().taskEnds();
    assertThat(ends.get(1).task()).as("the second task of CPU 1 ends before the first").isEqualTo(2);
  }

  @Test
  void munmapWaitsLikeAWriterAndUnmapsLikeAReader() {
    TaskProgram munmap = new OneCall("munmap", () -> new Unmap(Unmap.Reason.MUNMAP, 0, PART, PART));
    begin(0, 0, munmap);
    begin(1, 10, Programs.touch(0, 0, 32));
    finish();
    assertThat(ended()).containsExactly(1, 0);
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isZero();

    build(FaultLock.VMA);
    begin(0, 0, Programs.vfioMap(0, 0, PART));
    begin(1, 20, munmap);
    finish();
    assertThat(ended()).containsExactly(0, 1);
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isEqualTo(1);
  }

  @Test
  void aFaultTakesTheLockWhereThereAreNoLocksPerVma() {
    begin(0, 0, Programs.mlockOnFault(0, 0, PART));
    begin(1, 5, Programs.write(0, 2 * PART, 8));
    finish();
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isZero();

    build(FaultLock.MMAP);
    begin(0, 0, Programs.mlockOnFault(0, 0, PART));
    begin(1, 5, Programs.write(0, 2 * PART, 8));
    begin(2, 5, Programs.write(0, PART, 8));
    finish();
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).as("the access to present pages does not fault").isEqualTo(1);
  }

  @Test
  void aFaultWaitsWhileItsVmaIsBeingChanged() {
    begin(0, 0, Programs.write(0, 2 * PART, 256));
    finish();
    start = host.nowNanos() + 1_000;
    begin(0, 0, Programs.mlockOnFault(0, 2 * PART, PART));
    begin(1, 5, Programs.write(0, 2 * PART + 300, 8));
    finish();
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).isEqualTo(1);
  }

  /** A page that a pin moves is touched every 8 us; it is on its way for some tens of them. */
  @Test
  void whoMeetsAMigrationEntrySleepsUntilThePageHasMoved() {
    int moved = 0;
    while (machine.node(0).longtermPinnable(Pte.pfn(machine.space(0).entry(moved)))) {
      moved++;
    }
    begin(0, 0, Programs.registerBuffer(0, 0, PART, false));
    for (int touch = 0; touch < PART / 8; touch++) {
      begin(1, 8 * touch, Programs.touch(0, moved, 1));
    }
    finish();
    assertThat(ended()).hasSize(1 + PART / 8);
    assertThat(count(VmCounter.MIGRATION_ENTRY_WAITS)).as("each sleeps, so that the next begins, and none twice")
        .isBetween(2L, (long) PART / 8);
  }

  /** Four CPUs do what they like to one space, several at a time: all of it ends, every page is accounted for, nobody holds the lock. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void randomOperationsOnOneSpaceAllEnd(long seed) {
    build(seed % 2 == 0 ? FaultLock.VMA : FaultLock.MMAP);
    Invariants invariants = new Invariants(machine);
    Random random = new Random(seed);
    for (int operation = 0; operation < 120; operation++) {
      int page = random.nextInt(4 * PART - 200);
      begin(random.nextInt(4), random.nextInt(4_000), RandomPrograms.harmless(random, 0, page, 1 + random.nextInt(200)));
    }
    finish();
    invariants.sweep(host.nowNanos());
    for (int cpu = 0; cpu < 4; cpu++) {
      assertThat(machine.cpu(cpu).liveTasks()).as("seed %d", seed).isEmpty();
    }
    assertThat(machine.observer().taskEnds()).as("seed %d", seed).hasSize(endsBefore + 120);
    assertThat(count(VmCounter.MMAP_LOCK_CONTENDED)).as("seed %d", seed).isPositive();
  }
}
