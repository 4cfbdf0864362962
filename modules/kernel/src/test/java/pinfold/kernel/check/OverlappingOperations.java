package pinfold.kernel.check;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import pinfold.engine.Host;
import pinfold.engine.SequentialHost;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.cpu.RandomPrograms;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.FaultLock;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.MigratePasses;

/**
 * CPUs that do what they like to the same pages at the same time: two address spaces, one with a shared
 * mapping of a file, both with memory that may be huge.
 */
final class OverlappingOperations {
  /** As a 6.1 kernel: migration folio by folio, a drain after each that was mapped, faults under mmap_lock. */
  static final KernelVariant LINUX_6_1 = new KernelVariant("linux-6.1-like", 15, 32, false, true, true, new DrainRules.LruFlag(),
      false, false, true, false, false, MigratePasses.TEN, MigrateDrain.MAPPED, 1, false, FaultLock.MMAP,
      LruCacheDisable.RCU_EXPEDITED, CompactionCma.ALWAYS, true);

  private static final long MIB = 1L << 20;
  private static final int PART = 512;
  static final int OPERATIONS = 120;
  private static final int CPUS = 4;

  final Machine machine;
  final Host host;
  private final MachineChecks checks;

  OverlappingOperations(KernelVariant variant, int nodes, long seed, CheckLevel level) {
    MachineConfig config = MachineConfig.uniform(nodes, CPUS / nodes, 128 * MIB, 64 * MIB, 0);
    List<Vma> vmas = List.of(Vma.anonymous(0, PART, false), Vma.shared(PART, PART, 0, 0),
        Vma.anonymous(2 * PART, PART, false), Vma.anonymous(3 * PART, PART, true));
    List<Vma> other = List.of(Vma.anonymous(0, PART, false), Vma.anonymous(PART, PART, false),
        Vma.anonymous(2 * PART, PART, false), Vma.anonymous(3 * PART, PART, true));
    List<SpaceSpec> spaces = List.of(new SpaceSpec(0, 4 * PART, vmas), new SpaceSpec(nodes - 1, 4 * PART, other));
    machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), seed, spaces, List.of(new FileSpec(0, PART)),
        false, PART, 0));
    host = new SequentialHost(machine.entities(), config.nearLinkNanos());
    checks = MachineChecks.of(host, machine, level);
    Random random = new Random(seed);
    int span = 1_000 * (1 + random.nextInt(4));
    for (int operation = 0; operation < OPERATIONS; operation++) {
      int space = random.nextInt(3) == 0 ? 1 : 0;
      int page = random.nextInt(4 * PART - 200);
      machine.start(host, random.nextInt(CPUS), 1_000L * random.nextInt(span),
          RandomPrograms.any(random, space, page, 1 + random.nextInt(200)));
    }
  }

  static Stream<KernelVariant> variants() {
    return Stream.of(BusyMachine.A, BusyMachine.B, BusyMachine.C2, LINUX_6_1);
  }

  /** Runs until nothing is left to do. */
  void run() {
    host.runUntil(Long.MAX_VALUE);
    checks.finish(host.nowNanos());
  }
}
