package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
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
import pinfold.kernel.cpu.CmaLoad;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.KernelVariant;

/**
 * Four CPUs read the same two files, which do not fit into memory, with read() and where they are mapped, drop them, write to memory and
 * take CMA, so that folios which a device reads are waited for, migrated and met by reclaim: every reference is accounted for, and every
 * task ends.
 */
class OverlappingReadsTest {
  private static final long MIB = 1L << 20;
  private static final int CPUS = 4;
  private static final int OPERATIONS = 200;
  private static final int FILE_PAGES = 1_500;
  private static final int ANON_PAGES = 512;

  record Case(KernelVariant variant, boolean mglru, int nodes, long seed) {
    @Override
    public String toString() {
      return variant.name() + (mglru ? ", mglru, " : ", ") + nodes + " nodes, seed " + seed;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    OverlappingOperations.variants().forEach(variant -> IntStream.rangeClosed(1, 4).forEach(seed ->
        cases.add(new Case(variant, seed % 2 == 0, 1 + seed / 2 % 2, seed))));
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsViolatedAndEveryTaskEnds(Case drawn) {
    MachineConfig config = MachineConfig.uniform(drawn.nodes, CPUS / drawn.nodes, 12 / drawn.nodes * MIB, 4 / drawn.nodes * MIB, 0);
    SwapSpec device = new SwapSpec(SwapSpec.Kind.SSD, drawn.seed % 3 == 0 ? 0 : ANON_PAGES, 5_000, 20_000, 60_000, 1, 24, true, List.of());
    device = drawn.seed % 2 == 0 ? device.withElevator() : device;
    Machine machine = new Machine(new MachineSpec(config, drawn.variant, CostModel.defaults(), drawn.seed,
        List.of(new SpaceSpec(0, ANON_PAGES, List.of(Vma.anonymous(0, ANON_PAGES, false))),
            new SpaceSpec(0, FILE_PAGES, List.of(Vma.shared(0, FILE_PAGES, 0, 0))),
            new SpaceSpec(0, FILE_PAGES, List.of(Vma.shared(0, FILE_PAGES, 1, 0))),
            new SpaceSpec(0, 100, List.of(Vma.shared(7, 93, 1, 30)))),
        List.of(new FileSpec(0, FILE_PAGES), new FileSpec(drawn.nodes - 1, FILE_PAGES)), drawn.mglru, 512, 0,
        new ReclaimSpec(List.of(), device, 60, true)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, drawn.seed == 1 ? CheckLevel.FULL : CheckLevel.TOUCHED);
    Random random = new Random(drawn.seed);
    int span = 1_000 * (4 + random.nextInt(16));
    for (int operation = 0; operation < OPERATIONS; operation++) {
      machine.start(host, random.nextInt(CPUS), 1_000L * random.nextInt(span), any(random, drawn.nodes));
    }
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    assertThat(machine.read(id -> true).liveTasks()).isEmpty();
    assertThat(machine.observer().taskEnds()).hasSize(OPERATIONS);
    assertThat(machine.counters().get(VmCounter.FILE_READ_WAITS_HELD)).isPositive();
    assertThat(machine.counters().get(VmCounter.FILE_FAULT_WAITS)).isPositive();
    for (int node = 0; node < drawn.nodes; node++) {
      assertThat(machine.node(node).readsUnderWay()).isZero();
      assertThat(machine.node(node).waitingForReads()).isZero();
    }
  }

  private static TaskProgram any(Random random, int nodes) {
    int pages = 1 + random.nextInt(60);
    int first = random.nextInt(FILE_PAGES / (1 + 9 * random.nextInt(2)) - 60);
    return switch (random.nextInt(18)) {
      case 0 -> Programs.fadviseDontNeed(random.nextInt(2), first, pages);
      case 1 -> Programs.write(0, random.nextInt(ANON_PAGES - pages), pages);
      case 2 -> new CmaLoad(cmaZone(random.nextInt(nodes), nodes), 0, 1 << random.nextInt(8), 1, 0, 1, true, false);
      case 3, 4, 5 -> Programs.readMapped(1 + random.nextInt(2), first, pages);
      case 6 -> Programs.readMapped(3, 7 + first % 33, pages);
      case 7 -> Programs.munmap(1 + random.nextInt(2), first, pages);
      case 8 -> Programs.fileWrite(random.nextInt(2), first, pages);
      default -> Programs.fileAccess(random.nextInt(2), first, pages, false);
    };
  }

  /** Zones of equal nodes come node by node. */
  private static int cmaZone(int node, int nodes) {
    return node;
  }
}
