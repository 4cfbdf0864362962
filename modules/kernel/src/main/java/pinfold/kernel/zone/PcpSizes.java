package pinfold.kernel.zone;

/**
 * How much a per-CPU list may hold and moves at a time, in pages (mm/page_alloc.c:zone_batchsize, zone_highsize, 6.12.117).
 *
 * @param batch pages moved at a time
 * @param highMin what the list may always hold
 * @param highMax up to where the kernel raises that for a busy CPU; equal to highMin where it never does (before v6.7)
 */
public record PcpSizes(int batch, int highMin, int highMax) {
  /** MIN_PERCPU_PAGELIST_HIGH_FRACTION: all CPUs together hold at most an eighth of the zone. */
  private static final int HIGH_FRACTION = 8;

  /** 1 MiB in pages: a larger batch holds zone->lock for too long. */
  private static final long BATCH_LIMIT_PAGES = 256;

  public PcpSizes {
    if (batch < 1 || highMin < 0 || highMax < highMin) {
      throw new IllegalArgumentException("pcp batch = " + batch + " must be at least 1, and high from " + highMin + " to "
          + highMax + " pages must rise from 0");
    }
  }

  /** Sizes with auto-tuning, v6.7 and later. */
  public static PcpSizes tuned(long managedPages, long lowWatermarkPages, int cpusOfNode) {
    int batch = batch(managedPages);
    return new PcpSizes(batch, high(lowWatermarkPages, cpusOfNode, batch), high(managedPages / HIGH_FRACTION, cpusOfNode, batch));
  }

  /** Sizes with one high, 6.1.192. */
  public static PcpSizes fixed(long managedPages, long lowWatermarkPages, int cpusOfNode) {
    int batch = batch(managedPages);
    int high = high(lowWatermarkPages, cpusOfNode, batch);
    return new PcpSizes(batch, high, high);
  }

  private static int batch(long managedPages) {
    int quarter = (int) Math.max(1, Math.min(managedPages >> 10, BATCH_LIMIT_PAGES) / 4);
    return Math.max(1, Integer.highestOneBit(quarter + quarter / 2) - 1);
  }

  /** The kernel divides a node without CPUs among all CPUs online; pass their number then. */
  private static int high(long pages, int cpus, int batch) {
    return (int) Math.max(pages / Math.max(1, cpus), batch << 2);
  }
}
