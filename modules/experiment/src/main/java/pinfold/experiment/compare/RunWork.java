package pinfold.experiment.compare;

import java.util.List;
import pinfold.cluster.member.Work;
import pinfold.kernel.Machine;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.count.VmCounter;
import pinfold.scenario.BackgroundTask;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VmConfig;

/**
 * How much of a run's work is done: guest memory made present and pinned, of all that its VMs have, and operations of background
 * tasks where the run waits for all of those. A VM that failed has nothing left to do. For progress only: it reads, between windows. Of a
 * machine that is spread over members each part sees what its own entities did, as the others stay as they were built.
 */
final class RunWork {
  private static final int BLOCK_PAGES = 512;
  /** A page that is pinned takes the simulator about as long as two that are made present. */
  private static final int PIN_WEIGHT = 2;

  private final ScenarioConfig scenario;
  private final Machine machine;
  private final long[] pinnedPages;
  private final boolean[] ended;
  private int callsSeen;

  RunWork(ScenarioConfig scenario, Machine machine) {
    this.scenario = scenario;
    this.machine = machine;
    this.pinnedPages = new long[scenario.vms().size()];
    this.ended = new boolean[pinnedPages.length];
  }

  /** An item for each VM, and one for the background tasks. */
  Work work() {
    List<PinCall> calls = machine.observer().pinCallsFrom(callsSeen);
    callsSeen += calls.size();
    for (PinCall call : calls) {
      if (call.outcome() == 0 && call.space() < pinnedPages.length) {
        pinnedPages[call.space()] += call.pages();
      }
    }
    for (TaskEnd end : machine.observer().taskEnds()) {
      if (end.label() >= 0) {
        ended[end.label()] = true;
      }
    }
    int items = Math.min(pinnedPages.length, Work.MOST_ITEMS - 1);
    long[] done = new long[items + 1];
    long[] all = new long[items + 1];
    for (int vm = 0; vm < pinnedPages.length; vm++) {
      VmConfig config = scenario.vms().get(vm);
      long pages = config.memoryPages();
      boolean prepares = config.prealloc() != VmConfig.Prealloc.NONE || config.mlock() == VmConfig.Mlock.ALL;
      boolean pins = config.assign() != VmConfig.Assign.NONE;
      long work = pages * ((prepares ? 1 : 0) + (pins ? PIN_WEIGHT : 0));
      long present = Math.min(pages, (long) machine.space(vm).presentBlocks() * BLOCK_PAGES);
      all[vm % items] += work;
      done[vm % items] += ended[vm] ? work : (prepares ? present : 0) + (pins ? PIN_WEIGHT * pinnedPages[vm] : 0);
    }
    if (scenario.success() == ScenarioConfig.Success.LOAD_FINISHED
        && scenario.background().stream().allMatch(task -> task.awaited() || task.kind() == BackgroundTask.Kind.BUSY_LOOP)) {
      long operations = scenario.background().stream().mapToLong(BackgroundTask::maxOps).sum();
      all[items] = operations;
      done[items] = machine.counters().get(VmCounter.PAGE_OPERATIONS);
    }
    return new Work(done, all);
  }
}
