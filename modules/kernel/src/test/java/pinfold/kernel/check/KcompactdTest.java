package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.RandomPrograms;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.reclaim.ThpDefrag;
import pinfold.kernel.swap.SwapSpec;

/**
 * Two CPUs fault, drop, lock and pin small pages and 2 MiB of two address spaces on nodes that are too small, a third reads a file, and
 * kswapd and kcompactd run beside them: every invariant holds, every task ends, and who stalls is as defrag says.
 */
class KcompactdTest {
  private static final long MIB = 1L << 20;
  private static final int PART = 512;
  private static final int THPS = 6;
  private static final int SMALL = 4 * PART;
  private static final int FILE = 12 * PART;
  private static final int READ = 128;
  private static final int ROUNDS = 40;

  private Machine machine;
  private long wakes;

  static Stream<Arguments> cases() {
    return Stream.of(ThpDefrag.values()).flatMap(defrag -> Stream.of(true, false).map(madvised -> Arguments.of(defrag, madvised)));
  }

  private void run(CompactionSpec compaction, boolean mglru, int nodes, long seed, CheckLevel level, int windows) {
    MachineConfig config = MachineConfig.uniform(nodes, 4 / nodes, 24 / nodes * MIB, 8 / nodes * MIB, 0);
    int pages = THPS * PART + SMALL;
    List<Vma> vmas = List.of(Vma.anonymous(0, THPS * PART, true), Vma.anonymous(THPS * PART, SMALL, false));
    machine = new Machine(new MachineSpec(config, BusyMachine.C2, CostModel.defaults(), seed,
        List.of(new SpaceSpec(0, pages, vmas), new SpaceSpec(nodes - 1, pages, vmas)), List.of(new FileSpec(0, FILE)), mglru, PART, 0,
        new ReclaimSpec(List.of(), SwapSpec.zram(4 * pages), 60, true).with(compaction)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos() / windows);
    MachineChecks checks = MachineChecks.of(host, machine, level);
    Random random = new Random(seed);
    List<TaskProgram> reads = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (int space = 0; space < 2; space++) {
        long at = 300_000L * round + random.nextInt(200_000);
        int thp = random.nextInt(THPS) * PART;
        machine.start(host, space, at,
            random.nextInt(3) == 0 ? Programs.madviseDontNeed(space, thp, PART) : Programs.write(space, thp, PART));
        machine.start(host, space, at + random.nextInt(100_000),
            RandomPrograms.any(random, space, THPS * PART + random.nextInt(SMALL - 200), 1 + random.nextInt(200)));
      }
      reads.add(Programs.fileAccess(0, random.nextInt(FILE - READ), READ, false));
    }
    machine.start(host, 2, 0, Programs.inTurn(reads));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    wakes += count(VmCounter.COMPACT_DAEMON_WAKE);
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsViolatedAndOnlyThoseStallThatMay(ThpDefrag defrag, boolean madvised) {
    CompactionSpec compaction = new CompactionSpec(defrag, madvised, true);
    long stalls = 0;
    long fallbacks = 0;
    for (long seed = 1; seed <= 3; seed++) {
      run(compaction, seed % 2 == 0, 1 + (int) (seed / 2 % 2), seed, CheckLevel.TOUCHED, 1);
      assertThat(machine.read(id -> true).liveTasks()).as("seed " + seed).isEmpty();
      assertThat(machine.observer().taskEnds()).as("seed " + seed).hasSize(4 * ROUNDS + 1);
      assertThat(count(VmCounter.COMPACT_DAEMON_MIGRATE_SCANNED)).isLessThanOrEqualTo(count(VmCounter.COMPACT_MIGRATE_SCANNED));
      assertThat(count(VmCounter.COMPACT_DAEMON_FREE_SCANNED)).isLessThanOrEqualTo(count(VmCounter.COMPACT_FREE_SCANNED));
      stalls += count(VmCounter.COMPACT_STALL);
      fallbacks += count(VmCounter.THP_FAULT_FALLBACK);
    }
    boolean mayStall = defrag == ThpDefrag.ALWAYS || madvised && defrag != ThpDefrag.DEFER && defrag != ThpDefrag.NEVER;
    assertThat(stalls > 0).as("compaction by faults").isEqualTo(mayStall);
    assertThat(fallbacks).isPositive();
    if (defrag == ThpDefrag.DEFER) {
      assertThat(wakes).as("kcompactd").isPositive();
    }
  }

  @Test
  void theWindowMakesNoDifference() {
    CompactionSpec compaction = new CompactionSpec(ThpDefrag.DEFER, true, true);
    for (long seed = 1; seed <= 3; seed++) {
      int nodes = 1 + (int) (seed / 2 % 2);
      run(compaction, seed % 2 == 0, nodes, seed, CheckLevel.OFF, 1);
      long digest = machine.digest();
      run(compaction, seed % 2 == 0, nodes, seed, CheckLevel.OFF, 4);
      assertThat(machine.digest()).as("seed " + seed).isEqualTo(digest);
    }
    assertThat(wakes).isPositive();
  }
}
