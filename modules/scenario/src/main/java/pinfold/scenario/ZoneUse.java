package pinfold.scenario;

/**
 * What of one zone is in use when a run starts, in pages.
 *
 * @param anonymousPages anonymous memory, shared memory, mlocked pages
 * @param pageCachePages page cache
 * @param kernelPages what cannot move, never in CMA
 * @param inCmaPages how many of the anonymous and page cache pages lie in CMA
 */
public record ZoneUse(int anonymousPages, int pageCachePages, int kernelPages, int inCmaPages) {
  /** Nothing in use. */
  public static final ZoneUse NONE = new ZoneUse(0, 0, 0, 0);

  public ZoneUse {
    if (anonymousPages < 0 || pageCachePages < 0 || kernelPages < 0 || inCmaPages < 0) {
      throw new IllegalArgumentException("pages in use must not be negative");
    }
    if (inCmaPages > anonymousPages + pageCachePages) {
      throw new IllegalArgumentException("in-cma-pages = " + inCmaPages + " are more than the "
          + (anonymousPages + pageCachePages) + " anonymous and page cache pages that they are part of");
    }
  }

  /** All pages in use. */
  public int totalPages() {
    return anonymousPages + pageCachePages + kernelPages;
  }
}
