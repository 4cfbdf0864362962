package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs.OneCall;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/** Rounds under lru_lock: how many a release takes, what they cost alone, and what many CPUs get done that all want it. */
class LruLockTest {
  private static final long MIB = 1L << 20;
  private static final int BLOCK = 512;
  /** Folios of a batch of a gather (MAX_GATHER_BATCH). */
  private static final int GATHER_BATCH = 510;

  private Machine machine;
  private Host host;

  private void build(int cpus, int batchCapacity, int releaseBatch, List<SpaceSpec> spaces, Map<Cost, Long> costs) {
    KernelVariant variant = new KernelVariant("x", batchCapacity, releaseBatch, false, true, true, new DrainRules.LruFlag(), false, false, true,
        false, false, MigratePasses.ASYNC3_SYNC7, MigrateDrain.MLOCKED, 2, true, FaultLock.VMA, LruCacheDisable.RCU_EXPEDITED,
        CompactionCma.ALWAYS, true);
    MachineConfig config = MachineConfig.uniform(1, cpus, 256 * MIB, 0, 0);
    machine = new Machine(new MachineSpec(config, variant, new CostModel(costs), 1, spaces, List.of(), false, BLOCK, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks.of(host, machine, CheckLevel.TOUCHED);
  }

  /** How long a program takes on an idle machine, ns. */
  private long run(int cpu, TaskProgram program) {
    machine.start(host, cpu, host.nowNanos() + 1_000, program);
    host.runUntil(Long.MAX_VALUE);
    TaskEnd end = machine.observer().taskEnds().getLast();
    return end.endNanos() - end.startNanos();
  }

  private static TaskProgram munmap(int pages) {
    return new OneCall("munmap", () -> new Unmap(Unmap.Reason.MUNMAP, 0, 0, pages));
  }

  private long count(VmCounter counter) {
    return machine.counters().get(counter);
  }

  /**
   * Pages in a row, of which CPU 1 has some in its activate batch, so that they outlive the unmap of CPU 0. The naive count goes page by
   * page, as release_pages() does, of which each batch of a gather is a call.
   */
  @ParameterizedTest
  @ValueSource(ints = {15, 31, 32})
  void anUnmapTakesAsManyRoundsAsANaiveCount(int releaseBatch) {
    Random random = new Random(releaseBatch);
    for (int trial = 0; trial < 40; trial++) {
      build(2, 31, releaseBatch, List.of(new SpaceSpec(0, BLOCK, List.of(Vma.anonymous(0, BLOCK, false)))), Map.of());
      int pages = 1 + random.nextInt(BLOCK);
      boolean[] held = new boolean[pages];
      run(0, Programs.write(0, 0, pages));
      run(0, Programs.drainLocal());
      for (int i = random.nextInt(25); i > 0; i--) {
        int page = random.nextInt(pages);
        if (!held[page]) {
          held[page] = true;
          run(1, Programs.touch(0, page, 1));
          run(1, Programs.touch(0, page, 1));
        }
      }
      run(0, munmap(pages));
      assertThat(count(VmCounter.LRU_RELEASE_ROUNDS)).as("%d pages, trial %d", pages, trial).isEqualTo(naiveRounds(held, releaseBatch));
    }
  }

  private static int naiveRounds(boolean[] held, int releaseBatch) {
    int rounds = 0;
    boolean locked = false;
    int underThisHold = 0;
    for (int page = 0; page < held.length; page++) {
      if (locked && ++underThisHold == releaseBatch || page == GATHER_BATCH) {
        locked = false;
      }
      boolean stays = held[page];
      if (!stays && !locked) {
        rounds++;
        locked = true;
        underThisHold = 0;
      }
    }
    return rounds;
  }

  /** 480 pages are 32 rounds of 15 and 15 of 32: the difference is the fixed part of 17, and nobody pays for a lock that was free. */
  @Test
  void aloneARoundCostsItsFixedPartAndNoHandover() {
    long[] nanos = new long[2];
    for (int i = 0; i < 2; i++) {
      build(2, 15, i == 0 ? 15 : 32, List.of(new SpaceSpec(0, BLOCK, List.of(Vma.anonymous(0, BLOCK, false)))), Map.of());
      run(0, Programs.write(0, 0, 480));
      nanos[i] = run(0, munmap(480));
      assertThat(count(VmCounter.LRU_LOCK_WAIT_NANOS)).isZero();
    }
    assertThat(nanos[0] - nanos[1]).isEqualTo(17 * Cost.LRU_LOCK_FIXED.nanos());
  }

  /**
   * By hand (docs/decisions/0008-cost-freeze.md): 24 CPUs fault 510 pages and unmap them, again and again, and could do far more than
   * their one lock lets through. Each round waits, so it takes 120 + 196 ns and 30 + 68 ns a page; a page goes through it twice. A set of
   * 510 pages takes 34 rounds to add with batches of 15 and 17 with 31; to release 34 of 15, 16 of 32, 17 of 31. The wait for a
   * round is the same whatever it is for, so waits go by the number of rounds.
   */
  @ParameterizedTest
  @CsvSource({"15, 32, 34, 16", "15, 15, 34, 34", "31, 31, 17, 17"})
  void aSaturatedLockLetsThroughWhatItsHoldTimesAllow(int batchCapacity, int releaseBatch, int addRounds, int releaseRounds) {
    int cpus = 24;
    List<SpaceSpec> spaces = new ArrayList<>();
    for (int cpu = 0; cpu < cpus; cpu++) {
      spaces.add(new SpaceSpec(0, 510, List.of(Vma.privateFile(0, 510))));
    }
    build(cpus, batchCapacity, releaseBatch, spaces, Map.of(Cost.FAULT_PRIVATE_FILE_PAGE, 600L));
    for (int cpu = 0; cpu < cpus; cpu++) {
      machine.start(host, cpu, 1_000 + 115_000L * cpu,
          new Load(Load.Kind.FAULT_UNMAP_PRIVATE_FILE, 1, cpu, cpu, -1, 510, 510, 0, 0, false));
    }
    long warm = 6_000_000;
    long end = 18_000_000;
    host.runUntil(warm);
    long freed = count(VmCounter.PGFREE);
    long addWait = count(VmCounter.LRU_ADD_LOCK_WAIT_NANOS);
    long releaseWait = count(VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS);
    host.runUntil(end);
    double holdOfASet = (addRounds + releaseRounds) * 316 + 2 * 510 * 98;
    double pages = 510 * (end - warm) / holdOfASet;
    assertThat((double) count(VmCounter.PGFREE) - freed).isCloseTo(pages, within(0.02 * pages));
    double toAdd = count(VmCounter.LRU_ADD_LOCK_WAIT_NANOS) - addWait;
    double toRelease = count(VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS) - releaseWait;
    assertThat(toAdd / toRelease).isCloseTo((double) addRounds / releaseRounds, within(0.1 * addRounds / releaseRounds));
  }
}
