package pinfold.kernel.zone;

/** How much of a lower zone is kept from requests that could have used a higher one (vm.lowmem_reserve_ratio). */
public final class LowmemReserve {
  /** Defaults by zone type; 0 reserves nothing (mm/page_alloc.c:sysctl_lowmem_reserve_ratio, 6.12.117). */
  private static final int[] DEFAULT_RATIO = {256, 256, 32, 0};

  private LowmemReserve() {}

  /**
   * One zone's lowmem_reserve array with the default ratios (mm/page_alloc.c:setup_per_zone_lowmem_reserve, 6.12.117).
   *
   * @param type the zone
   * @param nodeManagedPages managed pages of the node's zones by zone type, 0 where it has none
   * @return pages to keep back by the highest zone type of the request; 0 up to the zone's own type
   */
  public static long[] of(ZoneType type, long[] nodeManagedPages) {
    long[] reserve = new long[ZoneType.COUNT];
    int ratio = DEFAULT_RATIO[type.ordinal()];
    if (ratio == 0 || nodeManagedPages[type.ordinal()] == 0) {
      return reserve;
    }
    long above = 0;
    for (int higher = type.ordinal() + 1; higher < ZoneType.COUNT; higher++) {
      above += nodeManagedPages[higher];
      reserve[higher] = above / ratio;
    }
    return reserve;
  }
}
