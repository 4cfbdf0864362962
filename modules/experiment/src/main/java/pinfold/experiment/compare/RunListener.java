package pinfold.experiment.compare;

import pinfold.engine.Host;

/** Told how far a run has come; it changes nothing but, by answering false, that the run is given up. */
@FunctionalInterface
public interface RunListener extends Host.ProgressListener, AutoCloseable {
  /** Of the work that the run has to do, this share is done, 0 to 1. Called now and then, between windows. */
  default void workDone(double share) {}

  /** The run was begun again at an earlier time, so that less is done than was said before; never on one JVM. */
  default void beginsAgain(String why) {}

  /** The run is over. */
  @Override
  default void close() {}
}
