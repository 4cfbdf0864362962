package pinfold.experiment.compare;

import java.util.List;

/** Some runs of a comparison failed, which no run should; the first failure is the cause. */
public final class RunsFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunsFailedException(List<FailedRun> failed, int runs) {
    super(failed.size() + " of " + runs + " runs failed: " + failed.getFirst(), failed.getFirst().problem());
  }
}
