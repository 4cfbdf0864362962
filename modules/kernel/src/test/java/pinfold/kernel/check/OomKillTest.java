package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.Badness;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.swap.SwapSpec;

/** Whom the OOM killer takes, counted by hand, and that the others live on. */
class OomKillTest {
  private static final long MIB = 1L << 20;
  private static final int SPACE_PAGES = 1024;
  private static final long MILLI = 1_000_000;
  private static final int LIMIT = 1500;

  private final List<SpaceSpec> spaces = new ArrayList<>();
  private Machine machine;
  private Host host;

  private void space(int memcg, int oomScoreAdj) {
    spaces.add(new SpaceSpec(0, SPACE_PAGES, List.of(Vma.anonymous(0, SPACE_PAGES, false)), memcg, oomScoreAdj));
  }

  private void machine(ReclaimSpec reclaim, long memoryMib) {
    MachineConfig config = MachineConfig.uniform(1, 4, memoryMib * MIB, 0, 0);
    machine = new Machine(new MachineSpec(config, OverlappingOperations.LINUX_6_1, CostModel.defaults(), 1, spaces, List.of(), false, 512,
        0, reclaim));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
  }

  private static ReclaimSpec limited(int swapSlots) {
    return new ReclaimSpec(List.of((long) LIMIT), swapSlots == 0 ? SwapSpec.NONE : SwapSpec.zram(swapSlots), 60, false);
  }

  private void write(int cpu, long atMillis, int space, int pages) {
    machine.start(host, cpu, atMillis * MILLI, Programs.write(space, 0, pages));
  }

  private void run() {
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
  }

  private List<Long> results() {
    return machine.observer().taskEnds().stream().sorted((a, b) -> Integer.compare(a.cpu(), b.cpu())).map(TaskEnd::result).toList();
  }

  private OomKill onlyKill() {
    assertThat(machine.observer().oomKills()).hasSize(1);
    return machine.observer().oomKills().getFirst();
  }

  /**
   * 300 and 700 pages are there with one and two page tables, and the third task is at the limit before it has 500 with one. Of 1,500
   * pages a thousandth is one. So the points are 301 + adj, 702 + adj and at most 501.
   */
  @ParameterizedTest
  @CsvSource({"0, 0, 1", "401, 0, 1", "402, 0, 0", "0, -400, 2", "0, -1000, 2", "-1000, -1000, 2", "-1000, -1, 1"})
  void theTaskWithMostPointsDies(int adjOfFirst, int adjOfSecond, int victim) {
    space(1, adjOfFirst);
    space(1, adjOfSecond);
    space(1, 0);
    machine(limited(0), 64);
    write(0, 0, 0, 300);
    write(1, 10, 1, 700);
    write(2, 20, 2, 600);
    run();

    OomKill kill = onlyKill();
    assertThat(kill.victim()).isEqualTo(victim);
    assertThat(kill.cpu()).isEqualTo(2);
    assertThat(kill.totalPages()).isEqualTo(LIMIT);
    Badness first = kill.worst().stream().filter(task -> task.space() == 0).findFirst().orElseThrow();
    assertThat(first).isEqualTo(new Badness(0, 300, 0, 1, adjOfFirst, 301 + adjOfFirst));
    assertThat(machine.counters().get(VmCounter.OOM_KILL)).isOne();
    // Whoever is not killed has all its pages.
    assertThat(results().get(2)).isEqualTo(victim == 2 ? -Errno.KILLED : 0);
    assertThat(mapped(2)).isEqualTo(victim == 2 ? 0 : 600);
    assertThat(mapped(1)).isEqualTo(victim == 1 ? 0 : 700);
    assertThat(mapped(0)).isEqualTo(victim == 0 ? 0 : 300);
  }

  private long mapped(int space) {
    long[] count = {0};
    machine.space(space).forEachEntry((page, entry) -> count[0]++);
    return count[0];
  }

  /** The first task's 900 pages are half in swap by the time the slots are gone; they count all the same: 902 points against some 1,000. */
  @ParameterizedTest
  @CsvSource({"800, 1", "1024, 0"})
  void whatIsInSwapCountsAsMuchAsWhatIsInMemory(int first, int victim) {
    space(1, 0);
    space(1, 0);
    spaces.add(new SpaceSpec(0, 2 * SPACE_PAGES, List.of(Vma.anonymous(0, 2 * SPACE_PAGES, false)), 1, 0));
    machine(limited(500), 64);
    write(0, 0, 0, first);
    write(1, 10, 1, 900);
    write(2, 30, 2, 600);
    run();

    OomKill kill = onlyKill();
    Badness of = kill.worst().stream().filter(task -> task.space() == 0).findFirst().orElseThrow();
    assertThat(of.swapEntries()).isPositive();
    assertThat(of.mappedPages() + of.swapEntries()).isEqualTo(first);
    assertThat(of.points()).isEqualTo(first + (first + 511) / 512);
    assertThat(kill.totalPages()).isEqualTo(LIMIT + 500);
    assertThat(kill.victim()).isEqualTo(victim);
    assertThat(results()).containsExactly(0L, 0L, 0L);
  }

  /** oom_evaluate_task() takes the one that has as many points as the one before. */
  @Test
  void ofEqualsTheLastOneDies() {
    space(1, 0);
    space(1, 0);
    space(1, -700);
    machine(limited(0), 64);
    write(0, 0, 0, 640);
    write(1, 10, 1, 640);
    write(2, 20, 2, 600);
    run();

    assertThat(onlyKill().victim()).isOne();
  }

  /** Nobody may be killed, so the charge fails for good: a fault is tried again without end. */
  @Test
  void aCgroupOfTasksThatMayNotBeKilledHangs() {
    space(1, SpaceSpec.NEVER_KILLED);
    space(2, 0);
    machine(new ReclaimSpec(Collections.nCopies(2, 500L), SwapSpec.NONE, 60, false), 64);
    write(0, 0, 0, 600);
    write(1, 0, 1, 400);
    host.runUntil(40 * MILLI);

    assertThat(machine.observer().oomKills()).isNotEmpty().allMatch(kill -> kill.victim() < 0 && !kill.panics());
    assertThat(machine.observer().taskEnds()).hasSize(1).allMatch(end -> end.cpu() == 1 && end.result() == 0);
    assertThat(machine.read(id -> true).liveTasks()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMachineWithoutMemoryKillsTheLargestOrTheOneThatAsks(boolean killsAllocatingTask) {
    fourOf(0);
    machine(new ReclaimSpec(List.of(), List.of(), SwapSpec.NONE, 60, true, CompactionSpec.DEFAULT, killsAllocatingTask), 8);
    write(0, 0, 0, 900);
    write(1, 10, 1, 300);
    write(2, 20, 2, 1000);
    run();

    OomKill kill = onlyKill();
    assertThat(kill.memcg()).isZero();
    assertThat(kill.victim()).isEqualTo(killsAllocatingTask ? 2 : kill.worst().getFirst().space());
    assertThat(kill.victim()).isNotEqualTo(1);
    long totalPages = machine.directory().zones().stream().mapToLong(zone -> zone.managedPages()).sum();
    assertThat(kill.totalPages()).isEqualTo(totalPages);
  }

  private void fourOf(int oomScoreAdj) {
    for (int i = 0; i < 4; i++) {
      space(0, oomScoreAdj);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withNobodyToKillTheMachinePanics(boolean killsAllocatingTask) {
    fourOf(SpaceSpec.NEVER_KILLED);
    machine(new ReclaimSpec(List.of(), List.of(), SwapSpec.NONE, 60, true, CompactionSpec.DEFAULT, killsAllocatingTask), 8);
    for (int i = 0; i < 4; i++) {
      write(i, i, i, 1024);
    }

    assertThat(host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.STOPPED);
    assertThat(machine.observer().oomKills()).isNotEmpty().allMatch(OomKill::panics);
    assertThat(machine.counters().get(VmCounter.OOM_KILL)).isZero();
  }

  /** Four tasks that together want twice the memory, on two CPUs each: the others wait while one dies, and nobody dies in vain. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoeverAsksWhileAVictimDiesWaitsForIt(boolean ofMachine) {
    for (int i = 0; i < 4; i++) {
      space(ofMachine ? 0 : 1, 0);
    }
    machine(ofMachine ? new ReclaimSpec(List.of(), SwapSpec.NONE, 60, true) : limited(0), ofMachine ? 8 : 64);
    for (int i = 0; i < 4; i++) {
      write(i, 0, i, 700);
    }
    run();

    List<OomKill> kills = machine.observer().oomKills();
    assertThat(kills).isNotEmpty().hasSizeLessThan(4);
    List<Integer> victims = kills.stream().map(OomKill::victim).toList();
    assertThat(victims).doesNotHaveDuplicates();
    assertThat(results()).hasSize(4);
    for (int i = 0; i < 4; i++) {
      // One that was ready before it was taken has ended well.
      assertThat(mapped(i)).isEqualTo(victims.contains(i) ? 0 : 700);
      assertThat(results().get(i)).isIn(0L, victims.contains(i) ? -1001L : 0L);
    }
  }

  /** Its device's pins go with it. */
  @Test
  void aVictimGivesItsPinsBack() {
    space(1, 500);
    space(1, 0);
    machine(limited(0), 64);
    machine.start(host, 0, 0, Programs.inTurn(List.of(Programs.write(0, 0, 600), Programs.vfioMap(0, 0, 600))));
    write(1, 10, 1, 1000);
    run();

    assertThat(onlyKill().victim()).isZero();
    assertThat(results()).containsExactly(0L, 0L);
    assertThat(mapped(0)).isZero();
    assertThat(machine.counters().get(VmCounter.NR_FOLL_PIN_RELEASED)).isEqualTo(600);
    assertThat(machine.counters().get(VmCounter.NR_ANON_PAGES)).isEqualTo(1000);
  }
}
