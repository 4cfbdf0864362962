package pinfold.experiment.compare;

import pinfold.engine.Host;

/** Told how far a run has come; it changes nothing but, by answering false, that the run is given up. */
public interface RunListener extends Host.ProgressListener, AutoCloseable {
  /** Of the work that the run has to do, this share is done, 0 to 1. Called now and then, between windows. */
  void workDone(double share);

  /** The run is over. */
  @Override
  void close();

  /** One that only cancels. */
  static RunListener of(Host.ProgressListener listener) {
    return new RunListener() {
      @Override
      public void workDone(double share) {}

      @Override
      public boolean onProgress(long nowNanos, long windows) {
        return listener.onProgress(nowNanos, windows);
      }

      @Override
      public void close() {}
    };
  }
}
