package pinfold.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.FaultLock;

/** Tasks that share one CPU. Each pins 8,192 pages of its own space, and lets others have the CPU after every 512. */
class SchedulingClassTest {
  private static final int PAGES = 8192;

  private final Machine machine;
  private final Host host;
  private int tasks;

  SchedulingClassTest() {
    MachineConfig config = MachineConfig.uniform(1, 1, 512L << 20, 0, 0);
    SpaceSpec space = new SpaceSpec(0, PAGES, List.of(Vma.anonymous(0, PAGES, false)));
    machine = new Machine(new MachineSpec(config, MmapLockContentionTest.variant(FaultLock.VMA), CostModel.defaults(), 1,
        List.of(space, space, space), List.of(), false, 512, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
  }

  private void begin(long afterMicros, boolean fifo) {
    TaskProgram pin = Programs.vfioMap(tasks++, 0, PAGES);
    machine.start(host, 0, 1_000 * afterMicros, fifo ? new Fifo(pin) : pin);
  }

  /** Tasks by their number, from 0, in the order in which they ended. */
  private List<Integer> ended() {
    host.runUntil(Long.MAX_VALUE);
    return machine.observer().taskEnds().stream().sorted((a, b) -> Long.compare(a.endNanos(), b.endNanos()))
        .map(end -> end.task() - 1).toList();
  }

  private List<TaskEnd> ends() {
    return machine.observer().taskEnds();
  }

  @Test
  void aFifoTaskGoesBeforeTheFairOneThatRunsAndTheOneThatWaits() {
    begin(0, false);
    begin(10, false);
    begin(20, true);
    assertThat(ended()).startsWith(2);
    long waited = ends().getFirst().endNanos() - 20_000 - new SchedulingClassTest().alone();
    assertThat(waited).as("it waits for 512 pages, not for the end of a slice").isLessThan(1_000_000);
  }

  @Test
  void aFifoTaskGivesWayToNoOtherBeforeItWaitsOrEnds() {
    begin(0, true);
    begin(10, true);
    begin(20, false);
    assertThat(ended()).containsExactly(0, 1, 2);
    long alone = new SchedulingClassTest().alone();
    assertThat(ends().getFirst().endNanos()).isEqualTo(alone);
    assertThat(ends().get(1).endNanos() - alone).as("the second does all of its work after the first")
        .isGreaterThan(alone * 9 / 10);
  }

  private long alone() {
    begin(0, true);
    ended();
    return ends().getFirst().endNanos();
  }

  @Test
  void fairTasksTakeTurns() {
    begin(0, false);
    begin(10, false);
    ended();
    assertThat(ends().get(1).endNanos() - ends().get(0).endNanos()).isLessThan(ends().get(0).endNanos() / 2);
  }
}
