package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.FaultLock;

/** What the links of a drain of all CPUs add to what it takes in a kernel, where the caller does everything itself. */
class DrainExcessTest {
  private static final long LATER_NANOS = 10_000_000;

  private static long excess(long farNanos, TaskProgram before) {
    MachineConfig uniform = MachineConfig.uniform(2, 2, 512L << 20, 0, 0);
    MachineConfig config = new MachineConfig("two nodes", uniform.nodes(), uniform.distances(), uniform.nearLinkNanos(), farNanos);
    SpaceSpec space = new SpaceSpec(0, 64, List.of(Vma.anonymous(0, 64, false)));
    Machine machine = new Machine(new MachineSpec(config, MmapLockContentionTest.variant(FaultLock.VMA), CostModel.defaults(), 1,
        List.of(space), List.of(), false, 512, 0));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    if (before != null) {
      machine.start(host, 1, 0, before);
    }
    machine.start(host, 0, LATER_NANOS, Programs.drainAll());
    host.runUntil(Long.MAX_VALUE);
    assertThat(machine.drain().counters().get(VmCounter.LRU_ADD_DRAIN_ALL)).isOne();
    return machine.drain().counters().get(VmCounter.WINDOW_EXCESS_NANOS);
  }

  /** To the mutex and back. */
  @ParameterizedTest
  @ValueSource(longs = {1_000, 20_000})
  void aDrainThatFindsNothingPaysTwoLinks(long farNanos) {
    assertThat(excess(farNanos, null)).isEqualTo(2 * farNanos);
  }

  /** To the mutex, to the worker on the CPU whose lru_add batch has three folios, and back both ways. */
  @Test
  void aDrainThatWaitsForAWorkerPaysFour() {
    assertThat(excess(7_000, Programs.write(0, 0, 3))).isEqualTo(4 * 7_000);
  }
}
