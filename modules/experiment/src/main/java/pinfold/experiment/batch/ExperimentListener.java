package pinfold.experiment.batch;

import pinfold.experiment.compare.RunListener;
import pinfold.experiment.plan.Cell;

/** Told how an experiment goes, from any thread. */
public interface ExperimentListener extends AutoCloseable {
  /** Lets it go on to its end. */
  ExperimentListener NONE = new ExperimentListener() {
    @Override
    public RunListener begin(Cell cell, long seed) {
      return (nowNanos, windows) -> true;
    }

    @Override
    public boolean cancelled() {
      return false;
    }
  };

  /** So many runs are to be had by now, of which so many were there already. */
  default void planned(int runs, int there) {}

  /** A run begins; what it is told to listen to is closed when the run is over. */
  RunListener begin(Cell cell, long seed);

  /** A run is over and kept; told for each cell that it is a run of. */
  default void done(Cell cell, RunRecord record) {}

  /** Whether the experiment is to end early: what is finished stays. */
  boolean cancelled();

  /** Nothing more is run. */
  @Override
  default void close() {}
}
