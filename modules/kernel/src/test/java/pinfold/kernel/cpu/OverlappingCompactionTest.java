package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.zone.CompactPriority;

/** Two CPUs compact the same zone while two others fault, unmap, lock and pin pages of it: every invariant holds and every task ends. */
class OverlappingCompactionTest {
  private static final int PAGES = 12 * 512;
  private static final int FILLED = 5_400;
  private static final int ROUNDS = 12;
  /** When memory is as it should be, ns. */
  private static final long FRAGMENTED_NANOS = 100_000_000;

  private Machine machine;
  private Host host;

  private void run(FaultLock faultLock, long seed, CheckLevel level, int windows) {
    MachineConfig config = MachineConfig.uniform(1, 4, 4L * PAGES << 10, 4L * 2 * 512 << 10, 0);
    machine = new Machine(new MachineSpec(config, MmapLockContentionTest.variant(faultLock), CostModel.defaults(), seed,
        List.of(new SpaceSpec(0, PAGES, List.of(Vma.anonymous(0, PAGES, false)))), List.of(), false, 512, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos() / windows);
    MachineChecks checks = MachineChecks.of(host, machine, level);
    Random random = new Random(seed);
    machine.start(host, 0, 1_000, Programs.inTurn(fragmented(random)));
    host.runUntil(Long.MAX_VALUE);
    assertThat(host.nowNanos()).isLessThan(FRAGMENTED_NANOS);
    machine.start(host, 0, FRAGMENTED_NANOS, new OneCall("drain_pcp", () -> new DrainPcps(0)));
    for (int round = 0; round < ROUNDS; round++) {
      for (int cpu = 0; cpu < 2; cpu++) {
        long at = FRAGMENTED_NANOS + 100_000 + 40_000L * round;
        machine.start(host, cpu, at + random.nextInt(20_000),
            Programs.compact(2 + random.nextInt(8), random.nextInt(4) == 0, CompactPriority.values()[random.nextInt(3)]));
        machine.start(host, 2 + cpu, at + random.nextInt(20_000),
            RandomPrograms.any(random, 0, random.nextInt(PAGES - 200), 1 + random.nextInt(200)));
      }
    }
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
  }

  /** Fills the zone as far as its watermark lets, and gives back runs of a few pages each, three of four pages in all. */
  private static List<TaskProgram> fragmented(Random random) {
    List<TaskProgram> calls = new ArrayList<>(List.of(Programs.write(0, 0, FILLED), Programs.drainLocal()));
    for (int page = 0; page < FILLED; ) {
      int run = 1 + random.nextInt(24);
      calls.add(Programs.madviseDontNeed(0, page, Math.min(run, FILLED - page)));
      page += run + 1 + random.nextInt(8);
    }
    return calls;
  }

  @ParameterizedTest
  @EnumSource(FaultLock.class)
  void nothingIsViolatedAndEveryTaskEnds(FaultLock faultLock) {
    long moved = 0;
    for (long seed = 1; seed <= 6; seed++) {
      run(faultLock, seed, seed <= 2 ? CheckLevel.FULL : CheckLevel.TOUCHED, 1);
      assertThat(machine.observer().taskEnds()).as("seed " + seed).hasSize(2 + 4 * ROUNDS);
      moved += machine.counters().get(VmCounter.PGMIGRATE_SUCCESS);
    }
    assertThat(moved).isGreaterThan(500);
  }

  @Test
  void theWindowMakesNoDifference() {
    run(FaultLock.VMA, 5, CheckLevel.OFF, 1);
    long digest = machine.digest();
    run(FaultLock.VMA, 5, CheckLevel.OFF, 4);
    assertThat(machine.digest()).isEqualTo(digest);
  }
}
