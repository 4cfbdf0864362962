package pinfold.cli.backend;

import java.util.Optional;
import pinfold.experiment.compare.Comparer;
import pinfold.scenario.ConfigError;

/**
 * How runs fit into the heap. The launcher bounds the heap by the memory that is free; here the estimate of a run decides how
 * many go side by side in it, or that not even one does.
 *
 * @param perRunBytes the estimate for one run
 * @param heapBytes what the heap may grow to
 * @param sideBySide runs at the same time
 */
record HeapPlan(int runs, int processors, long perRunBytes, long heapBytes, int sideBySide) {
  /** From here on a run is worth a word about its memory. */
  private static final long LARGE_BYTES = 1L << 30;

  /** @throws ConfigError if one run alone may need more than the heap */
  static HeapPlan of(String scenario, Comparer comparer, int processors, long heapBytes) {
    HeapPlan plan = new HeapPlan(comparer.runs(), processors, comparer.bytesPerRun(), heapBytes,
        comparer.sideBySide(processors, heapBytes));
    if (plan.perRunBytes > heapBytes) {
      throw new ConfigError("scenario " + scenario, 0, "", null, ("one run may need %s of heap and Java may take %s here, which "
          + "is what PINFOLD_HEAP says or else 80 %% of the free memory: give the VMs less (--set vm-defaults.memory-mib=...), "
          + "free memory, or insist with PINFOLD_HEAP=%dg")
          .formatted(gib(plan.perRunBytes), gib(heapBytes), (plan.perRunBytes * 21 / 20 >> 30) + 1));
    }
    return plan;
  }

  /** What to say before the start: nothing where memory is no matter. */
  Optional<String> remark() {
    boolean held = sideBySide < Math.min(processors, runs);
    if (perRunBytes * sideBySide < LARGE_BYTES && !held) {
      return Optional.empty();
    }
    String atOnce = sideBySide == 1 ? "one at a time" : sideBySide + " side by side";
    return Optional.of("%d run%s, each may need %s; %s in a heap of up to %s%s".formatted(runs, runs == 1 ? "" : "s",
        gib(perRunBytes), atOnce, gib(heapBytes), held ? ", more do not fit" : ""));
  }

  private static String gib(long bytes) {
    return "%.1f GiB".formatted(bytes / 0x1p30);
  }
}
