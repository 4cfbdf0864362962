package pinfold.scenario.conform;

import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.cpu.TaskProgram;

/** Runs tasks one after the other. */
final class OneTask {
  private OneTask() {}

  private static final long AT_ONCE_NANOS = 1_000;

  /** Runs one program on a CPU to its end and returns its result. */
  static long run(Machine machine, Host host, int cpu, TaskProgram program) {
    return run(machine, host, cpu, program, AT_ONCE_NANOS);
  }

  /** As above, some time after whatever ran before. */
  static long run(Machine machine, Host host, int cpu, TaskProgram program, long afterNanos) {
    int before = machine.observer().taskEnds().size();
    machine.start(host, cpu, host.nowNanos() + afterNanos, program);
    host.runUntil(Long.MAX_VALUE);
    List<TaskEnd> ends = machine.observer().taskEnds();
    if (ends.size() != before + 1) {
      throw new IllegalStateException(program.comm() + " on CPU " + cpu + " did not end: " + machine.cpu(cpu).liveTasks());
    }
    return ends.getLast().result();
  }
}
