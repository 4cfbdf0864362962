package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.RandomPrograms;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.swap.SwapSpec;

/** Memory cgroups below each other: whose limit it is decides from whom is reclaimed, and among whom the OOM killer chooses. */
class MemcgHierarchyTest {
  private static final long MIB = 1L << 20;
  private static final int PAGES = 2048;
  private static final int WALK = 512;
  private static final long MILLI = 1_000_000;
  private static final long MUCH = 100_000;
  /** Cgroups 3 and 4 are below 1, 5 is below 4; 2 stands alone. */
  private static final List<Integer> PARENTS = List.of(0, 0, 1, 1, 4);

  private Machine machine;
  private Host host;
  private final List<SpaceSpec> spaces = new ArrayList<>();

  private void machine(List<Long> limits, SwapSpec swap, boolean mglru, long seed) {
    MachineConfig config = MachineConfig.uniform(1, 4, 64 * MIB, 0, 0);
    machine = new Machine(new MachineSpec(config, OverlappingOperations.LINUX_6_1, CostModel.defaults(), seed, spaces, List.of(),
        mglru, WALK, 0, new ReclaimSpec(limits, PARENTS, swap, 60, false, CompactionSpec.DEFAULT, false)));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
  }

  private void space(int memcg) {
    spaces.add(new SpaceSpec(0, PAGES, List.of(Vma.anonymous(0, PAGES, false)), memcg));
  }

  private void run() {
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
  }

  private long swapped(int space) {
    long[] count = {0};
    machine.space(space).forEachEntry((page, entry) -> count[0] += Pte.swap(entry) ? 1 : 0);
    return count[0];
  }

  /**
   * 600 pages of 3, then of 2, then 900 of 5: together 2,100, of which 1,500 below 1, whose limit is 1,000. So at least 500 are swapped
   * out, of 3 and 5 alone, though neither is near its own limit.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLimitIsReclaimedFromAllBelowIt(boolean mglru) {
    space(3);
    space(2);
    space(5);
    machine(List.of(1000L, MUCH, MUCH, MUCH, MUCH), SwapSpec.zram(4096), mglru, 1);
    machine.start(host, 0, 0, Programs.write(0, 0, 600));
    machine.start(host, 1, 20 * MILLI, Programs.write(1, 0, 600));
    machine.start(host, 2, 40 * MILLI, Programs.write(2, 0, 900));
    run();

    assertThat(machine.observer().taskEnds()).hasSize(3).allMatch(end -> end.result() == 0);
    assertThat(swapped(1)).isZero();
    assertThat(swapped(0)).isPositive();
    assertThat(swapped(0) + swapped(2)).isGreaterThanOrEqualTo(500);
    assertThat(machine.memcg(1).mostPages(1)).isLessThanOrEqualTo(1000);
    assertThat(machine.memcg(1).usedPages(1)).isEqualTo(machine.memcg(1).usedPages(3) + machine.memcg(1).usedPages(4));
    assertThat(machine.memcg(1).usedPages(4)).isEqualTo(machine.memcg(1).usedPages(5)).isPositive();
    assertThat(machine.counters().get(VmCounter.MEMCG_OOM)).isZero();
  }

  /** The limit of 4 is in the way, so 3 keeps all that it has. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLimitBelowLeavesTheSiblingsAlone(boolean mglru) {
    space(3);
    space(5);
    machine(List.of(3000L, MUCH, MUCH, 500L, MUCH), SwapSpec.zram(4096), mglru, 1);
    machine.start(host, 0, 0, Programs.write(0, 0, 1500));
    machine.start(host, 2, 40 * MILLI, Programs.write(1, 0, 1200));
    run();

    assertThat(swapped(0)).isZero();
    assertThat(swapped(1)).isGreaterThanOrEqualTo(700);
    assertThat(machine.memcg(1).mostPages(4)).isLessThanOrEqualTo(500);
  }

  /**
   * The largest of all is in 2 and the largest below 1 is in 3, so without swap a limit of 1 takes the one in 3, and one of 4 the
   * only one below that.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theOomKillerChoosesAmongThoseBelowTheLimit(boolean ofOuter) {
    space(2);
    space(3);
    space(5);
    machine(List.of(ofOuter ? 1200L : MUCH, MUCH, MUCH, ofOuter ? MUCH : 400L, MUCH), SwapSpec.NONE, false, 1);
    machine.start(host, 0, 0, Programs.write(0, 0, 2000));
    machine.start(host, 1, 20 * MILLI, Programs.write(1, 0, 800));
    machine.start(host, 2, 40 * MILLI, Programs.write(2, 0, 700));
    run();

    assertThat(machine.observer().oomKills()).hasSize(1);
    assertThat(machine.observer().oomKills().getFirst().memcg()).isEqualTo(ofOuter ? 1 : 4);
    assertThat(machine.observer().oomKills().getFirst().victim()).isEqualTo(ofOuter ? 1 : 2);
    assertThat(machine.observer().oomKills().getFirst().totalPages()).isEqualTo(ofOuter ? 1200 : 400);
  }

  static Stream<Arguments> runs() {
    return Stream.of(1L, 2L, 3L, 4L, 5L, 6L).map(seed -> Arguments.of(seed, seed % 2 == 0, seed % 3 == 0));
  }

  /** Operations of all kinds at the same time, with limits at every level: all charges are accounted for at each of them. */
  @ParameterizedTest
  @MethodSource("runs")
  void nothingIsViolated(long seed, boolean mglru, boolean ssd) {
    for (int memcg = 1; memcg <= 5; memcg++) {
      spaces.add(new SpaceSpec(0, PAGES, List.of(Vma.anonymous(0, WALK, false), Vma.anonymous(WALK, WALK, false),
          Vma.anonymous(2 * WALK, WALK, false), Vma.anonymous(3 * WALK, WALK, true)), memcg, 0));
    }
    machine(List.of(2200L, 700L, 900L, 1300L, 800L),
        ssd ? new SwapSpec(SwapSpec.Kind.SSD, 8 * PAGES, 90_000, 150_000, 2, 24, List.of()) : SwapSpec.zram(8 * PAGES), mglru, seed);
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    Random random = new Random(seed);
    for (int operation = 0; operation < 120; operation++) {
      int space = random.nextInt(5);
      machine.start(host, random.nextInt(4), 1_000L * random.nextInt(6_000), random.nextInt(6) == 0
          ? Programs.memoryReclaim(1 + space, 1 + random.nextInt(200))
          : RandomPrograms.any(random, space, random.nextInt(PAGES - 300), 1 + random.nextInt(300)));
    }
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());

    assertThat(machine.read(id -> true).liveTasks()).isEmpty();
    assertThat(machine.counters().get(VmCounter.PSWPOUT)).isPositive();
    for (int memcg = 1; memcg <= 5; memcg++) {
      assertThat(machine.memcg(memcg).mostPages(memcg)).isLessThanOrEqualTo(machine.spec().reclaim().limitPages().get(memcg - 1));
    }
  }
}
