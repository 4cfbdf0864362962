package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;

/** A disk that needs 8 ms to get anywhere and 40 us for a page, with files on it. */
class DiskTest {
  private static final long SEEK_NANOS = 8_000_000;
  private static final long PAGE_NANOS = 40_000;
  /** What all of a run takes beside the disk, by far. */
  private static final long REST_NANOS = 500_000;

  private Machine machine;

  private long nanos(boolean holdsFiles, int... readsOfPages) {
    return nanos(false, holdsFiles, readsOfPages);
  }

  private long nanos(boolean elevator, boolean holdsFiles, int... readsOfPages) {
    MachineConfig config = MachineConfig.uniform(1, 2, 128L << 20, 0, 0);
    SwapSpec disk = new SwapSpec(SwapSpec.Kind.SSD, 64, PAGE_NANOS, PAGE_NANOS, SEEK_NANOS, 1, 128, holdsFiles, List.of());
    disk = elevator ? disk.withElevator() : disk;
    machine = new Machine(new MachineSpec(config, WritebackTest.A, CostModel.defaults(), 1, List.of(), List.of(new FileSpec(0, 256)),
        false, 512, 0, new ReclaimSpec(List.of(), disk, 60, true)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    List<TaskProgram> reads = new ArrayList<>();
    for (int i = 0; i < readsOfPages.length; i += 2) {
      reads.add(Programs.fileAccess(0, readsOfPages[i], readsOfPages[i + 1], false));
    }
    machine.start(host, 0, 0, Programs.inTurn(reads));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    return machine.observer().taskEnds().getFirst().endNanos();
  }

  @Test
  void neighbouringPagesAreOneSeek() {
    // 32 pages: 8 + 32 x 0.04 = 9.28 ms. What is in the page cache is not read again.
    assertThat(nanos(true, 0, 32, 0, 32)).isBetween(SEEK_NANOS + 32 * PAGE_NANOS, SEEK_NANOS + 32 * PAGE_NANOS + REST_NANOS);
    assertThat(machine.counters().get(VmCounter.FILE_PAGES_READ)).isEqualTo(32);
  }

  @Test
  void eachRunOfMissingPagesIsASeek() {
    // Pages 8 to 15 first, then 0 to 31 without them: three runs, of 8, 8 and 16 pages.
    assertThat(nanos(true, 8, 8, 0, 32)).isBetween(3 * SEEK_NANOS + 32 * PAGE_NANOS, 3 * SEEK_NANOS + 32 * PAGE_NANOS + REST_NANOS);
  }

  @Test
  void withAnElevatorNotBehindTheArm() {
    // 16 to 31, where the arm is, and 0 to 7.
    assertThat(nanos(true, true, 8, 8, 0, 32)).isBetween(2 * SEEK_NANOS + 32 * PAGE_NANOS, 2 * SEEK_NANOS + 32 * PAGE_NANOS + REST_NANOS);
    // 8 to 15 and 20 to 23 first: 0 to 7, 16 to 19 and 24 to 31, of which the last begins where the arm is.
    assertThat(nanos(true, true, 8, 8, 20, 4, 0, 32))
        .isBetween(4 * SEEK_NANOS + 32 * PAGE_NANOS, 4 * SEEK_NANOS + 32 * PAGE_NANOS + REST_NANOS);
  }

  /** Two tasks swap out five pages each: slots 0 to 4 and 5 to 9. The queue has room for one request. */
  @Test
  void whoFindsTheQueueFullSleepsUntilARequestIsDone() {
    MachineConfig config = MachineConfig.uniform(1, 2, 128L << 20, 0, 0);
    SwapSpec disk = new SwapSpec(SwapSpec.Kind.SSD, 64, PAGE_NANOS, PAGE_NANOS, SEEK_NANOS, 1, 1, false, List.of()).withElevator();
    SpaceSpec space = new SpaceSpec(0, 512, List.of(Vma.anonymous(0, 512, false)), 0);
    machine = new Machine(new MachineSpec(config, WritebackTest.A, CostModel.defaults(), 1, List.of(space), List.of(), false, 512, 0,
        new ReclaimSpec(List.of(), disk, 60, true)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.FULL);
    machine.start(host, 0, 1_000,
        Programs.inTurn(List.of(Programs.write(0, 0, 10), Programs.madviseCold(0, 0, 10), Programs.drainLocal())));
    host.runUntil(Long.MAX_VALUE);
    int[] pfns = IntStream.range(0, 10).map(page -> Pte.pfn(machine.space(0).entry(page))).toArray();
    long begin = host.nowNanos() + 1_000;
    machine.start(host, 0, begin, FolioPrograms.pageOut(Arrays.copyOfRange(pfns, 0, 5)));
    machine.start(host, 1, begin + 50_000, FolioPrograms.pageOut(Arrays.copyOfRange(pfns, 5, 10)));
    host.runUntil(begin + 150_000);
    assertThat(machine.counters().get(VmCounter.NR_WRITEBACK)).isEqualTo(10);
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(machine.counters().get(VmCounter.PSWPOUT)).isEqualTo(10);
    assertThat(machine.counters().get(VmCounter.NR_WRITEBACK)).isZero();
    assertThat(machine.counters().get(VmCounter.SWAP_QUEUE_FULL)).isEqualTo(1);
    // Until the first request is done, which takes 0.2 ms (the arm is at slot 0 to begin with) and began 0.05 ms before.
    assertThat(machine.counters().get(VmCounter.SWAP_QUEUE_WAIT_NANOS)).isBetween(5 * PAGE_NANOS - 60_000, 5 * PAGE_NANOS - 40_000);
    machine.start(host, 0, host.nowNanos() + 1_000, Programs.inTurn(List.of(Programs.drainAll(), FolioPrograms.pageOut(pfns))));
    host.runUntil(Long.MAX_VALUE);
    // It is free now. And back again: what was written is at the slots behind each other, one seek to slot 0.
    begin = host.nowNanos() + 1_000;
    machine.start(host, 0, begin, Programs.write(0, 0, 8));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(host.nowNanos() - begin).isBetween(SEEK_NANOS + 8 * PAGE_NANOS, SEEK_NANOS + 8 * PAGE_NANOS + REST_NANOS);
  }

  @Test
  void filesElsewhereTakeNoTime() {
    assertThat(nanos(false, 0, 32)).isLessThan(REST_NANOS);
    assertThat(machine.counters().get(VmCounter.FILE_PAGES_READ)).isZero();
  }
}
