package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * @param stuck who waits for whom, and tasks that had not ended, each with its stack, when the run ended without success
 * @param loadUnfinished the run ended before background tasks that it should have waited for
 */
public record RunResult(String variant, long seed, Host.Outcome outcome, long simulatedNanos, long windows, long wallNanos,
    long digest, Counters counters, Distributions distributions, List<VmResult> vms, List<PinCall> pinCalls, List<OomKill> oomKills,
    Series series, List<String> findings, List<String> stuck, boolean loadUnfinished) {
  /** How many tasks a report of a run without success names. */
  private static final int MOST_TASKS = 24;

  /** A task as owners of locks know it. */
  private static final Pattern TASK = Pattern.compile("cpu\\d+ task \\d+");

  /** A task as its CPU describes it: the CPU, its name, its number there. */
  private static final Pattern LIVE_TASK = Pattern.compile("cpu (\\d+): (\\S+)-(\\d+) ");

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
    boolean loadUnfinished = scenario.success() == ScenarioConfig.Success.LOAD_FINISHED
        && (outcome == Host.Outcome.END_TIME || outcome == Host.Outcome.QUIESCENT);
    return new RunResult(variant.name(), seed, outcome, simulatedNanos, windows, wallNanos, reading.digest(), reading.counters(),
        reading.distributions(), vms, reading.pinCalls(), reading.oomKills(), series,
        PinCheck.findings(variant, scenario, reading.pinCalls()), stuck(loadUnfinished && reading.oomKills().isEmpty(), reading, vms),
        loadUnfinished);
  }

  private static List<String> stuck(boolean loadUnfinished, MachineReading reading, List<VmResult> vms) {
    if (!loadUnfinished && vms.stream().allMatch(VmResult::ended)) {
      return List.of();
    }
    List<String> tasks = reading.liveTasks().stream().filter(task -> loadUnfinished || ofVm(task)).toList();
    List<String> stuck = new ArrayList<>(reading.waiting());
    stuck.addAll(tasks.subList(0, Math.min(MOST_TASKS, tasks.size())));
    if (tasks.size() > MOST_TASKS) {
      stuck.add("and " + (tasks.size() - MOST_TASKS) + " more tasks");
    }
    Map<String, String> names = new HashMap<>();
    for (String task : reading.liveTasks()) {
      Matcher live = LIVE_TASK.matcher(task);
      if (live.lookingAt()) {
        names.put("cpu" + live.group(1) + " task " + live.group(3), live.group(2) + "-" + live.group(3) + " on cpu" + live.group(1));
      }
    }
    stuck.replaceAll(line -> TASK.matcher(line).replaceAll(task -> names.getOrDefault(task.group(), task.group())));
    return stuck;
  }

  private static boolean ofVm(String task) {
    String what = task.substring(task.indexOf(": ") + 2);
    return what.startsWith("qemu") || what.startsWith("prealloc") || what.startsWith("kworker");
  }

  public String digestText() {
    return "%016x".formatted(digest);
  }
}
