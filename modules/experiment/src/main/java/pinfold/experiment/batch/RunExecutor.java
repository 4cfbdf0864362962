package pinfold.experiment.batch;

import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.plan.Cell;

/** Does one run somewhere. */
@FunctionalInterface
public interface RunExecutor {
  /**
   * The result; of a run that was given up null, or one with the outcome CANCELLED.
   *
   * @throws NowhereToRunException which ends the experiment
   * @throws Exception whatever else it throws is why the run failed
   */
  RunResult run(Cell cell, long seed, RunListener listener) throws Exception;
}
