package pinfold.kernel.cpu;

/** What a task does, as a description that never changes; every start makes new frames. */
public interface TaskProgram {
  /** Name of the task, as in the comm of a trace. */
  String comm();

  /** Whether it runs in the FIFO class, above all others. */
  default boolean fifo() {
    return false;
  }

  /** The frame at the bottom of the stack. */
  Frame start();
}
