package pinfold.experiment.batch;

import java.util.List;
import pinfold.experiment.compare.RunListener;
import pinfold.kernel.Machine;

/** Gives a run up when it has taken too long on the wall clock. */
final class WallLimit implements RunListener {
  private final RunListener listener;
  private final int seconds;
  private final long begunNanos = System.nanoTime();
  private volatile boolean over;

  /** @param seconds 0 for no limit */
  WallLimit(RunListener listener, int seconds) {
    this.listener = listener;
    this.seconds = seconds;
  }

  /** Whether it has given the run up. */
  boolean isOver() {
    return over;
  }

  @Override
  public boolean onProgress(long nowNanos, long windowsRun) {
    over = seconds > 0 && System.nanoTime() - begunNanos > seconds * 1_000_000_000L;
    return listener.onProgress(nowNanos, windowsRun) && !over;
  }

  @Override
  public void workDone(double share) {
    listener.workDone(share);
  }

  @Override
  public void sampled(Machine machine, List<Long> row) {
    listener.sampled(machine, row);
  }

  @Override
  public void beginsAgain(String why) {
    listener.beginsAgain(why);
  }

  @Override
  public void close() {
    listener.close();
  }

  /** The run took too long. */
  static final class OverException extends Exception {
    OverException(int seconds) {
      super("took longer than wall-limit-s = " + seconds);
    }

    @Override
    public String toString() {
      return getMessage();
    }
  }
}
