package pinfold.experiment.compare;

import pinfold.kernel.check.InvariantViolation;

/**
 * A run that threw instead of ending, and what.
 *
 * @param variant name of its variant
 */
public record FailedRun(String variant, long seed, Throwable problem) {
  /** Which run, and what went wrong; of an {@link InvariantViolation} also what happened to the folio before. */
  @Override
  public String toString() {
    String what = problem instanceof InvariantViolation ? problem.getMessage() : problem.toString();
    return variant + " seed " + seed + ": " + what;
  }
}
