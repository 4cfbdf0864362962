package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.FaultLock;

/**
 * A drain of all CPUs, called on CPU 0, meets busy loops on CPU 1, whose lru_add batch has three folios. The loops start at 10 ms.
 *
 * <p>Hand count: the first has CPU 1 from 10,001,200 ns on (a context switch) and its slice of 3 ms ends at 13,001,200; the second
 * has it from 13,002,400 to 16,002,400. A drain called at 11,000,000 begins at 11,001,200, is at the mutex at 11,002,200, queues the
 * work at 11,004,020 (a link, two CPUs looked at, one queued), and the worker is runnable 25,000 ns later, at 11,029,020.
 */
class WorkerWakeUpTest {
  private static final long LOOPS_NANOS = 10_000_000;
  private static final long RUNNABLE_NANOS = 11_029_020;

  private static final class Run {
    final Machine machine;
    final Host host;
    final Host.Outcome outcome;

    Run(WorkerWakeUp wakeUp, long drainNanos, BusyLoop... loops) {
      MachineConfig config = MachineConfig.uniform(1, 2, 512L << 20, 0, 0);
      SpaceSpec space = new SpaceSpec(0, 8192, List.of(Vma.anonymous(0, 8192, false)));
      machine = new Machine(new MachineSpec(config, MmapLockContentionTest.variant(FaultLock.VMA), CostModel.defaults(), 1,
          List.of(space), List.of(), false, 512, 0, ReclaimSpec.NONE, wakeUp));
      host = new SequentialHost(machine.entities(), config.nearLinkNanos());
      machine.start(host, 1, 0, Programs.write(0, 0, 3));
      for (BusyLoop loop : loops) {
        machine.start(host, 1, LOOPS_NANOS, loop);
      }
      machine.start(host, 0, drainNanos, Programs.drainAll());
      outcome = host.runUntil(drainNanos + 1_000_000_000);
    }

    /** When the drain was over. */
    long endNanos() {
      return machine.observer().taskEnds().stream().filter(end -> end.cpu() == 0).mapToLong(TaskEnd::endNanos).findFirst().orElseThrow();
    }
  }

  private static BusyLoop[] fair(int loops) {
    BusyLoop[] all = new BusyLoop[loops];
    java.util.Arrays.fill(all, new BusyLoop(false));
    return all;
  }

  /** How much longer a drain takes than one whose worker finds CPU 1 idle. */
  private static long waited(WorkerWakeUp wakeUp, long drainNanos, BusyLoop... loops) {
    return new Run(wakeUp, drainNanos, loops).endNanos() - new Run(wakeUp, drainNanos).endNanos();
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "5"})
  void aWorkerThatPreemptsGoesBeforeUserModeAtOnce(int loops) {
    assertThat(waited(WorkerWakeUp.PREEMPTS, 11_000_000, fair(loops))).isZero();
  }

  /** With one loop until its slice is over, with two also for the other's slice and the switch to it, and so on. */
  @ParameterizedTest
  @CsvSource({"1, 13001200", "2, 16002400", "3, 19003600"})
  void aWorkerThatTakesItsTurnWaitsForTheSlicesOfAllWhoCameBefore(int loops, long cpuNanos) {
    assertThat(waited(WorkerWakeUp.TAKES_TURN, 11_000_000, fair(loops))).isEqualTo(cpuNanos - RUNNABLE_NANOS);
  }

  /** It is over when the worker comes, and nobody else had asked. */
  @Test
  void aTaskThatHasUsedUpItsSliceGivesWayAtOnce() {
    assertThat(waited(WorkerWakeUp.TAKES_TURN, 20_000_000, fair(1))).isZero();
  }

  /** It is no fair one, so nothing wakes up before it, and no event is left in the machine. */
  @ParameterizedTest
  @EnumSource
  void behindAFifoLoopNoWorkerEverRuns(WorkerWakeUp wakeUp) {
    Run run = new Run(wakeUp, 11_000_000, new BusyLoop(true));
    assertThat(run.outcome).isEqualTo(Host.Outcome.QUIESCENT);
    assertThat(run.machine.waiting()).containsExactly("lru_add_drain_all() of cpu0 task 1 waits for the drain worker of cpu1",
        "the drain worker of cpu1 waits for FIFO task busy_loop-2, which computes in user mode");
    machineGoesOn(run);
  }

  /** Whoever comes behind waits for the mutex, and all others go on. */
  private static void machineGoesOn(Run run) {
    run.machine.start(run.host, 0, run.host.nowNanos() + 1_000, Programs.drainAll());
    run.machine.start(run.host, 0, run.host.nowNanos() + 2_000, Programs.write(0, 100, 3));
    assertThat(run.host.runUntil(Long.MAX_VALUE)).isEqualTo(Host.Outcome.QUIESCENT);
    assertThat(run.machine.waiting().getFirst()).isEqualTo("lru_add_drain_all() of cpu0 task 1 waits for the drain worker of cpu1; "
        + "for its mutex wait lru_add_drain_all() of cpu0 task 2");
    assertThat(run.machine.observer().taskEnds()).hasSize(2).allMatch(end -> end.result() == 0);
  }

  /**
   * As soon as it is there: loops on its CPU cost it nothing but the switch that it pays on an idle one, too. Nor does the end of the
   * slice under way, for which the CPU was to wake up, hold up its eight pieces of work.
   */
  @Test
  void aFifoTaskTakesTheCpuFromUserModeAtOnce() {
    assertThat(endOfFifo(fair(2))).isEqualTo(endOfFifo());
  }

  private static long endOfFifo(BusyLoop... loops) {
    Run run = new Run(WorkerWakeUp.PREEMPTS, 11_000_000, loops);
    run.machine.start(run.host, 1, run.host.nowNanos() + 1_000, new Fifo(Programs.vfioMap(0, 512, 4096)));
    run.host.runUntil(run.host.nowNanos() + 100_000_000);
    return run.machine.observer().taskEnds().getLast().endNanos() - run.machine.observer().taskEnds().getLast().startNanos();
  }
}
