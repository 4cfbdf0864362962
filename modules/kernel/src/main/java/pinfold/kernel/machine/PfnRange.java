package pinfold.kernel.machine;

/**
 * Consecutive page frames.
 *
 * @param startPfn first page frame
 * @param pages how many, at least 1
 */
public record PfnRange(int startPfn, int pages) {
  /** Page frame numbers are below this: 4 TiB of 4 KiB pages. */
  public static final int PFN_LIMIT = 1 << 30;

  public PfnRange {
    if (startPfn < 0 || pages < 1 || pages > PFN_LIMIT - startPfn) {
      throw new IllegalArgumentException("pfn range of " + pages + " pages from pfn " + startPfn
          + " must have at least 1 page and end by pfn " + PFN_LIMIT + " (4 TiB)");
    }
  }

  /** First page frame behind the range. */
  public int endPfn() {
    return startPfn + pages;
  }

  public boolean contains(int pfn) {
    return pfn >= startPfn && pfn < endPfn();
  }

  /** Whether all of the other range is inside this one. */
  public boolean contains(PfnRange other) {
    return other.startPfn >= startPfn && other.endPfn() <= endPfn();
  }

  public boolean overlaps(PfnRange other) {
    return startPfn < other.endPfn() && other.startPfn < endPfn();
  }
}
