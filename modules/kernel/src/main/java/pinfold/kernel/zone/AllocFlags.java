package pinfold.kernel.zone;

/** Bits of an allocation attempt that the zone looks at: ALLOC_* of mm/internal.h (6.12.117), our own bit positions. */
public final class AllocFlags {
  /** Which watermark to keep: the low two bits select it. */
  public static final int WMARK_MIN = 0;
  public static final int WMARK_LOW = 1;
  public static final int WMARK_HIGH = 2;
  public static final int WMARK_PROMO = 3;
  public static final int WMARK_MASK = 3;

  /** May use CMA pageblocks; set exactly for MOVABLE requests (gfp_to_alloc_flags_cma). */
  public static final int CMA = 1 << 2;

  /** May not mix migratetypes within a pageblock. */
  public static final int NOFRAGMENT = 1 << 3;

  /** May go down to half of the min watermark (__GFP_HIGH). */
  public static final int MIN_RESERVE = 1 << 4;

  /** Cannot wait; with MIN_RESERVE down to three eighths of min. */
  public static final int NON_BLOCK = 1 << 5;

  /** May use HIGHATOMIC pageblocks. */
  public static final int HIGHATOMIC = 1 << 6;

  /** The request of an OOM victim: half of the mark again. */
  public static final int OOM = 1 << 7;

  /** May wake kswapd. */
  public static final int KSWAPD = 1 << 8;

  /** Any of the flags that reach below the min watermark (ALLOC_RESERVES). */
  public static final int RESERVES = MIN_RESERVE | NON_BLOCK | OOM;

  private AllocFlags() {}

  /** The flags of a request of this migratetype: with CMA if and only if it is MOVABLE. */
  public static int withCma(int flags, int migratetype) {
    return migratetype == MigrateType.MOVABLE.code() ? flags | CMA : flags;
  }
}
