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
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.KernelVariant;

/**
 * Two memory cgroups at their limits, or on nodes that are too small, whose pages four CPUs fault in, lock, pin, move and drop at the
 * same time, while reclaim takes them away: every reference, list, slot and charge must be accounted for, and every task must end.
 */
class OverlappingReclaimTest {
  private static final long MIB = 1L << 20;
  private static final int PART = 512;
  private static final int CPUS = 4;
  private static final int OPERATIONS = 120;
  private static final long[] SEEDS = {1, 2, 4, 9, 17, 23};
  private static final long LIMIT_PAGES = 900;
  private static final int SMALL_MIB = 12;

  /** @param limited memory cgroups have limits; else the nodes are small */
  record Case(KernelVariant variant, boolean limited, boolean mglru, boolean ssd, int nodes, long seed) {
    @Override
    public String toString() {
      return variant.name() + (limited ? ", limited" : ", small") + (mglru ? ", mglru" : "") + (ssd ? ", SSD, " : ", ") + nodes
          + " nodes, seed " + seed;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    OverlappingOperations.variants().forEach(variant -> {
      for (long seed : SEEDS) {
        cases.add(new Case(variant, true, seed % 2 == 0, seed % 3 == 1, 1 + (int) (seed / 2 % 2), seed));
        cases.add(new Case(variant, false, seed % 2 == 0, seed % 3 == 1, 1 + (int) (seed / 2 % 2), seed));
      }
    });
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsViolatedAndEveryTaskEnds(Case drawn) {
    Machine machine = run(drawn);

    assertThat(machine.read(id -> true).liveTasks()).isEmpty();
    assertThat(machine.observer().taskEnds()).hasSize(OPERATIONS);
    assertThat(machine.counters().get(VmCounter.PSWPOUT)).isPositive();
    for (int memcg = 1; drawn.limited && memcg <= 2; memcg++) {
      assertThat(machine.memcg(memcg).mostPages(memcg)).isLessThanOrEqualTo(LIMIT_PAGES);
    }
  }

  private static Machine run(Case drawn) {
    MachineConfig config = MachineConfig.uniform(drawn.nodes, CPUS / drawn.nodes, drawn.limited ? 128 * MIB : SMALL_MIB / drawn.nodes * MIB,
        drawn.limited ? 64 * MIB : 4 / drawn.nodes * MIB, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, PART, false), Vma.shared(PART, PART, 0, 0),
        Vma.anonymous(2 * PART, PART, false), Vma.anonymous(3 * PART, PART, true));
    List<Vma> other = List.of(Vma.anonymous(0, PART, false), Vma.anonymous(PART, PART, false),
        Vma.anonymous(2 * PART, PART, false), Vma.anonymous(3 * PART, PART, true));
    List<SpaceSpec> spaces = List.of(new SpaceSpec(0, 4 * PART, vmas, 1), new SpaceSpec(drawn.nodes - 1, 4 * PART, other, 2));
    long limit = drawn.limited ? LIMIT_PAGES : ReclaimSpec.NO_LIMIT;
    // Writes take long enough to be overtaken by everything else, and a queue that is often full.
    SwapSpec swap = drawn.ssd ? new SwapSpec(SwapSpec.Kind.SSD, 4 * PART, 90_000, 150_000, 2, 24, List.of()) : SwapSpec.zram(4 * PART);
    Machine machine = new Machine(new MachineSpec(config, drawn.variant, CostModel.defaults(), drawn.seed, spaces,
        List.of(new FileSpec(0, PART)), drawn.mglru, PART, 0, new ReclaimSpec(List.of(limit, limit), swap, 60, !drawn.limited)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    Random random = new Random(drawn.seed);
    int span = 1_000 * (1 + random.nextInt(8));
    for (int operation = 0; operation < OPERATIONS; operation++) {
      int space = random.nextInt(2);
      int page = random.nextInt(4 * PART - 300);
      machine.start(host, random.nextInt(CPUS), 1_000L * random.nextInt(span), random.nextInt(4) == 0
          ? Programs.memoryReclaim(1 + space, 1 + random.nextInt(200))
          : RandomPrograms.any(random, space, page, 1 + random.nextInt(300)));
    }
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    return machine;
  }
}
