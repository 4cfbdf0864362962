package pinfold.kernel.zone;

/**
 * {@code enum zone_type} (include/linux/mmzone.h), lowest first; the ordinal is the index into lowmem_reserve. ZONE_HIGHMEM
 * and ZONE_DEVICE are left out: 64-bit machines have no highmem, and device memory is never handed out by the buddy.
 */
public enum ZoneType {
  DMA, DMA32, NORMAL, MOVABLE;

  /** How many zone types there are, and so the length of a lowmem_reserve array. */
  public static final int COUNT = 4;

  /** Whether the zone counts as lowmem for min_free_kbytes and its share (mm/page_alloc.c:__setup_per_zone_wmarks, 6.12). */
  public boolean isLowmem() {
    return this != MOVABLE;
  }
}
