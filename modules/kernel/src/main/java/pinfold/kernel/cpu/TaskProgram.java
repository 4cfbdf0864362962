package pinfold.kernel.cpu;

/** What a task does, as a description that never changes; every start makes new frames. */
public interface TaskProgram {
  /** Name of the task, as in the comm of a trace. */
  String comm();

  /** Whether it runs in the FIFO class, above all others. */
  default boolean fifo() {
    return false;
  }

  /** Whether the observer hears of its end; a run may stop when all such tasks have ended. */
  default boolean awaited() {
    return true;
  }

  /** What the observer calls it: a number of the scenario's, -1 for none. */
  default int label() {
    return -1;
  }

  /** Address space whose task it is, -1 for one without. */
  default int space() {
    return -1;
  }

  /** The frame at the bottom of the stack. */
  Frame start();
}
