package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VmConfig;
import pinfold.scenario.run.ScenarioMachine;

/** One run of a scenario: a variant, a seed, a host. */
public final class ScenarioRun {
  /** Between two rows of the series. */
  private static final long SAMPLE_NANOS = 1_000_000;

  private final ScenarioConfig scenario;
  private final KernelVariant variant;
  private final long seed;
  private final HostFactory hosts;
  private final CheckLevel checks;

  /** A run without checks. */
  public ScenarioRun(ScenarioConfig scenario, KernelVariant variant, long seed, HostFactory hosts) {
    this(scenario, variant, seed, hosts, CheckLevel.OFF);
  }

  public ScenarioRun(ScenarioConfig scenario, KernelVariant variant, long seed, HostFactory hosts, CheckLevel checks) {
    this.checks = checks;
    this.scenario = scenario;
    this.variant = variant;
    this.seed = seed;
    this.hosts = hosts;
  }

  /** Runs to the end and reads the result. */
  public RunResult run(RunListener listener) {
    return run(listener, TraceRequest.NOTHING, machine -> {});
  }

  /**
   * Runs to the end with tracing on, which changes nothing else.
   *
   * @param afterwards gets the machine with what it traced, before it is given up
   */
  public RunResult run(RunListener listener, TraceRequest trace, Consumer<Machine> afterwards) {
    long wall = System.nanoTime();
    ScenarioMachine built = new ScenarioMachine(scenario, variant, CostModel.defaults(), seed, 512, trace);
    Machine machine = built.machine();
    try (Host host = hosts.host(machine.entities(), scenario.machine().nearLinkNanos())) {
      MachineChecks checking = MachineChecks.of(host, machine, checks);
      host.onProgress(listener);
      built.start(host);
      Series series = new Series();
      RunWork work = new RunWork(scenario, machine);
      Host.Outcome outcome;
      long until = 0;
      do {
        until = Math.min(until + SAMPLE_NANOS, scenario.durationLimitNanos());
        outcome = host.runUntil(until);
        series.sample(outcome == Host.Outcome.END_TIME ? until : host.nowNanos(), machine.counters());
        listener.workDone(Math.max(work.share(), (double) host.nowNanos() / scenario.durationLimitNanos()));
      } while (outcome == Host.Outcome.END_TIME && until < scenario.durationLimitNanos());
      checking.finish(host.nowNanos());
      afterwards.accept(machine);
      List<VmResult> vms = vms(machine);
      List<PinCall> calls = machine.observer().pinCalls();
      return new RunResult(variant.name(), seed, outcome, host.nowNanos(), host.windows(), System.nanoTime() - wall,
          machine.digest(), machine.counters(), machine.distributions(), vms, calls, series,
          PinCheck.findings(variant, scenario, calls), stuck(machine, vms));
    }
  }

  private List<VmResult> vms(Machine machine) {
    List<VmResult> results = new ArrayList<>();
    for (int vm = 0; vm < scenario.vms().size(); vm++) {
      int number = vm;
      VmConfig config = scenario.vms().get(vm);
      List<PinCall> calls = machine.observer().pinCalls().stream().filter(call -> call.space() == number).toList();
      Optional<TaskEnd> end = machine.observer().taskEnds().stream().filter(task -> task.label() == number).findFirst();
      results.add(new VmResult(config.name(), end.isPresent(), end.map(TaskEnd::result).orElse(0L),
          end.map(TaskEnd::startNanos).orElse(0L), end.map(TaskEnd::endNanos).orElse(0L), calls.size(),
          calls.stream().mapToInt(PinCall::allDrains).sum(),
          calls.stream().mapToLong(PinCall::migrated).sum(), calls.stream().mapToLong(PinCall::failed).sum(),
          calls.stream().filter(call -> call.outcome() < 0).findFirst()));
    }
    return results;
  }

  private static List<String> stuck(Machine machine, List<VmResult> vms) {
    List<String> stuck = new ArrayList<>();
    if (vms.stream().allMatch(VmResult::ended)) {
      return stuck;
    }
    for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
      for (String task : machine.cpu(cpu).liveTasks()) {
        if (task.startsWith("qemu") || task.startsWith("prealloc") || task.startsWith("kworker")) {
          stuck.add("cpu " + cpu + ": " + task);
        }
      }
    }
    stuck.addAll(machine.waiting());
    return stuck;
  }
}
