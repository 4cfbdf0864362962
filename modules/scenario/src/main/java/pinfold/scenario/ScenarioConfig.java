package pinfold.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.cpu.WorkerWakeUp;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.swap.SwapSpec;

/**
 * A scenario: the machine, what happens on it, and what counts as success. Says nothing about the kernel on it.
 *
 * @param name name of its file
 * @param title one line for people
 * @param machine nodes, zones, distances, link latencies
 * @param inUse what is in use when the run starts, by global zone index
 * @param mglru whether the multi-generational LRU is on
 * @param workerWakeUp when a woken drain worker gets a CPU that fair tasks use
 * @param cgroups memory cgroups beside the root, numbered from 1
 * @param swap the swap device
 * @param swappiness vm.swappiness
 * @param nodeReclaim whether nodes have a kswapd, and allocations that find no page reclaim
 * @param compaction who makes blocks of 2 MiB where nodes reclaim
 * @param oomKillsAllocatingTask vm.oom_kill_allocating_task
 * @param vms in the order of the file
 * @param background the load beside the VMs
 * @param variants names of the variants to compare
 * @param seeds a run for each
 * @param durationLimitNanos simulated time after which a run is given up
 * @param success when a run has succeeded
 * @param measureFromNanos where the part of a run begins over which rates are taken
 * @param check how far invariants are checked
 * @param costs constants of the cost model that differ from its defaults, ns
 * @param effective the configuration in force as text, defaults and overrides included; itself a scenario file
 */
public record ScenarioConfig(
    String name,
    String title,
    MachineConfig machine,
    List<ZoneUse> inUse,
    boolean mglru,
    WorkerWakeUp workerWakeUp,
    List<MemoryCgroup> cgroups,
    SwapSpec swap,
    int swappiness,
    boolean nodeReclaim,
    CompactionSpec compaction,
    boolean oomKillsAllocatingTask,
    List<VmConfig> vms,
    List<BackgroundTask> background,
    List<String> variants,
    List<Long> seeds,
    long durationLimitNanos,
    Success success,
    long measureFromNanos,
    Check check,
    Map<Cost, Long> costs,
    String effective) {

  public ScenarioConfig {
    inUse = List.copyOf(inUse);
    cgroups = List.copyOf(cgroups);
    vms = List.copyOf(vms);
    background = List.copyOf(background);
    variants = List.copyOf(variants);
    seeds = List.copyOf(seeds);
  }

  /** The cost model that runs have. */
  public CostModel costModel() {
    return new CostModel(costs);
  }

  /** What reports call the address spaces of a run, by number. */
  public List<String> spaceNames() {
    List<String> names = new ArrayList<>();
    vms.forEach(vm -> names.add(vm.name()));
    for (BackgroundTask task : background) {
      for (int cpu : task.kind().hasAddressSpace() ? task.cpus() : List.<Integer>of()) {
        names.add(task.cpus().size() == 1 ? task.name() : task.name() + " on CPU " + cpu);
      }
    }
    return names;
  }

  /** When a run has succeeded. */
  public enum Success {
    /** All VMs have started. */
    VM_STARTED,
    /** All background tasks have done their operations, and all VMs have started or failed. */
    LOAD_FINISHED,
    /** The time is over: what counts is what was done in it. */
    TIME_IS_UP
  }

  /** How far invariants are checked. */
  public enum Check {
    OFF,
    /** What each window touched, and everything now and then. */
    TOUCHED,
    /** Everything after each window. */
    FULL
  }
}
