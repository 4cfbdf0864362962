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
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.RandomPrograms;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.writeback.DirtyLimits;

/**
 * Two files on a disk that four CPUs write to and read, while what they have in memory moves, is compacted, taken by CMA and reclaimed on
 * nodes that are too small: nothing dirty is lost, and all is written in the end.
 */
class OverlappingWritebackTest {
  private static final long MIB = 1L << 20;
  private static final long MS = 1_000_000;
  private static final int PART = 512;
  private static final int FILE_PAGES = 2048;
  private static final int CPUS = 4;
  private static final int OPERATIONS = 120;
  /** A call has all its pages before the first is in the page cache: with more of them a machine this small would be out of memory. */
  private static final int MOST_PAGES = 120;

  /** One machine and what runs on it. */
  record Case(KernelVariant variant, boolean mglru, int nodes, long seed) {
    @Override
    public String toString() {
      return variant.name() + (mglru ? ", mglru, " : ", ") + nodes + " nodes, seed " + seed;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    OverlappingOperations.variants().forEach(variant -> {
      for (long seed = 1; seed <= 4; seed++) {
        cases.add(new Case(variant, seed % 2 == 0, 1 + (int) (seed / 2 % 2), seed));
      }
    });
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingDirtyIsLost(Case drawn) {
    Machine machine = run(drawn);

    assertThat(machine.observer().oomKills()).as("panics").noneMatch(OomKill::panics);
    Counters counters = machine.counters();
    assertThat(machine.read(id -> true).liveTasks()).isEmpty();
    assertThat(machine.observer().taskEnds()).hasSize(OPERATIONS);
    assertThat(counters.get(VmCounter.NR_DIRTIED)).isPositive();
    assertThat(counters.get(VmCounter.NR_WRITTEN)).isEqualTo(counters.get(VmCounter.NR_DIRTIED) + counters.get(VmCounter.PSWPOUT));
    assertThat(counters.get(VmCounter.NR_DIRTY)).isZero();
    assertThat(counters.get(VmCounter.NR_WRITEBACK)).isZero();
    assertThat(machine.writeback().dirty()).isZero();
    assertThat(machine.writeback().underWriteback()).isZero();
    assertThat(machine.writeback().writersWaiting()).isZero();
  }

  private static Machine run(Case drawn) {
    MachineConfig config = MachineConfig.uniform(drawn.nodes, CPUS / drawn.nodes, 12 / drawn.nodes * MIB, 4 / drawn.nodes * MIB, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, PART, false), Vma.shared(PART, PART, 0, 0),
        Vma.anonymous(2 * PART, PART, false), Vma.anonymous(3 * PART, PART, true));
    SwapSpec disk = new SwapSpec(SwapSpec.Kind.SSD, 4 * PART, MS / 10, MS / 10, MS / 2, 1, 24, true, List.of(),
        new DirtyLimits(600, 200, 20 * MS, 5 * MS), drawn.seed % 2 == 0);
    Machine machine = new Machine(new MachineSpec(config, drawn.variant, CostModel.defaults(), drawn.seed,
        List.of(new SpaceSpec(0, 4 * PART, vmas)),
        List.of(new FileSpec(0, PART), new FileSpec(0, FILE_PAGES), new FileSpec(drawn.nodes - 1, FILE_PAGES)),
        drawn.mglru, PART, 0, new ReclaimSpec(List.of(), disk, 60, true)));
    Host host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    MachineChecks checks = MachineChecks.of(host, machine, CheckLevel.TOUCHED);
    Random random = new Random(drawn.seed);
    for (int operation = 0; operation < OPERATIONS; operation++) {
      machine.start(host, random.nextInt(CPUS), 1_000L * random.nextInt(40_000), any(random));
    }
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
    return machine;
  }

  private static TaskProgram any(Random random) {
    int file = 1 + random.nextInt(2);
    int pages = 1 + random.nextInt(MOST_PAGES);
    int page = random.nextInt(FILE_PAGES - pages);
    return switch (random.nextInt(5)) {
      case 0, 1 -> Programs.fileWrite(file, page, pages);
      case 2 -> Programs.fileAccess(file, page, pages, false);
      case 3 -> Programs.fadviseDontNeed(file, page, pages);
      default -> RandomPrograms.any(random, 0, random.nextInt(4 * PART - MOST_PAGES), pages);
    };
  }
}
