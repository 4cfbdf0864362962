package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.RandomPrograms;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.KernelVariant;

/**
 * Four CPUs read and truncate one file in tmpfs, map another, and allocate CMA, which moves their pages, while reclaim takes them to
 * swap: a page must always be in one place.
 */
class OverlappingShmemTest {
  private static final long MIB = 1L << 20;
  private static final int PART = 512;
  private static final int CPUS = 4;
  private static final int OPERATIONS = 160;
  private static final long LIMIT_PAGES = 500;
  /** Far longer than any of them takes. */
  private static final long LONG_ENOUGH_NANOS = 3_000_000_000L;

  /** What pages are swapped to. */
  private enum Device {
    ZRAM,
    SSD,
    DISK;

    SwapSpec spec() {
      return switch (this) {
        case ZRAM -> SwapSpec.zram(8 * PART);
        case SSD -> new SwapSpec(SwapSpec.Kind.SSD, 8 * PART, 90_000, 150_000, 2, 24, List.of());
        case DISK -> new SwapSpec(SwapSpec.Kind.SSD, 8 * PART, 40_000, 40_000, 100_000, 1, 24, false, List.of()).withElevator();
      };
    }
  }

  record Case(KernelVariant variant, boolean limited, boolean mglru, Device device, int nodes, long seed) {
    @Override
    public String toString() {
      return variant.name() + (limited ? ", limited" : ", small") + (mglru ? ", mglru, " : ", ") + device + ", " + nodes + " nodes, seed "
          + seed;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    OverlappingOperations.variants().forEach(variant -> {
      for (long seed = 1; seed <= 6; seed++) {
        cases.add(new Case(variant, seed % 3 != 0, seed % 2 == 0, Device.values()[(int) (seed - 1) / 2], 1 + (int) (seed / 2 % 2), seed));
      }
    });
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsViolatedAndEveryTaskEnds(Case drawn) {
    Machine machine = run(drawn);

    assertThat(machine.observer().taskEnds()).hasSize(OPERATIONS);
    assertThat(machine.counters().get(VmCounter.PSWPOUT)).isPositive();
    assertThat(machine.counters().get(VmCounter.PSWPIN)).isPositive();
  }

  private static Machine run(Case drawn) {
    MachineConfig config = MachineConfig.uniform(drawn.nodes, CPUS / drawn.nodes, drawn.limited ? 128 * MIB : 12 / drawn.nodes * MIB,
        drawn.limited ? 64 * MIB : 4 / drawn.nodes * MIB, 0);
    SpaceSpec space = new SpaceSpec(0, 2 * PART, List.of(Vma.anonymous(0, PART, false), Vma.shared(PART, PART, 0, 0)), 1);
    Machine machine = new Machine(new MachineSpec(config, drawn.variant, CostModel.defaults(), drawn.seed, List.of(space),
        List.of(new FileSpec(0, PART, 1), new FileSpec(0, 8 * PART, 1)), drawn.mglru, PART, 0,
        new ReclaimSpec(List.of(drawn.limited ? LIMIT_PAGES : ReclaimSpec.NO_LIMIT), drawn.device.spec(), 60, !drawn.limited)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    Random random = new Random(drawn.seed);
    int span = 1_000 * (1 + random.nextInt(8));
    for (int operation = 0; operation < OPERATIONS; operation++) {
      machine.start(host, random.nextInt(CPUS), 1_000L * random.nextInt(span), program(random, machine, drawn.limited));
    }
    host.runUntil(LONG_ENOUGH_NANOS);
    // A page that is nowhere is looked up for ever.
    assertThat(machine.read(id -> true).liveTasks()).isEmpty();
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    return machine;
  }

  private static TaskProgram program(Random random, Machine machine, boolean limited) {
    int pages = 1 + random.nextInt(limited ? 200 : 800);
    int page = random.nextInt(8 * PART - pages);
    return switch (random.nextInt(8)) {
      case 0, 1 -> Programs.fileAccess(1, page, pages, true);
      // The same pages over and over.
      case 2, 3 -> Programs.fileAccess(1, random.nextInt(100), Math.min(pages, 200), true);
      case 4 -> Programs.truncate(1, random.nextInt(200), pages);
      case 5 -> Programs.memoryReclaim(1, pages);
      case 6 -> cma(random, machine);
      default -> RandomPrograms.any(random, 0, random.nextInt(2 * PART - 200), 1 + random.nextInt(200));
    };
  }

  /** What it gets it keeps; where it gets nothing, pages were moved all the same. */
  private static TaskProgram cma(Random random, Machine machine) {
    int zone = 0;
    while (machine.directory().zones().get(zone).cmaPages() == 0) {
      zone++;
    }
    return Programs.cmaAlloc(zone, 0, 16 << random.nextInt(3), 1);
  }
}
