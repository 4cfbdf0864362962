package pinfold.kernel.zone;

/**
 * A zone's watermarks in pages, without boost (mm/page_alloc.c:__setup_per_zone_wmarks, 6.12.117).
 *
 * @param minPages below it only allocations with reserves succeed
 * @param lowPages below it an allocation wakes kswapd
 * @param highPages kswapd stops here
 * @param promoPages NUMA promotion stops here
 */
public record Watermarks(long minPages, long lowPages, long highPages, long promoPages) {
  /** vm.watermark_scale_factor's default, in units of 1/10000 of the zone. */
  public static final int DEFAULT_SCALE_FACTOR = 10;

  private static final int PAGE_KILOBYTES = 4;

  public Watermarks {
    if (minPages < 0 || lowPages < minPages || highPages < lowPages || promoPages < highPages) {
      throw new IllegalArgumentException("watermarks min = " + minPages + ", low = " + lowPages + ", high = " + highPages
          + ", promo = " + promoPages + " pages must rise from 0: kswapd is woken below low and stops above high, so the"
          + " reverse order would never let it stop");
    }
  }

  /**
   * The boot default of vm.min_free_kbytes (mm/page_alloc.c:calculate_min_free_kbytes).
   *
   * @param lowmemPages managed pages of all lowmem zones of the machine
   * @return pages, that is min_free_kbytes / 4
   */
  public static long bootMinFreePages(long lowmemPages) {
    long root = (long) Math.sqrt((double) (lowmemPages * PAGE_KILOBYTES * 16));
    return Math.clamp(root, 128, 262_144) / PAGE_KILOBYTES;
  }

  /**
   * What khugepaged raises vm.min_free_kbytes to when THP is enabled (mm/khugepaged.c:set_recommended_min_free_kbytes): two
   * pageblocks, and one per pair of pcp migratetypes, for each populated lowmem zone, at most a twentieth of lowmem. The
   * kernel takes the twentieth after subtracting the high watermarks, which differs only below 440 MiB per zone.
   */
  public static long thpMinFreePages(int lowmemZones, long lowmemPages) {
    long perZone = (2L + MigrateType.PCP_TYPES * MigrateType.PCP_TYPES) << BuddyOrders.PAGEBLOCK_ORDER;
    return Math.min(perZone * lowmemZones, lowmemPages / 20);
  }

  /**
   * The watermarks of one zone.
   *
   * @param managedPages managed pages of this zone
   * @param lowmemPages managed pages of all lowmem zones of the machine, at least 1 unless there are none
   * @param minFreePages vm.min_free_kbytes in pages
   * @param scaleFactor vm.watermark_scale_factor
   */
  public static Watermarks of(ZoneType type, long managedPages, long lowmemPages, long minFreePages, int scaleFactor) {
    long share = lowmemPages == 0 ? 0 : minFreePages * managedPages / lowmemPages;
    long min = type.isLowmem() ? share : Math.clamp(managedPages / 1024, 32L, 128L);
    long step = Math.max(share >> 2, managedPages * scaleFactor / 10_000);
    return new Watermarks(min, min + step, min + 2 * step, min + 3 * step);
  }
}
