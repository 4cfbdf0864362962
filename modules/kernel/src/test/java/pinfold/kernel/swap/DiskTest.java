package pinfold.kernel.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;

/** A disk that needs 8 ms to get anywhere and 40 us for a page, with files on it. */
class DiskTest {
  private static final long SEEK_NANOS = 8_000_000;
  private static final long PAGE_NANOS = 40_000;
  /** What all of a run takes beside the disk, by far. */
  private static final long REST_NANOS = 500_000;

  private Machine machine;

  private long nanos(boolean holdsFiles, int... readsOfPages) {
    MachineConfig config = MachineConfig.uniform(1, 2, 128L << 20, 0, 0);
    SwapSpec disk = new SwapSpec(SwapSpec.Kind.SSD, 64, PAGE_NANOS, PAGE_NANOS, SEEK_NANOS, 1, 128, holdsFiles, List.of());
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
  void filesElsewhereTakeNoTime() {
    assertThat(nanos(false, 0, 32)).isLessThan(REST_NANOS);
    assertThat(machine.counters().get(VmCounter.FILE_PAGES_READ)).isZero();
  }
}
