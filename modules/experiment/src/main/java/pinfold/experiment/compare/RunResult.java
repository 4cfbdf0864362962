package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.MachineReading;
import pinfold.kernel.Observer.OomKill;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Distributions;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;

/**
 * What one run gave. All but {@code wallNanos} depends on scenario, variant and seed alone.
 *
 * @param outcome why the run ended
 * @param oomKills charges to memory cgroups that could not be made
 * @param findings what the check of the pins found to differ from what the variant's rule calls for; empty when all is as
 * expected
 * @param stuck tasks that had not ended, each with its stack, when the run ended without all VMs
 */
public record RunResult(String variant, long seed, Host.Outcome outcome, long simulatedNanos, long windows, long wallNanos,
    long digest, Counters counters, Distributions distributions, List<VmResult> vms, List<PinCall> pinCalls, List<OomKill> oomKills,
    Series series,
    List<String> findings, List<String> stuck) {

  public RunResult {
    vms = List.copyOf(vms);
    pinCalls = List.copyOf(pinCalls);
    oomKills = List.copyOf(oomKills);
    findings = List.copyOf(findings);
    stuck = List.copyOf(stuck);
  }

  /**
   * The result of a run.
   *
   * @param reading what was read of all entities when it was over
   */
  static RunResult of(ScenarioConfig scenario, KernelVariant variant, long seed, Host.Outcome outcome, long simulatedNanos, long windows,
      long wallNanos, MachineReading reading, Series series) {
    List<VmResult> vms = new ArrayList<>();
    for (int vm = 0; vm < scenario.vms().size(); vm++) {
      vms.add(VmResult.of(scenario.vms().get(vm).name(), vm, reading));
    }
    return new RunResult(variant.name(), seed, outcome, simulatedNanos, windows, wallNanos, reading.digest(), reading.counters(),
        reading.distributions(), vms, reading.pinCalls(), reading.oomKills(), series,
        PinCheck.findings(variant, scenario, reading.pinCalls()), stuck(reading, vms));
  }

  private static List<String> stuck(MachineReading reading, List<VmResult> vms) {
    if (vms.stream().allMatch(VmResult::ended)) {
      return List.of();
    }
    List<String> stuck = new ArrayList<>();
    for (String task : reading.liveTasks()) {
      String what = task.substring(task.indexOf(": ") + 2);
      if (what.startsWith("qemu") || what.startsWith("prealloc") || what.startsWith("kworker")) {
        stuck.add(task);
      }
    }
    stuck.addAll(reading.waiting());
    return stuck;
  }

  public String digestText() {
    return "%016x".formatted(digest);
  }
}
