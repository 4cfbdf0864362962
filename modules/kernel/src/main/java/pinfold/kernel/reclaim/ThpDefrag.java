package pinfold.kernel.reclaim;

/**
 * /sys/kernel/mm/transparent_hugepage/defrag: what a fault does that finds no 2 MiB (mm/huge_memory.c: vma_thp_gfp_mask(), 6.12).
 */
public enum ThpDefrag {
  /** It reclaims and compacts itself, and without MADV_HUGEPAGE less hard. */
  ALWAYS,
  /** It wakes kswapd and takes small pages. */
  DEFER,
  /** As the one before, with MADV_HUGEPAGE as {@link #ALWAYS}: the kernel's defer+madvise. */
  DEFER_MADVISE,
  /** It takes small pages, with MADV_HUGEPAGE it does as {@link #ALWAYS}. The kernel's default. */
  MADVISE,
  /** It takes small pages. */
  NEVER;

  /** Whether the fault reclaims and compacts itself (__GFP_DIRECT_RECLAIM). */
  public boolean stalls(boolean madvised) {
    return this == ALWAYS || madvised && (this == MADVISE || this == DEFER_MADVISE);
  }

  /** Whether it wakes kswapd for its order (__GFP_KSWAPD_RECLAIM). */
  public boolean wakesKswapd(boolean madvised) {
    return this == DEFER || this == DEFER_MADVISE && !madvised;
  }
}
