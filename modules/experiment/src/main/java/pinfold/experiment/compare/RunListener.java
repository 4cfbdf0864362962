package pinfold.experiment.compare;

import java.util.List;
import pinfold.engine.Host;
import pinfold.kernel.Machine;

/** Told how far a run has come; it changes nothing but, by answering false, that the run is given up. */
@FunctionalInterface
public interface RunListener extends Host.ProgressListener, AutoCloseable {
  /** Of the work that the run has to do, this share is done, 0 to 1. Called now and then, between windows. */
  default void workDone(double share) {}

  /**
   * A row of the series was taken. Called between windows, in the thread that had them run; the machine may be read until this returns.
   * Never where a cluster runs it.
   *
   * @param row as {@link Series#header} names it
   */
  default void sampled(Machine machine, List<Long> row) {}

  /** The run was begun again at an earlier time, so that less is done than was said before; never on one JVM. */
  default void beginsAgain(String why) {}

  /** The run is over. */
  @Override
  default void close() {}
}
