package pinfold.cli.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import pinfold.cli.terminal.ProgressDisplay;
import pinfold.cluster.front.FrontClient;
import pinfold.experiment.Installation;
import pinfold.experiment.compare.ClusterComparer;
import pinfold.experiment.compare.Comparer;
import pinfold.experiment.compare.Comparison;
import pinfold.experiment.compare.DistributionRows;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.compare.Series;
import pinfold.experiment.compare.VmResult;
import pinfold.experiment.report.Claims;
import pinfold.experiment.results.Json;
import pinfold.experiment.results.Manifest;
import pinfold.experiment.results.ResultDirectory;
import pinfold.kernel.Machine;
import pinfold.kernel.Observer.Badness;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;
import pinfold.scenario.trace.FtraceWriter;
import pinfold.scenario.trace.TraceEvents;

/** {@code compare} and {@code run}: simulates a scenario and prints the table, the stories and the digests. */
final class SimulateBackEnd {
  private SimulateBackEnd() {}

  static boolean compare(CompareRequest request, Session session) throws IOException {
    ScenarioConfig scenario = scenario(request.scenario(), request.options(), session);
    List<String> names = request.variants().isEmpty() ? scenario.variants() : request.variants();
    List<Long> seeds = request.seeds() == 0 ? scenario.seeds() : LongStream.rangeClosed(1, request.seeds()).boxed().toList();
    return asExpected(simulate(scenario, names, seeds, request.options(), session), request.options());
  }

  static boolean run(RunRequest request, Session session) throws IOException {
    ScenarioConfig scenario = scenario(request.scenario(), request.options(), session);
    if (request.trace().isPresent()) {
      return trace(scenario, request, request.trace().get(), session);
    }
    return answer(simulate(scenario, List.of(request.variant()), List.of(request.seed()), request.options(), session),
        request.options(), session);
  }

  /** Prints ftrace text, and nothing else, to standard output. */
  private static boolean trace(ScenarioConfig scenario, RunRequest request, TraceRequest trace, Session session) {
    KernelVariant variant = KernelVariants.of(VariantFile.load(request.variant(), searchPath(session)));
    RunOptions options = request.options();
    HeapPlan plan = plan(new Comparer(scenario, List.of(variant), List.of(request.seed())), options.threads(), session);
    HostFactory hosts = hosts(options.host(), plan.processors());
    pinfold.kernel.trace.TraceRequest filter =
        TraceEvents.request(trace.events(), trace.fromNanos(), trace.toNanos(), trace.pfn());
    try (ProgressDisplay display = session.progress(1);
        ProgressDisplay.Part part = display.begin(variant.name() + " seed " + request.seed())) {
      new ScenarioRun(scenario, variant, request.seed(), hosts, options.check())
          .run(part, filter, machine -> write(machine, session));
    }
    return true;
  }

  private static void write(Machine machine, Session session) {
    try {
      new FtraceWriter(machine).writeTo(session.out());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    if (machine.tracing().kept() < machine.tracing().written()) {
      session.err().printf("pinfold: kept the last %d of %d records; narrow it with --from, --to, --pfn or fewer events%n",
          machine.tracing().kept(), machine.tracing().written());
    }
  }

  private static ScenarioConfig scenario(Path file, RunOptions options, Session session) {
    return ScenarioFile.load(file.toString(), searchPath(session), options.settings());
  }

  static List<Path> searchPath(Session session) {
    return Installation.searchPath(session.home());
  }

  private static Comparison simulate(ScenarioConfig scenario, List<String> names, List<Long> seeds, RunOptions options,
      Session session)
      throws IOException {
    return report(options.cluster().isEmpty() ? here(scenario, names, seeds, options, session)
        : onCluster(scenario, names, seeds, options, session), options, session);
  }

  static boolean resume(ResumeRequest request, Session session) throws IOException {
    RunOptions options = new RunOptions(List.of(), HostKind.ACTORS, 0, CheckLevel.OFF, request.out(), request.cluster(), Spread.MACHINE,
        request.json(), OptionalInt.empty());
    return answer(report(onCluster(1, (client, display) -> ClusterComparer.resume(client, request.run(), display::begin), options,
        session), options, session), options, session);
  }

  /** Whether no check found anything. */
  private static boolean asExpected(Comparison comparison, RunOptions options) {
    return options.check() == CheckLevel.OFF || comparison.runs().stream().allMatch(run -> run.findings().isEmpty());
  }

  /** Of one run: as above, and a livelock is an exit code of its own. Where several are compared it is one of the answers. */
  private static boolean answer(Comparison comparison, RunOptions options, Session session) {
    boolean asExpected = asExpected(comparison, options);
    if (asExpected && !session.cancelled()) {
      comparison.requireNoLivelock();
    }
    return asExpected;
  }

  private static Comparison report(Runner runner, RunOptions options, Session session) throws IOException {
    if (options.out().isEmpty()) {
      Comparison comparison = runner.run();
      report(comparison, options, session);
      comparison.requireAllRan();
      return comparison;
    }
    // Before the run, so that a place that is refused costs nothing.
    try (ResultDirectory out = ResultDirectory.create(options.out().get())) {
      Comparison comparison = runner.run();
      report(comparison, options, session);
      if (!comparison.runs().isEmpty()) {
        write(comparison, options.host(), out, session);
      }
      comparison.requireAllRan();
      return comparison;
    }
  }

  @FunctionalInterface
  private interface Runner {
    Comparison run() throws IOException;
  }

  private static Runner onCluster(ScenarioConfig scenario, List<String> names, List<Long> seeds, RunOptions options, Session session) {
    boolean onOneMember = options.spread() == Spread.RUNS;
    ClusterComparer comparer = new ClusterComparer(scenario, names, seeds, onOneMember, searchPath(session));
    return onCluster(comparer.runs(), (client, display) -> {
      try (LiveView live = LiveView.open(options.serve(), scenario.title(), comparer.runs(), session)) {
        return comparer.run(client, live.watching(display::begin));
      }
    }, options, session);
  }

  @FunctionalInterface
  private interface ClusterWork {
    Comparison run(FrontClient client, ProgressDisplay display) throws IOException;
  }

  private static Runner onCluster(int runs, ClusterWork work, RunOptions options, Session session) {
    return () -> {
      Comparison comparison;
      try (FrontClient client = options.cluster().client(session); ProgressDisplay display = session.progress(runs)) {
        comparison = work.run(client, display);
      } catch (NoSuchFileException e) {
        throw e;
      } catch (IOException e) {
        throw new ConfigError("cluster", 0, "--cluster", options.cluster().text(), e.getMessage());
      }
      return ended(comparison, runs, session);
    };
  }

  private static Runner here(ScenarioConfig scenario, List<String> names, List<Long> seeds, RunOptions options, Session session) {
    List<KernelVariant> variants = new ArrayList<>();
    for (String name : names) {
      variants.add(KernelVariants.of(VariantFile.load(name, searchPath(session))));
    }
    Comparer comparer = new Comparer(scenario, variants, seeds);
    HeapPlan plan = plan(comparer, options.threads(), session);
    HostFactory hosts = hosts(options.host(), Math.max(1, plan.processors() / plan.sideBySide()));
    return () -> run(comparer, plan, hosts, options, session);
  }

  private static Comparison run(Comparer comparer, HeapPlan plan, HostFactory hosts, RunOptions options, Session session) {
    Comparison comparison;
    try (LiveView live = LiveView.open(options.serve(), comparer.scenario().title(), comparer.runs(), session);
        ProgressDisplay display = session.progress(comparer.runs())) {
      comparison = comparer.run(plan.sideBySide(), hosts, options.check(), live.watching(display::begin));
    }
    return ended(comparison, comparer.runs(), session);
  }

  private static Comparison ended(Comparison comparison, int runs, Session session) {
    if (session.cancelled()) {
      session.err().printf("pinfold: ended early, with %d of %d runs finished%n", comparison.runs().size(), runs);
    }
    return comparison;
  }

  /** Prints the answer. */
  private static void report(Comparison comparison, RunOptions options, Session session) {
    if (comparison.runs().isEmpty()) {
      return;
    }
    if (options.json()) {
      session.out().println(Json.pretty(comparison.runs().stream().map(SimulateBackEnd::asMap).toList()));
    } else {
      print(comparison, options, session);
    }
  }

  static HostFactory hosts(HostKind kind, int threads) {
    return kind == HostKind.SEQUENTIAL ? HostFactory.sequential() : HostFactory.actors(threads);
  }

  /** @param threads 0 for one per processor */
  static HeapPlan plan(Comparer comparer, int threads, Session session) {
    int processors = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    HeapPlan plan = HeapPlan.of(comparer.scenario().name(), comparer, processors, Runtime.getRuntime().maxMemory());
    plan.remark().ifPresent(remark -> session.err().println("pinfold: " + remark));
    return plan;
  }

  private static void print(Comparison comparison, RunOptions options, Session session) {
    ScenarioConfig scenario = comparison.scenario();
    session.out().println(scenario.title());
    long farNanos = scenario.machine().farLinkNanos();
    session.out().printf("%d VMs, %d CPUs, %d nodes; link latency %d ns within a node, %d ns between nodes; runs: %d%n",
        scenario.vms().size(), scenario.machine().cpuCount(), scenario.machine().nodes().size(), scenario.machine().nearLinkNanos(),
        farNanos, comparison.runs().size());
    if (farNanos > MachineConfig.USUAL_FAR_LINK_NANOS) {
      session.out().printf("Links between nodes are longer than the usual %d ns, as the scenario asks: what crosses nodes takes longer by "
          + "what the window excess says.%n", MachineConfig.USUAL_FAR_LINK_NANOS);
    }
    session.out().println();
    session.out().println(comparison.table().render(session.terminal().columns()));
    if (!comparison.drainLatencies().isEmpty()) {
      session.out().println("A drain of all CPUs took (median, 99 %, longest; us): "
          + String.join("; ", comparison.drainLatencies()) + "\n");
    }
    if (!comparison.allocationStalls().isEmpty()) {
      session.out().println("Allocations that stalled, on average of the runs:");
      comparison.allocationStalls().forEach(stall -> session.out().println("  " + stall));
      session.out().println();
    }
    for (String story : comparison.stories()) {
      session.out().println(story);
    }
    session.out().println(Claims.TIMES);
    session.out().printf("Window excess: at most %.2f %% of the CPUs' simulated time.%n", 100 * comparison.windowExcess());
    for (RunResult run : comparison.runs()) {
      session.out().printf("digest %s  %s seed %d  %.4f s simulated%n", run.digestText(), run.variant(), run.seed(),
          run.simulatedNanos() / 1e9);
      if (options.check() != CheckLevel.OFF) {
        session.out().println(run.findings().isEmpty()
            ? "  checked: every pin call drained as the variant's rule calls for" : "  check found:");
        run.findings().forEach(finding -> session.out().println("    " + finding));
      }
    }
  }

  private static Map<String, Object> asMap(RunResult run) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("variant", run.variant());
    map.put("seed", run.seed());
    map.put("outcome", run.outcome().name());
    map.put("simulated_ns", run.simulatedNanos());
    map.put("digest", run.digestText());
    List<Object> vms = new ArrayList<>();
    for (VmResult vm : run.vms()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", vm.name());
      one.put("started", vm.started());
      one.put("result", vm.result());
      one.put("start_ns", vm.startNanos());
      one.put("end_ns", vm.endNanos());
      one.put("pin_calls", vm.pinCalls());
      one.put("drain_alls", vm.drainAlls());
      one.put("migrated_pages", vm.migratedPages());
      one.put("failed_pages", vm.failedPages());
      vms.add(one);
    }
    map.put("vms", vms);
    List<Object> kills = new ArrayList<>();
    for (OomKill kill : run.oomKills()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("at_ns", kill.atNanos());
      one.put("cpu", kill.cpu());
      one.put("memory_cgroup", kill.memcg());
      one.put("victim_space", kill.victim());
      one.put("victim_cpu", kill.victimCpu());
      one.put("panics", kill.panics());
      one.put("total_pages", kill.totalPages());
      one.put("worst", kill.worst().stream().map(SimulateBackEnd::badness).toList());
      one.put("generations", kill.generations());
      one.put("oldest_folios", kill.oldestFolios());
      one.put("lru_clear_folios", kill.clearFolios());
      Map<String, Object> batches = new LinkedHashMap<>();
      kill.holders().forEach(word -> batches.put("cpu " + (word >>> 35) + " "
          + BatchKind.of((int) (word >>> 32) & 7).kernelName(), word & 0xFFFFFFFFL));
      one.put("held_by", batches);
      kills.add(one);
    }
    map.put("oom_kills", kills);
    Map<String, Object> counters = new LinkedHashMap<>();
    for (VmCounter counter : VmCounter.values()) {
      counters.put(counter.statName(), run.counters().get(counter));
    }
    map.put("counters", counters);
    map.put("distributions", DistributionRows.summary(run.distributions()));
    map.put("stuck", run.stuck());
    map.put("check", run.findings());
    return map;
  }

  private static Map<String, Object> badness(Badness task) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("space", task.space());
    one.put("points", task.points());
    one.put("rss", task.mappedPages());
    one.put("swap", task.swapEntries());
    one.put("page_tables", task.pageTables());
    one.put("oom_score_adj", task.oomScoreAdj());
    return one;
  }

  private static void write(Comparison comparison, HostKind host, ResultDirectory out,
      Session session) throws IOException {
    out.text("scenario.conf", comparison.scenario().effective());
    out.text("table.md", comparison.table().markdown());
    out.text("stories.txt", String.join("\n", comparison.stories()));
    out.jsonLines("runs.jsonl", comparison.runs().stream().map(SimulateBackEnd::asMap).toList());
    List<List<Object>> pins = new ArrayList<>();
    for (RunResult run : comparison.runs()) {
      run.pinCalls().forEach(call -> pins.add(List.of(run.variant(), run.seed(), call.space(), call.cpu(), call.firstPage(),
          call.pages(), call.outcome(), call.startNanos(), call.endNanos(), call.rounds(), call.localDrains(),
          call.ownerDrains(), call.allDrains(), call.unpinnable(), call.heldHere(), call.migrated(), call.failed(),
          call.blamedPfn(), call.blamedCpu(),
          call.blamedKind() < 0 ? "" : BatchKind.of(call.blamedKind()).kernelName())));
    }
    out.csv("pins.csv", List.of("variant", "seed", "vm", "cpu", "first_page", "pages", "result", "start_ns", "end_ns", "rounds",
        "local_drains", "owner_drains", "drain_alls", "unpinnable_pages", "held_in_own_batches", "migrated_pages",
        "failed_pages", "blamed_pfn", "blamed_cpu", "blamed_batch"), pins);
    for (RunResult run : comparison.runs()) {
      out.csv("series-" + run.variant() + "-seed-" + run.seed() + ".csv", Series.header(), run.series().rows());
    }
    out.csv("distributions.csv", DistributionRows.header(),
        comparison.runs().stream().flatMap(run -> DistributionRows.of(run).stream()).toList());
    Map<String, String> digests = new LinkedHashMap<>();
    comparison.runs().forEach(run -> digests.put(run.variant() + " seed " + run.seed(), run.digestText()));
    out.commit(Manifest.of(session.build(), session.command(), comparison.scenario().name(), comparison.variants(), comparison.seeds(),
        host.name().toLowerCase(java.util.Locale.ROOT), !session.cancelled() && comparison.failed().isEmpty(), digests));
    session.err().println("pinfold: wrote " + out.target());
  }
}
