package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.Reclaim;

/** A node whose memory does not suffice: what kswapd and the task itself take away, and from when on nothing helps. */
class NodeReclaimTest {
  private static final long MIB = 1L << 20;
  private static final int NODE_PAGES = 32 << 8;
  /** One and a half times the memory. */
  private static final int WANTED = 48 << 8;
  private static final int CHUNK = 256;

  private Machine machine;

  private void run(boolean mglru, int swapSlots, List<TaskProgram> programs) {
    MachineConfig config = MachineConfig.uniform(1, 2, 32 * MIB, 0, 0);
    machine = new Machine(new MachineSpec(config, OverlappingOperations.LINUX_6_1, CostModel.defaults(), 1,
        List.of(new SpaceSpec(0, WANTED, List.of(Vma.anonymous(0, WANTED, false)))), List.of(new FileSpec(0, WANTED)), mglru, 512, 0,
        new ReclaimSpec(0, ReclaimSpec.NO_LIMIT, swapSlots, 60).forNodes()));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    machine.start(host, 0, 0, Programs.inTurn(programs));
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(machine.observer().taskEnds()).hasSize(1);
  }

  private static List<TaskProgram> reads() {
    List<TaskProgram> reads = new ArrayList<>();
    for (int page = 0; page < WANTED; page += CHUNK) {
      reads.add(Programs.fileAccess(0, page, CHUNK, false));
    }
    return reads;
  }

  private long result() {
    return machine.observer().taskEnds().getFirst().result();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pageCacheIsDroppedUntilTheHighWatermarkHolds(boolean mglru) {
    run(mglru, 0, reads());

    Counters counters = machine.counters();
    long reclaimed = counters.get(VmCounter.PGSTEAL_KSWAPD) + counters.get(VmCounter.PGSTEAL_DIRECT);
    assertThat(result()).isZero();
    assertThat(counters.get(VmCounter.PGSTEAL_KSWAPD)).isPositive();
    assertThat(counters.get(VmCounter.NR_FILE_PAGES)).isEqualTo(counters.get(VmCounter.PGALLOC) - reclaimed);
    assertThat(machine.zone(0).buddy().freePages()).isGreaterThan(machine.directory().zones().getFirst().watermarks().highPages());
    assertThat(machine.reclaim(0).runs()).isFalse();
    assertThat(counters.get(VmCounter.OOM_KILL)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatGoesToSwapIsNoLess(boolean mglru) {
    run(mglru, WANTED, List.of(Programs.write(0, 0, WANTED)));

    int[] where = new int[2];
    machine.space(0).forEachEntry((page, entry) -> where[Pte.swap(entry) ? 1 : 0]++);
    assertThat(result()).isZero();
    assertThat(where[0] + where[1]).isEqualTo(WANTED);
    assertThat(where[1]).isGreaterThan(WANTED - NODE_PAGES);
    assertThat(machine.swap().used()).isEqualTo(where[1]);
    assertThat(machine.counters().get(VmCounter.PGSTEAL_KSWAPD)).isPositive();
  }

  /** Every page that has to be read again was in memory before, and reclaim alone took it away. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsReadAgainIsARefault(boolean mglru) {
    List<TaskProgram> twice = reads();
    twice.addAll(reads());
    run(mglru, 0, twice);

    Counters counters = machine.counters();
    long again = counters.get(VmCounter.PGALLOC) - WANTED;
    assertThat(again).isPositive();
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_FILE)).isEqualTo(again);
    for (int page = 0; page < WANTED; page++) {
      assertThat(machine.file(0).shadows().get(page) != 0).as("page %d", page).isEqualTo(machine.file(0).pfn(page) == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatComesFromSwapIsARefault(boolean mglru) {
    run(mglru, WANTED, List.of(Programs.write(0, 0, WANTED), Programs.write(0, 0, WANTED)));

    Counters counters = machine.counters();
    assertThat(counters.get(VmCounter.PSWPIN)).isPositive();
    assertThat(counters.get(VmCounter.WORKINGSET_REFAULT_ANON)).isEqualTo(counters.get(VmCounter.PSWPIN));
    machine.space(0).forEachEntry((page, entry) -> {
      if (Pte.swap(entry)) {
        int slot = Pte.slot(entry);
        assertThat(machine.swap().shadows().get(slot) != 0).as("page %d", page).isEqualTo(machine.swap().cached(slot) <= 0);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutSwapTheNodeIsHopelessAndTheOomKillerIsCalled(boolean mglru) {
    run(mglru, 0, List.of(Programs.write(0, 0, WANTED)));

    assertThat(result()).isEqualTo(-Errno.KILLED);
    assertThat(machine.counters().get(VmCounter.OOM_KILL)).isOne();
    assertThat(machine.observer().oomKills()).hasSize(1).allMatch(kill -> kill.memcg() == 0 && kill.victim() == 0);
    assertThat(machine.reclaim(0).failures()).isBetween(1, Reclaim.MAX_RECLAIM_RETRIES);
    assertThat(machine.reclaim(0).runs()).isFalse();
  }
}
