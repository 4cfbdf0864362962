package pinfold.kernel.node;

/** What shrink_folio_list() (mm/vmscan.c, 6.12) does with a folio; a result word is its ordinal, and bits. */
public enum Verdict {
  /** Goes on to the next step. */
  RECLAIM,
  /** Was accessed since the last look: back to the inactive list (nr_ref_keep). */
  KEEP_REFERENCED,
  /** Back to the inactive list. */
  KEEP,
  ACTIVATE,
  /** Could not be unmapped: active (nr_unmap_fail). */
  UNMAP_FAILED,
  FREED;

  /** Bit of a result word: the folio was written. */
  public static final int PAGEOUT = 1 << 8;
  /** Bit of a result word: to go on, the folio needs a swap slot. */
  public static final int NEEDS_SLOT = 1 << 9;

  /**
   * Bit of a result word: by the time the folio was in the swap cache nobody had it mapped any more, so it left, or a page of tmpfs did not
   * go there; its slot is free.
   */
  public static final int SLOT_UNUSED = 1 << 11;
  /** Bit of a result word: the next word is the {@link pinfold.kernel.folio.Shadow} that the freed folio leaves. */
  public static final int HAS_SHADOW = 1 << 12;
  /** Bit of a result word: a page of tmpfs in the page cache, which leaves it by {@link BurstOp#SHMEM_OUT}. */
  public static final int SHMEM = 1 << 18;

  // Bits of the result word of CHECK_REFERENCES, as struct reclaim_stat counts (include/linux/vmstat.h, 6.12).
  /** A file's folio, dirty or under writeback (nr_dirty). */
  public static final int COUNTS_DIRTY = 1 << 13;
  /** Nobody has begun to write it (nr_unqueued_dirty). */
  public static final int COUNTS_UNQUEUED = 1 << 14;
  /** Under writeback, and reclaim has met it before (nr_congested). */
  public static final int COUNTS_CONGESTED = 1 << 15;
  /** Under writeback, a file's or of the swap cache (nr_writeback). */
  public static final int COUNTS_WRITEBACK = 1 << 16;
  /** kswapd has met it before and had seen nothing else then (nr_immediate). */
  public static final int COUNTS_IMMEDIATE = 1 << 17;

  private static final Verdict[] ALL = values();

  /** The verdict that a result word names. */
  public static Verdict of(long word) {
    return ALL[(int) word & PAGEOUT - 1];
  }
}
