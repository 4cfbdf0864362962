package pinfold.scenario.conform;

import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.cpu.TaskProgram;

/** Runs tasks one after the other. */
final class OneTask {
  private OneTask() {}

  /** Runs one program on a CPU to its end and returns its result. */
  static long run(Machine machine, Host host, int cpu, TaskProgram program) {
    int before = machine.observer().taskEnds().size();
    machine.start(host, cpu, host.nowNanos() + 1_000, program);
    host.runUntil(Long.MAX_VALUE);
    List<TaskEnd> ends = machine.observer().taskEnds();
    if (ends.size() != before + 1) {
      throw new IllegalStateException(program.comm() + " on CPU " + cpu + " did not end: " + machine.cpu(cpu).liveTasks());
    }
    return ends.getLast().result();
  }
}
