package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs.OneCall;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.FaultLock;

/** The first fault in 2 MiB that may be huge takes 2 MiB, however little was accessed. */
class ThpFaultTest {
  private static final long MIB = 1L << 20;
  private static final int BLOCK = 512;
  private static final int PAGES = 16 * BLOCK;

  private Machine machine;
  private Host host;
  private long result;

  private void build(Vma vma, int maxWalkPages) {
    MachineConfig config = MachineConfig.uniform(1, 2, 64 * MIB, 48 * MIB, 0);
    machine = new Machine(new MachineSpec(config, MmapLockContentionTest.variant(FaultLock.VMA),
        CostModel.defaults(), 1, List.of(new SpaceSpec(0, PAGES, List.of(vma))), List.of(), false, maxWalkPages, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks.of(host, machine, CheckLevel.FULL);
  }

  private void run(TaskProgram program) {
    machine.start(host, 0, host.nowNanos() + 1_000, program);
    host.runUntil(Long.MAX_VALUE);
    result = machine.observer().taskEnds().getLast().result();
  }

  private boolean large(int page) {
    return Pte.large(machine.space(0).entry(page));
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  @Test
  void oneWrittenPageTakesTwoMebibytes() {
    build(Vma.anonymous(0, PAGES, true), 512);
    run(Programs.write(0, BLOCK + 7, 1));
    assertThat(large(BLOCK)).isTrue();
    assertThat(machine.space(0).entry(2 * BLOCK - 1)).isEqualTo(machine.space(0).entry(BLOCK + 7));
    assertThat(large(0)).isFalse();
    assertThat(count(VmCounter.THP_FAULT_ALLOC)).isEqualTo(1);
    run(Programs.write(0, BLOCK, BLOCK));
    assertThat(count(VmCounter.PGFAULT)).as("all of it is there").isEqualTo(1);
  }

  @Test
  void aWalkOverPartsOfTwoBlocksTakesBoth() {
    build(Vma.anonymous(0, PAGES, true), 512);
    run(Programs.populate(0, BLOCK - 10, 20));
    assertThat(large(0) && large(BLOCK)).isTrue();
    assertThat(count(VmCounter.THP_FAULT_ALLOC)).isEqualTo(2);
  }

  @Test
  void pageByPageIsTheSame() {
    build(Vma.anonymous(0, PAGES, true), 1);
    run(Programs.write(0, 0, BLOCK));
    assertThat(large(0)).isTrue();
    assertThat(count(VmCounter.THP_FAULT_ALLOC)).isEqualTo(1);
  }

  /** The VMA begins in the middle of the first 2 MiB and ends in the middle of the third. */
  @Test
  void whatSticksOutOfTheVmaStaysSmall() {
    build(new Vma(BLOCK / 2, 2 * BLOCK, -1, 0, false, false, true, false), 512);
    run(Programs.write(0, BLOCK / 2, 1));
    run(Programs.write(0, 2 * BLOCK + 5, 1));
    assertThat(large(BLOCK / 2) || large(2 * BLOCK + 5)).isFalse();
    run(Programs.write(0, BLOCK + 5, 1));
    assertThat(large(BLOCK + 5)).isTrue();
  }

  /** A pin of a part that is missing takes 2 MiB outside CMA, and one pin for each page of the part. */
  @Test
  void aPinOfAPartPinsItsPagesOnly() {
    build(Vma.anonymous(0, PAGES, true), 512);
    run(Programs.vfioMap(0, 100, 5));
    assertThat(result).isZero();
    assertThat(large(100)).isTrue();
    assertThat(machine.node(0).folios().pins(Pte.pfn(machine.space(0).entry(100)))).isEqualTo(5);
    assertThat(count(VmCounter.NR_FOLL_PIN_ACQUIRED)).isEqualTo(5);
  }

  /** MADV_DONTNEED leaves an empty page table behind, munmap() does not. The pages are small as the VMA was in two parts. */
  @Test
  void smallPagesStaySmallUntilTheirTableIsGone() {
    build(Vma.anonymous(0, PAGES, true), 512);
    run(Programs.mlockOnFault(0, 0, BLOCK / 2));
    run(Programs.write(0, BLOCK / 2, 3));
    assertThat(large(BLOCK / 2)).isFalse();
    run(Programs.munlock(0, 0, BLOCK / 2));
    run(Programs.madviseDontNeed(0, 0, BLOCK));
    run(Programs.write(0, 0, 1));
    assertThat(large(0)).isFalse();
    run(new OneCall("munmap", () -> new Unmap(Unmap.Reason.MUNMAP, 0, 0, BLOCK)));
    run(Programs.write(0, 0, 1));
    assertThat(large(0)).isTrue();
  }
}
