package pinfold.kernel.check;

import java.util.List;

/** Something that must always hold does not: the model is wrong from here on. */
public final class InvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String invariant;
  private final int pfn;

  /**
   * @param invariant as kernel-model.md section 8 numbers it
   * @param entity who has the state that is wrong
   * @param timeNanos simulated time of the check; what went wrong happened in the window before, or since the last sweep
   * @param pfn the folio or page, -1 for none
   * @param what found and expected, in the reader's terms
   * @param history what happened to the folio before, oldest first
   */
  InvariantViolation(String invariant, String entity, long timeNanos, int pfn, String what, List<String> history) {
    super(invariant + " violated at " + entity + ", " + timeNanos + " ns" + (pfn < 0 ? "" : ", pfn 0x"
        + Integer.toHexString(pfn)) + ": " + what
        + (history.isEmpty() ? "" : "\nwhat happened to the folio, the last " + history.size() + ":\n  "
        + String.join("\n  ", history)));
    this.invariant = invariant;
    this.pfn = pfn;
  }

  /** As kernel-model.md section 8 numbers it, {@code I1} and so on. */
  public String invariant() {
    return invariant;
  }

  /** The folio or page, -1 for none. */
  public int pfn() {
    return pfn;
  }
}
