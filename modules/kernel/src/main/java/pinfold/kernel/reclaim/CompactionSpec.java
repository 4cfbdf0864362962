package pinfold.kernel.reclaim;

/**
 * Who makes blocks of 2 MiB where nodes reclaim.
 *
 * @param thpDefrag what a fault does that finds none
 * @param madvised memory of 2 MiB pages has MADV_HUGEPAGE
 * @param kcompactd each node has a kcompactd
 */
public record CompactionSpec(ThpDefrag thpDefrag, boolean madvised, boolean kcompactd) {
  /** The kernel's default for memory with MADV_HUGEPAGE, and faults are alone with it. */
  public static final CompactionSpec DEFAULT = new CompactionSpec(ThpDefrag.MADVISE, true, false);

  /** Whether a fault that finds no 2 MiB reclaims and compacts itself. */
  public boolean stalls() {
    return thpDefrag.stalls(madvised);
  }

  /** Whether it wakes kswapd for its order. */
  public boolean wakesKswapd() {
    return thpDefrag.wakesKswapd(madvised);
  }
}
