package pinfold.kernel.cpu;

/**
 * A kernel function that can wait, as a frame on its task's stack: the resume point and the locals are plain fields. A call
 * pushes a frame, a return pops it.
 */
public abstract class Frame {
  /** Where {@link #step} goes on. */
  protected int at;

  /** What a step ended with. */
  protected enum Signal {
    /** Go on with whatever frame is on top now. */
    RUN,
    /** Waits for an answer; the CPU is occupied meanwhile, as it executes the operation or spins. */
    BUSY,
    /** Waits for an answer and gives the CPU to others. */
    SLEEP,
    /** A point where the task may lose the CPU: a return to user mode, or cond_resched(). */
    PREEMPTIBLE,
    /** Computes in user mode from here on, and steps again when it has lost the CPU to somebody and got it back. */
    USER
  }

  /** Goes on until the task waits, calls or returns. */
  protected abstract Signal step(Cpu cpu);

  /**
   * Whether a task that was killed may end when this frame is the only one and is to step: it holds no lock, and nothing waits for it but
   * {@link #abandon} what it holds.
   */
  protected boolean mayDie() {
    return false;
  }

  /** The task is killed and this frame will not step again: gives back what it holds beside the memory of its address space. */
  protected void abandon(Cpu cpu) {}

  /** For a report of who waits for what. */
  @Override
  public String toString() {
    return getClass().getSimpleName() + ":" + at;
  }
}
