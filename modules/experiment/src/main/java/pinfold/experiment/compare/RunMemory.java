package pinfold.experiment.compare;

import pinfold.scenario.BackgroundTask;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VmConfig;

/**
 * Estimates, from the scenario alone, the heap that a run needs. It was fitted to what shipped scenarios were seen to fail with
 * and to pass with, and leans to the safe side; memory that no task touches costs next to nothing and is not in it.
 */
public final class RunMemory {
  /** Code, caches, what a window sends, results. */
  private static final long FIXED_BYTES = 64L << 20;
  /** Folio records at both ends of a migration, page table, list of pins, and what the collector keeps free. */
  private static final long BYTES_PER_PAGE = 60;
  /** The batches that a node holds while a CPU lends them, and the CPU's lists for the node's zones. */
  private static final long BYTES_PER_NODE_AND_CPU = 2048;

  private RunMemory() {}

  /** Bytes. */
  public static long bytes(ScenarioConfig scenario) {
    long pages = 0;
    for (VmConfig vm : scenario.vms()) {
      pages += vm.memoryPages();
    }
    for (BackgroundTask task : scenario.background()) {
      pages += task.workingSetPages() * task.cpus().size();
    }
    return FIXED_BYTES + pages * BYTES_PER_PAGE
        + BYTES_PER_NODE_AND_CPU * scenario.machine().nodes().size() * scenario.machine().cpuCount();
  }
}
