package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import pinfold.engine.Host;
import pinfold.experiment.report.TextTable;
import pinfold.experiment.report.TextTable.Column;
import pinfold.experiment.stats.Quantiles;
import pinfold.experiment.stats.Share;
import pinfold.engine.Host;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Histogram;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.BackgroundTask;
import pinfold.scenario.ScenarioConfig;

/** All runs of a comparison that ended, in the order variant, seed; and the table made of them. */
public final class Comparison {
  private final ScenarioConfig scenario;
  private final List<KernelVariant> variants;
  private final List<RunResult> runs;
  private final List<FailedRun> failed;

  public Comparison(ScenarioConfig scenario, List<KernelVariant> variants, List<RunResult> runs, List<FailedRun> failed) {
    this.scenario = scenario;
    this.variants = List.copyOf(variants);
    this.runs = List.copyOf(runs);
    this.failed = List.copyOf(failed);
  }

  /** Runs that threw instead of ending, in the same order. */
  public List<FailedRun> failed() {
    return failed;
  }

  /** @throws RunsFailedException if some run failed */
  public void requireAllRan() {
    if (!failed.isEmpty()) {
      throw new RunsFailedException(failed, runs.size() + failed.size());
    }
  }

  /** @throws LivelockException if a VM of some run is in a livelock */
  public void requireNoLivelock() {
    for (RunResult run : runs) {
      run.vms().stream().filter(VmResult::livelocked).findFirst().ifPresent(vm -> {
        throw new LivelockException(run, vm);
      });
    }
  }

  /** Names of the variants, in the order of the table. */
  public List<String> variants() {
    return variants.stream().map(KernelVariant::name).toList();
  }

  /** Seeds of the runs, ascending. */
  public List<Long> seeds() {
    return Stream.concat(runs.stream().map(RunResult::seed), failed.stream().map(FailedRun::seed)).distinct().sorted().toList();
  }

  public List<RunResult> runs() {
    return runs;
  }

  /** Runs of one variant, by seed. */
  public List<RunResult> runsOf(KernelVariant variant) {
    return runs.stream().filter(run -> run.variant().equals(variant.name())).toList();
  }

  /** A row per variant; counts are means over its runs. */
  public TextTable table() {
    if (scenario.success() == ScenarioConfig.Success.TIME_IS_UP) {
      return rateTable();
    }
    if (!scenario.vms().isEmpty()) {
      return vmTable();
    }
    boolean reclaims = scenario.nodeReclaim() || !scenario.cgroups().isEmpty();
    return reclaims && !usesCma() ? reclaimTable() : loadTable();
  }

  /** For scenarios without VMs in which somebody reclaims, if not for CMA: whether the load ended or somebody was killed, and what reclaim did. */
  private TextTable reclaimTable() {
    TextTable table = new TextTable(Column.text("variant"), Column.text("finished"), Column.number("OOM kill after", "ms"),
        Column.number("PG_lru clear then, of oldest generation"),
        Column.number("simulated", "ms"), Column.number("page operations"), Column.number("pgscan"), Column.number("pgsteal"),
        Column.number("pgskip"), Column.number("pswpout"), Column.number("pswpin"), Column.number("swap used", "MiB"));
    for (KernelVariant variant : variants) {
      List<RunResult> of = runsOf(variant);
      if (of.isEmpty()) {
        continue;
      }
      List<OomKill> kills = of.stream().flatMap(run -> run.oomKills().stream().limit(1)).toList();
      table.row(variant.name(), of.stream().filter(Comparison::finished).count() + " of " + of.size(),
          kills.isEmpty() ? "-" : millis(Quantiles.of(kills.stream().mapToLong(OomKill::atNanos).toArray()).median()),
          kills.isEmpty() || !scenario.mglru() ? "-" : mean(kills.stream().mapToLong(OomKill::clearFolios).sum(), kills.size()) + " of "
              + mean(kills.stream().mapToLong(OomKill::oldestFolios).sum(), kills.size()),
          millis((double) of.stream().mapToLong(RunResult::simulatedNanos).sum() / of.size()),
          mean(sum(of, VmCounter.PAGE_OPERATIONS), of.size()),
          mean(sum(of, VmCounter.PGSCAN_KSWAPD) + sum(of, VmCounter.PGSCAN_DIRECT), of.size()),
          mean(sum(of, VmCounter.PGSTEAL_KSWAPD) + sum(of, VmCounter.PGSTEAL_DIRECT), of.size()),
          mean(sum(of, VmCounter.PGSKIP), of.size()),
          mean(sum(of, VmCounter.PSWPOUT), of.size()), mean(sum(of, VmCounter.PSWPIN), of.size()),
          "%.0f".formatted(sum(of, VmCounter.NR_SWAP_SLOTS) / 256.0 / of.size()));
    }
    return table;
  }

  private static String millis(double nanos) {
    return "%.3f".formatted(nanos / 1e6);
  }

  /** Whether everybody whom the run waited for has come to the end. */
  private static boolean finished(RunResult run) {
    return run.outcome() == Host.Outcome.STOPPED && run.oomKills().isEmpty();
  }

  /** For a load without end: how fast it goes, and what share of the CPUs' time is spent spinning for lru_lock. */
  private TextTable rateTable() {
    TextTable table = new TextTable(Column.text("variant"), Column.number("faults", "million/s"), Column.number("against the first", "%"),
        Column.number("spins for lru_lock", "% of CPU time"), Column.number("to add", "%"), Column.number("to release", "%"));
    double first = 0;
    for (KernelVariant variant : variants) {
      List<RunResult> of = runsOf(variant);
      if (!of.isEmpty()) {
        double faults = perSecond(of, VmCounter.PGFAULT);
        first = first == 0 ? faults : first;
        table.row(variant.name(), "%.3f".formatted(faults / 1e6), first == 0 ? "-" : "%+.1f".formatted(100 * (faults / first - 1)),
            cpuShare(of, VmCounter.LRU_LOCK_WAIT_NANOS), cpuShare(of, VmCounter.LRU_ADD_LOCK_WAIT_NANOS),
            cpuShare(of, VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS));
      }
    }
    return table;
  }

  /** Mean over runs of what a counter grew a second while they were measured. */
  private double perSecond(List<RunResult> runs, VmCounter counter) {
    return runs.stream().mapToDouble(run -> run.series().perSecond(counter, scenario.measureFromNanos())).sum() / runs.size();
  }

  /** A sum of waits, ns, as per cent of all CPUs' time. */
  private String cpuShare(List<RunResult> runs, VmCounter waits) {
    return "%.2f".formatted(perSecond(runs, waits) / 1e9 / scenario.machine().cpuCount() * 100);
  }

  /** For scenarios without VMs: what the load did to the lists. */
  private TextTable loadTable() {
    TextTable table = new TextTable(withMore(Column.text("variant"), Column.number("simulated", "ms"),
        Column.number("page operations"), Column.number("pgactivate"), Column.number("pgdeactivate"),
        Column.number("nonresident_age"), Column.number("drain-alls"), Column.number("PG_lru clear, mean", "us"),
        Column.number("lock wait", "ms")));
    for (KernelVariant variant : variants) {
      List<RunResult> of = runsOf(variant);
      if (!of.isEmpty()) {
        long cleared = sum(of, VmCounter.LRU_CLEAR_ENDED);
        table.row(withMore(of, variant.name(), "%.3f".formatted(of.stream().mapToLong(RunResult::simulatedNanos).sum() / 1e6 / of.size()),
            mean(sum(of, VmCounter.PAGE_OPERATIONS), of.size()), mean(sum(of, VmCounter.PGACTIVATE), of.size()),
            mean(sum(of, VmCounter.PGDEACTIVATE), of.size()), mean(sum(of, VmCounter.NONRESIDENT_AGE), of.size()),
            mean(sum(of, VmCounter.LRU_ADD_DRAIN_ALL), of.size()),
            cleared == 0 ? "-" : "%.1f".formatted(sum(of, VmCounter.LRU_CLEAR_NANOS) / 1e3 / cleared),
            "%.2f".formatted(lockWaitNanos(of) / 1e6 / of.size())));
      }
    }
    return table;
  }

  private boolean usesCma() {
    return scenario.background().stream().anyMatch(task -> task.kind() == BackgroundTask.Kind.CMA_ALLOC);
  }

  /** The columns, and behind them those of scenarios that allocate from CMA, and of those with a load that did not finish. */
  private Column[] withMore(Column... columns) {
    Stream<Column> cma = !usesCma() ? Stream.empty() : Stream.of(Column.number("cma_alloc ok"), Column.number("failed"),
        Column.number("next range"), Column.number("late failures"));
    Stream<Column> load = loadFinished() ? Stream.empty() : Stream.of(Column.text("load finished"));
    return Stream.of(Stream.of(columns), cma, load).flatMap(more -> more).toArray(Column[]::new);
  }

  private String[] withMore(List<RunResult> of, String... cells) {
    Stream<String> cma = !usesCma() ? Stream.empty() : Stream.of(VmCounter.CMA_ALLOC_SUCCESS, VmCounter.CMA_ALLOC_FAIL,
        VmCounter.CMA_BUSY_RETRIES, VmCounter.MIGRATE_LATE_FAILURES).map(counter -> mean(sum(of, counter), of.size()));
    Stream<String> load = loadFinished() ? Stream.empty()
        : Stream.of(of.stream().filter(run -> !run.loadUnfinished()).count() + " of " + of.size());
    return Stream.of(Stream.of(cells), cma, load).flatMap(more -> more).toArray(String[]::new);
  }

  /** Whether no run ended before the load that it should have waited for. */
  private boolean loadFinished() {
    return runs.stream().noneMatch(RunResult::loadUnfinished);
  }

  private TextTable vmTable() {
    TextTable table = new TextTable(withMore(Column.text("variant"), Column.text("VMs started"), Column.text("95 % interval"),
        Column.text("errno"), Column.number("VM start, median", "ms"), Column.number("pin calls"), Column.number("drain-alls"),
        Column.number("CPUs disturbed"), Column.number("folios migrated"), Column.number("failed"),
        Column.number("PG_lru clear, mean", "us"), Column.number("lock wait", "ms")));
    for (KernelVariant variant : variants) {
      List<RunResult> of = runsOf(variant);
      if (of.isEmpty()) {
        continue;
      }
      List<VmResult> vms = of.stream().flatMap(run -> run.vms().stream()).toList();
      int started = (int) vms.stream().filter(VmResult::started).count();
      Share share = vms.isEmpty() ? null : Share.of(started, vms.size());
      long cleared = sum(of, VmCounter.LRU_CLEAR_ENDED);
      table.row(withMore(of, variant.name(), vms.isEmpty() ? "-" : started + " of " + vms.size(),
          share == null ? "-" : "%.0f-%.0f %%".formatted(100 * share.low(), 100 * share.high()), errnos(vms), startMillis(vms),
          mean(of.stream().mapToLong(run -> run.pinCalls().size()).sum(), of.size()),
          mean(sum(of, VmCounter.LRU_ADD_DRAIN_ALL), of.size()), mean(sum(of, VmCounter.CPUS_DRAINED), of.size()),
          mean(sum(of, VmCounter.PGMIGRATE_SUCCESS), of.size()), mean(sum(of, VmCounter.PGMIGRATE_FAIL), of.size()),
          cleared == 0 ? "-" : "%.1f".formatted(sum(of, VmCounter.LRU_CLEAR_NANOS) / 1e3 / cleared),
          "%.2f".formatted(lockWaitNanos(of) / 1e6 / of.size())));
    }
    return table;
  }

  /** Time that tasks spun for lru_lock and waited for mmap_lock, ns. */
  private static long lockWaitNanos(List<RunResult> runs) {
    return sum(runs, VmCounter.LRU_LOCK_WAIT_NANOS) + sum(runs, VmCounter.MMAP_LOCK_WAIT_NANOS);
  }

  private static String mean(long sum, int runs) {
    return sum % runs == 0 ? Long.toString(sum / runs) : "%.1f".formatted((double) sum / runs);
  }

  private static long sum(List<RunResult> runs, VmCounter counter) {
    return runs.stream().mapToLong(run -> run.counters().get(counter)).sum();
  }

  private static String errnos(List<VmResult> vms) {
    TreeSet<String> found = new TreeSet<>();
    for (VmResult vm : vms) {
      if (!vm.ended()) {
        found.add("not ended");
      } else if (!vm.started()) {
        found.add(Errno.name(vm.result()));
      }
    }
    return found.isEmpty() ? "-" : String.join(", ", found);
  }

  private static String startMillis(List<VmResult> vms) {
    long[] times = vms.stream().filter(VmResult::started).mapToLong(vm -> vm.endNanos() - vm.startNanos()).toArray();
    return times.length == 0 ? "-" : "%.2f".formatted(Quantiles.of(times).median() / 1e6);
  }

  /** One story for each variant of which a VM failed, and one for each that did not come to its end, in the order of the table. */
  public List<String> stories() {
    List<String> stories = new ArrayList<>();
    for (KernelVariant variant : variants) {
      runsOf(variant).stream().flatMap(run -> run.vms().stream().filter(vm -> vm.failure().isPresent())
          .map(vm -> FailureStory.of(variant, vm.name(), run.seed(), vm.failure().get()))).findFirst().ifPresent(stories::add);
      runsOf(variant).stream().filter(run -> !run.oomKills().isEmpty()).findFirst()
          .ifPresent(run -> stories.add(OomStory.of(run, scenario)));
      runsOf(variant).stream().filter(run -> !run.stuck().isEmpty()).findFirst().ifPresent(run -> stories.add(
          "%s, seed %d: %s after %.3f s of simulated time%s. Who waits for whom:%n  %s%n"
              .formatted(variant.name(), run.seed(),
                  run.loadUnfinished() ? "not every background task had done its max-ops" : "not every VM had started or failed",
                  run.simulatedNanos() / 1e9,
                  run.outcome() == Host.Outcome.QUIESCENT ? ", and nobody could do anything any more" : "",
                  String.join("\n  ", run.stuck()))));
    }
    return stories;
  }

  /** What one lru_add_drain_all() took, a phrase for each variant that called it; empty if none did. */
  public List<String> drainLatencies() {
    List<String> phrases = new ArrayList<>();
    for (KernelVariant variant : variants) {
      Histogram drains = new Histogram();
      runsOf(variant).forEach(run -> drains.addAll(run.distributions().get(Distribution.DRAIN_ALL)));
      if (drains.count() > 0) {
        long piggybacked = sum(runsOf(variant), VmCounter.LRU_ADD_DRAIN_ALL_PIGGYBACKED);
        phrases.add("%s %.1f, %.1f, %.1f%s".formatted(variant.name(), drains.quantile(0.5) / 1e3, drains.quantile(0.99) / 1e3,
            drains.max() / 1e3,
            piggybacked == 0 ? "" : " (%.0f %% found another's enough)".formatted(100.0 * piggybacked / drains.count())));
      }
    }
    return phrases;
  }

  /** Where allocations of tasks have stalled: how often and for how long, per run, as phrases; empty if nowhere. */
  public List<String> allocationStalls() {
    List<String> phrases = new ArrayList<>();
    for (KernelVariant variant : variants) {
      List<RunResult> of = runsOf(variant);
      long reclaims = sum(of, VmCounter.ALLOCSTALL);
      long compactions = sum(of, VmCounter.COMPACT_STALL);
      if (reclaims + compactions > 0) {
        phrases.add("%s: %,d times direct reclaim, %.3f s, which scanned %,d pages and took %,d; %,d times direct compaction, %.3f s".formatted(
            variant.name(), reclaims / of.size(), sum(of, VmCounter.ALLOCSTALL_NANOS) / 1e9 / of.size(),
            sum(of, VmCounter.PGSCAN_DIRECT) / of.size(), sum(of, VmCounter.PGSTEAL_DIRECT) / of.size(), compactions / of.size(),
            sum(of, VmCounter.COMPACT_STALL_NANOS) / 1e9 / of.size()));
      }
    }
    return phrases;
  }

  /** Link latency that no operation's cost covered, as a share of all CPUs' simulated time, the largest of all runs. */
  public double windowExcess() {
    return runs.stream().mapToDouble(run -> run.simulatedNanos() == 0 ? 0
        : (double) run.counters().get(VmCounter.WINDOW_EXCESS_NANOS) / run.simulatedNanos() / scenario.machine().cpuCount())
        .max().orElse(0);
  }

  public ScenarioConfig scenario() {
    return scenario;
  }
}
