package pinfold.kernel.trace;

import pinfold.kernel.folio.FolioFlags;

/**
 * page->flags as a trace shows them: the bits of 6.12 (include/linux/page-flags.h) made from the model's flags, and the node and
 * zone in the upper bits.
 *
 * <p>Not in the model and therefore fixed: PG_uptodate is set, PG_locked and PG_waiters are clear. PG_anon_exclusive is taken to
 * be set on anonymous folios, except on a migration destination whose page-table entry is not there yet.
 */
public final class PageFlags {
  public static final long REFERENCED = 1L << 2;
  public static final long UPTODATE = 1L << 3;
  public static final long DIRTY = 1L << 4;
  public static final long LRU = 1L << 5;
  public static final long HEAD = 1L << 6;
  public static final long ACTIVE = 1L << 8;
  public static final long WORKINGSET = 1L << 9;
  public static final long WRITEBACK = 1L << 1;
  /** PG_owner_2, of anonymous folios PG_anon_exclusive, of others PG_mappedtodisk. */
  public static final long OWNER_2 = 1L << 11;
  public static final long PRIVATE = 1L << 14;
  public static final long RECLAIM = 1L << 16;
  public static final long SWAPBACKED = 1L << 17;
  public static final long UNEVICTABLE = 1L << 18;
  public static final long MLOCKED = 1L << 19;
  // Cells of mm_lru_insertion.
  private static final int CELL_MAPPED = 1;
  private static final int CELL_ANON = 1 << 1;
  private static final int CELL_SWAPCACHE = 1 << 2;
  private static final int CELL_SWAPBACKED = 1 << 3;
  private static final int CELL_MAPPEDTODISK = 1 << 4;
  private static final int CELL_PRIVATE = 1 << 5;

  /** ZONES_PGSHIFT with two bits of zone and CONFIG_SPARSEMEM_VMEMMAP on x86-64. */
  private static final int ZONE_SHIFT = 62;
  /** NODES_PGSHIFT with CONFIG_NODES_SHIFT 10, as distributions configure it. */
  private static final int NODE_SHIFT = 52;

  private static final int[] MODEL = {FolioFlags.REFERENCED, FolioFlags.DIRTY, FolioFlags.LRU, FolioFlags.LARGE,
      FolioFlags.ACTIVE, FolioFlags.WORKINGSET, FolioFlags.WRITEBACK, FolioFlags.PRIVATE, FolioFlags.RECLAIM,
      FolioFlags.SWAPBACKED, FolioFlags.UNEVICTABLE, FolioFlags.MLOCKED};
  private static final long[] KERNEL = {REFERENCED, DIRTY, LRU, HEAD, ACTIVE, WORKINGSET, WRITEBACK, PRIVATE, RECLAIM, SWAPBACKED,
      UNEVICTABLE, MLOCKED};

  private PageFlags() {}

  /**
   * The word.
   *
   * @param flags of {@link FolioFlags}
   * @param exclusive whether an anonymous folio's page belongs to its one process alone
   * @param zone the zone's number among the kernel's zones
   */
  public static long word(int flags, boolean exclusive, int zone, int node) {
    long word = UPTODATE | (long) zone << ZONE_SHIFT | (long) node << NODE_SHIFT;
    for (int i = 0; i < MODEL.length; i++) {
      word |= (flags & MODEL[i]) != 0 ? KERNEL[i] : 0;
    }
    return word | (exclusive && (flags & FolioFlags.ANON) != 0 ? OWNER_2 : 0);
  }

  /** The six cells of mm_lru_insertion as bits, the leftmost lowest. */
  public static int cells(int flags, boolean exclusive, boolean mapped) {
    boolean anon = (flags & FolioFlags.ANON) != 0;
    return (mapped ? CELL_MAPPED : 0) | (anon ? CELL_ANON : 0) | ((flags & FolioFlags.SWAPCACHE) != 0 ? CELL_SWAPCACHE : 0)
        | ((flags & FolioFlags.SWAPBACKED) != 0 ? CELL_SWAPBACKED : 0) | (anon && exclusive ? CELL_MAPPEDTODISK : 0)
        | ((flags & FolioFlags.PRIVATE) != 0 ? CELL_PRIVATE : 0);
  }
}
