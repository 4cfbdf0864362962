package pinfold.experiment.compare;

import java.util.List;
import java.util.function.Consumer;
import pinfold.cluster.member.Work;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineReading;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.run.ScenarioMachine;

/** One run of a scenario: a variant, a seed, a host. */
public final class ScenarioRun {
  /** Between two rows of the series. */
  static final long SAMPLE_NANOS = 1_000_000;

  /** Pages per walk at most, those of a page-table page. */
  public static final int WALK_PAGES = 512;

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
    ScenarioMachine built = new ScenarioMachine(scenario, variant, seed, WALK_PAGES, trace);
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
        listener.sampled(machine, series.lastRow());
        listener.workDone(Math.max(Work.share(List.of(work.work())), (double) host.nowNanos() / scenario.durationLimitNanos()));
      } while (outcome == Host.Outcome.END_TIME && until < scenario.durationLimitNanos());
      checking.finish(host.nowNanos());
      afterwards.accept(machine);
      MachineReading reading = machine.read(id -> true);
      return RunResult.of(scenario, variant, seed, outcome, host.nowNanos(), host.windows(), System.nanoTime() - wall, reading, series);
    }
  }
}
