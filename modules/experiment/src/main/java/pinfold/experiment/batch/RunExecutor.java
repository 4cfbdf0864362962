package pinfold.experiment.batch;

import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.plan.Cell;

/** Does one run somewhere. */
@FunctionalInterface
public interface RunExecutor {
  /** The result; a run that was given up has the outcome CANCELLED. Whatever it throws is why the run failed. */
  RunResult run(Cell cell, long seed, RunListener listener) throws Exception;
}
