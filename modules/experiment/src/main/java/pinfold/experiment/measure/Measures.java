package pinfold.experiment.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import pinfold.engine.Host;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.VmResult;
import pinfold.experiment.stats.Quantiles;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Histogram;
import pinfold.kernel.count.VmCounter;
import pinfold.scenario.ExperimentConfig.Better;
import pinfold.scenario.ScenarioConfig;

/** All measures that there are: some of their own, then every counter under its name in /proc/vmstat, at the end of the run. */
public final class Measures {
  private static final Map<String, Measure> BY_NAME = new LinkedHashMap<>();

  static {
    add(new Measure("success", "succeeded", "", Better.HIGHER, true, (run, scenario) -> succeeded(run, scenario) ? 1 : 0));
    add("vm-start-ms", "VM start, median", "ms", Better.LOWER, Measures::vmStartMillis);
    add("vms-started", "VMs started", "", Better.HIGHER, run -> run.vms().stream().filter(VmResult::started).count());
    add(new Measure("last-vm-started", "the last VM started", "", Better.HIGHER, true,
        (run, scenario) -> run.vms().isEmpty() ? Double.NaN : run.vms().getLast().started() ? 1 : 0));
    add("simulated-ms", "simulated time", "ms", Better.LOWER, run -> run.simulatedNanos() / 1e6);
    add("pin-calls", "pin calls", "", Better.NEITHER, run -> run.pinCalls().size());
    add("failed-pins", "pin calls that failed", "", Better.LOWER, run -> run.pinCalls().stream().filter(call -> call.outcome() < 0).count());
    add("drain-alls", "drains of all CPUs", "", Better.LOWER, run -> run.counters().get(VmCounter.LRU_ADD_DRAIN_ALL));
    add("cpus-disturbed", "CPUs disturbed by drains", "", Better.LOWER, run -> run.counters().get(VmCounter.CPUS_DRAINED));
    addQuantiles(Distribution.DRAIN_ALL, "drain-all", "drain of all CPUs");
    addQuantiles(Distribution.LRU_CLEAR, "lru-clear", "time with PG_lru clear");
    add("lru-clear-mean-us", "time with PG_lru clear, mean", "us", Better.LOWER, run -> run.counters().get(VmCounter.LRU_CLEAR_ENDED) == 0
        ? Double.NaN : run.counters().get(VmCounter.LRU_CLEAR_NANOS) / 1e3 / run.counters().get(VmCounter.LRU_CLEAR_ENDED));
    add("lru-lock-wait-ms", "wait for lru_lock", "ms", Better.LOWER, run -> run.counters().get(VmCounter.LRU_LOCK_WAIT_NANOS) / 1e6);
    add("mmap-lock-wait-ms", "wait for mmap_lock", "ms", Better.LOWER, run -> run.counters().get(VmCounter.MMAP_LOCK_WAIT_NANOS) / 1e6);
    add("folios-migrated", "folios migrated", "", Better.LOWER, run -> run.counters().get(VmCounter.PGMIGRATE_SUCCESS));
    add("folios-failed", "folios that could not be migrated", "", Better.LOWER, run -> run.counters().get(VmCounter.PGMIGRATE_FAIL));
    add("scanned", "pages scanned by reclaim", "", Better.LOWER,
        run -> run.counters().get(VmCounter.PGSCAN_KSWAPD) + run.counters().get(VmCounter.PGSCAN_DIRECT));
    add("reclaimed", "pages reclaimed", "", Better.NEITHER,
        run -> run.counters().get(VmCounter.PGSTEAL_KSWAPD) + run.counters().get(VmCounter.PGSTEAL_DIRECT));
    add("reclaim-efficiency", "pages reclaimed of those scanned", "", Better.HIGHER, Measures::reclaimEfficiency);
    add("stall-ms", "time of tasks in direct reclaim and compaction", "ms", Better.LOWER,
        run -> (run.counters().get(VmCounter.ALLOCSTALL_NANOS) + run.counters().get(VmCounter.COMPACT_STALL_NANOS)) / 1e6);
    add("oom-kills", "OOM kills", "", Better.LOWER, run -> run.oomKills().size());
    for (VmCounter counter : VmCounter.values()) {
      add(counter.statName(), counter.statName(), counter.statName().endsWith("_nanos") ? "ns" : "", Better.NEITHER,
          run -> run.counters().get(counter));
    }
  }

  private Measures() {}

  /** All of them, in the order in which records keep their values. */
  public static List<Measure> all() {
    return List.copyOf(BY_NAME.values());
  }

  /** The names of all. */
  public static List<String> names() {
    return Collections.unmodifiableList(new ArrayList<>(BY_NAME.keySet()));
  }

  /** The measure of that name, null if there is none. */
  public static Measure named(String name) {
    return BY_NAME.get(name);
  }

  /** The values of all of a run, in the order of {@link #all}. */
  public static double[] of(RunResult run, ScenarioConfig scenario) {
    return BY_NAME.values().stream().mapToDouble(measure -> measure.of().applyAsDouble(run, scenario)).toArray();
  }

  private static void add(String name, String title, String unit, Better better, ToDoubleFunction<RunResult> of) {
    add(new Measure(name, title, unit, better, false, (run, scenario) -> of.applyAsDouble(run)));
  }

  private static void add(Measure measure) {
    if (BY_NAME.put(measure.name(), measure) != null) {
      throw new IllegalStateException("two measures are called " + measure.name());
    }
  }

  private static void addQuantiles(Distribution distribution, String name, String title) {
    add(name + "-p50-us", title + ", median", "us", Better.LOWER, run -> micros(run, distribution, 0.5));
    add(name + "-p99-us", title + ", 99 %", "us", Better.LOWER, run -> micros(run, distribution, 0.99));
    add(name + "-max-us", title + ", longest", "us", Better.LOWER, run -> micros(run, distribution, 1));
  }

  private static double micros(RunResult run, Distribution distribution, double share) {
    Histogram histogram = run.distributions().get(distribution);
    if (histogram.count() == 0) {
      return Double.NaN;
    }
    return (share == 1 ? histogram.max() : histogram.quantile(share)) / 1e3;
  }

  private static boolean succeeded(RunResult run, ScenarioConfig scenario) {
    return switch (scenario.success()) {
      case VM_STARTED -> run.vms().stream().allMatch(VmResult::started);
      case LOAD_FINISHED -> run.outcome() == Host.Outcome.STOPPED && run.oomKills().isEmpty();
      case TIME_IS_UP -> run.oomKills().isEmpty();
    };
  }

  private static double vmStartMillis(RunResult run) {
    long[] times = run.vms().stream().filter(VmResult::started).mapToLong(vm -> vm.endNanos() - vm.startNanos()).toArray();
    return times.length == 0 ? Double.NaN : Quantiles.of(times).median() / 1e6;
  }

  private static double reclaimEfficiency(RunResult run) {
    long scanned = run.counters().get(VmCounter.PGSCAN_KSWAPD) + run.counters().get(VmCounter.PGSCAN_DIRECT);
    long taken = run.counters().get(VmCounter.PGSTEAL_KSWAPD) + run.counters().get(VmCounter.PGSTEAL_DIRECT);
    return scanned == 0 ? Double.NaN : (double) taken / scanned;
  }
}
