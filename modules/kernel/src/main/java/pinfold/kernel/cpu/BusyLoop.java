package pinfold.kernel.cpu;

/**
 * A task that computes in user mode for ever: it makes no system call, touches no memory and never sleeps. Nobody waits for its end.
 *
 * @param fifo whether it runs in the FIFO class; then nothing else runs on its CPU any more
 */
public record BusyLoop(boolean fifo) implements TaskProgram {
  @Override
  public String comm() {
    return "busy_loop";
  }

  @Override
  public boolean awaited() {
    return false;
  }

  @Override
  public Frame start() {
    return new Spin();
  }

  private static final class Spin extends Frame {
    @Override
    protected Signal step(Cpu cpu) {
      return Signal.USER;
    }

    @Override
    public String toString() {
      return "user mode";
    }
  }
}
