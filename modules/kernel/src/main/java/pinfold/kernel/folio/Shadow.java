package pinfold.kernel.folio;

/**
 * What is left in a page cache or in the swap cache of a folio that reclaim has freed (mm/workingset.c: pack_shadow(), 6.12): a word
 * below 0, so that no page frame number and no empty place is one.
 *
 * <p>Bits 27 to 62: nonresident_age of the evicting lruvec at that time, or MGLRU's token, of which the low 36 bits are kept as in a kernel
 * with 10 bits for nodes; 11 to 26: its memory cgroup; 1 to 10: its node; 0: PG_workingset. With fewer than 2^36 pages of memory
 * bucket_order is 0, so ages are exact.
 */
public final class Shadow {
  /** EVICTION_MASK. */
  public static final long EVICTION_MASK = (1L << 36) - 1;

  private static final int EVICTION_SHIFT = 27;
  private static final int MEMCG_SHIFT = 11;
  private static final int MEMCG_MASK = (1 << 16) - 1;
  private static final int NODE_SHIFT = 1;
  private static final int NODE_MASK = (1 << 10) - 1;

  private Shadow() {}

  public static long of(int memcg, int node, long eviction, boolean workingset) {
    return Long.MIN_VALUE | (eviction & EVICTION_MASK) << EVICTION_SHIFT | (long) memcg << MEMCG_SHIFT | (long) node << NODE_SHIFT
        | (workingset ? 1 : 0);
  }

  public static boolean isShadow(long word) {
    return word < 0;
  }

  public static long eviction(long shadow) {
    return shadow >>> EVICTION_SHIFT & EVICTION_MASK;
  }

  /** The memory cgroup whose lruvec it was evicted from, 0 for the root. */
  public static int memcg(long shadow) {
    return (int) (shadow >>> MEMCG_SHIFT) & MEMCG_MASK;
  }

  public static int node(long shadow) {
    return (int) (shadow >>> NODE_SHIFT) & NODE_MASK;
  }

  /** Whether the folio was part of the working set. */
  public static boolean workingset(long shadow) {
    return (shadow & 1) != 0;
  }
}
