package pinfold.experiment.batch;

import java.util.List;
import pinfold.experiment.plan.Plan;

/** Results of runs that a test made up. */
public final class Results {
  private Results() {}

  /** @param records by cell of the plan, then by seed from 1 */
  public static ExperimentResult of(Plan plan, List<List<RunRecord>> records) {
    return new ExperimentResult(plan, records, true);
  }
}
