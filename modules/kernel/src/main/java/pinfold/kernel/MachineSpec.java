package pinfold.kernel;

import java.util.Collections;
import java.util.List;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.cpu.WorkerWakeUp;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.variant.KernelVariant;

/**
 * Everything that a simulated machine is built from.
 *
 * @param seed decides ties and draws
 * @param spaces address spaces, by number
 * @param files files, by number
 * @param mglru multi-generational LRU instead of the classic lists
 * @param maxWalkPages pages per walk and burst at most, 512 unless a test wants to see that it changes nothing
 * @param awaitedTasks tasks after whose end the run stops; 0 never stops it
 * @param reclaim what reclaim needs; {@link ReclaimSpec#NONE} where nobody reclaims
 * @param workerWakeUp when a woken drain worker gets a CPU that fair tasks use
 */
public record MachineSpec(MachineConfig machine, KernelVariant variant, CostModel cost, long seed, List<SpaceSpec> spaces,
    List<FileSpec> files, boolean mglru, int maxWalkPages, int awaitedTasks, ReclaimSpec reclaim,
    WorkerWakeUp workerWakeUp) {

  /** A machine on which nobody reclaims memory, and woken workers preempt. */
  public MachineSpec(MachineConfig machine, KernelVariant variant, CostModel cost, long seed, List<SpaceSpec> spaces,
      List<FileSpec> files, boolean mglru, int maxWalkPages, int awaitedTasks) {
    this(machine, variant, cost, seed, spaces, files, mglru, maxWalkPages, awaitedTasks, ReclaimSpec.NONE);
  }

  /** A machine on which woken workers preempt. */
  public MachineSpec(MachineConfig machine, KernelVariant variant, CostModel cost, long seed, List<SpaceSpec> spaces,
      List<FileSpec> files, boolean mglru, int maxWalkPages, int awaitedTasks, ReclaimSpec reclaim) {
    this(machine, variant, cost, seed, spaces, files, mglru, maxWalkPages, awaitedTasks, reclaim, WorkerWakeUp.PREEMPTS);
  }

  /**
   * An address space of {@code pages} pages in the group of {@code node}.
   *
   * @param memcg the memory cgroup that its pages are charged to, 0 for the root
   * @param oomScoreAdj /proc/pid/oom_score_adj, from -1000 (the OOM killer never takes it) to 1000
   */
  public record SpaceSpec(int node, int pages, List<Vma> vmas, int memcg, int oomScoreAdj) {
    /** oom_score_adj of what is never killed. */
    public static final int NEVER_KILLED = -1000;

    public SpaceSpec {
      vmas = List.copyOf(vmas);
      if (oomScoreAdj < NEVER_KILLED || oomScoreAdj > 1000) {
        throw new IllegalArgumentException("oom_score_adj of " + oomScoreAdj + ": it goes from -1000 to 1000");
      }
    }

    /** One with an oom_score_adj of 0. */
    public SpaceSpec(int node, int pages, List<Vma> vmas, int memcg) {
      this(node, pages, vmas, memcg, 0);
    }

    /** An address space of the root cgroup. */
    public SpaceSpec(int node, int pages, List<Vma> vmas) {
      this(node, pages, vmas, 0);
    }
  }

  /**
   * What reclaim needs.
   *
   * @param limitPages memory.max in pages of each memory cgroup beside the root; they are numbered from 1
   * @param parents the parent of each, 0 for the root; it has a lower number
   * @param swap the swap device
   * @param swappiness vm.swappiness, 0 to 200
   * @param ofNodes nodes have a kswapd, and allocations that find no page reclaim
   * @param compaction who makes blocks of 2 MiB, where nodes reclaim
   * @param killsAllocatingTask vm.oom_kill_allocating_task: without memory on the machine the OOM killer takes the task that asks
   */
  public record ReclaimSpec(List<Long> limitPages, List<Integer> parents, SwapSpec swap, int swappiness, boolean ofNodes,
      CompactionSpec compaction, boolean killsAllocatingTask) {
    /** No memory.max. */
    public static final long NO_LIMIT = Long.MAX_VALUE / 2;

    /** Nobody reclaims: page tables keep no accessed bits, and nothing is paid for them. */
    public static final ReclaimSpec NONE = new ReclaimSpec(List.of(), SwapSpec.NONE, 60, false);

    public ReclaimSpec {
      limitPages = List.copyOf(limitPages);
      parents = List.copyOf(parents);
      if (parents.size() != limitPages.size()) {
        throw new IllegalArgumentException(limitPages.size() + " memory cgroups have " + parents.size() + " parents: each has one");
      }
      if (limitPages.stream().anyMatch(limit -> limit < 1) || swappiness < 0 || swappiness > 200) {
        throw new IllegalArgumentException("limits of " + limitPages + " pages, swappiness " + swappiness
            + ": a limit must be at least 1, and swappiness from 0 to 200");
      }
    }

    /** Memory cgroups are not below each other, faults alone make blocks of 2 MiB, and the OOM killer takes the largest task. */
    public ReclaimSpec(List<Long> limitPages, SwapSpec swap, int swappiness, boolean ofNodes) {
      this(limitPages, Collections.nCopies(limitPages.size(), 0), swap, swappiness, ofNodes, CompactionSpec.DEFAULT, false);
    }

    /** Equal memory cgroups and a device like zram. */
    public ReclaimSpec(int memcgs, long limitPages, int swapSlots, int swappiness) {
      this(Collections.nCopies(memcgs, limitPages), SwapSpec.zram(swapSlots), swappiness, false);
    }

    /** The same where nodes have kswapds, and allocations that find no page reclaim. */
    public ReclaimSpec forNodes() {
      return new ReclaimSpec(limitPages, parents, swap, swappiness, true, compaction, killsAllocatingTask);
    }

    /** The same with others who make blocks of 2 MiB. */
    public ReclaimSpec with(CompactionSpec others) {
      return new ReclaimSpec(limitPages, parents, swap, swappiness, ofNodes, others, killsAllocatingTask);
    }

    /** Memory cgroups beside the root. */
    public int memcgs() {
      return limitPages.size();
    }

    /** Whether anybody reclaims. */
    public boolean isOn() {
      return ofNodes || memcgs() > 0 || swap.slots() > 0;
    }
  }

  /**
   * A file of {@code pages} pages in the group of {@code node}.
   *
   * @param memcg the memory cgroup that its pages are charged to, 0 for the root
   */
  public record FileSpec(int node, int pages, int memcg) {
    /** A file of the root cgroup. */
    public FileSpec(int node, int pages) {
      this(node, pages, 0);
    }
  }
}
