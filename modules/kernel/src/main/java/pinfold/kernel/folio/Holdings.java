package pinfold.kernel.folio;

/**
 * Takes note of who holds what when everybody in a machine is asked between two windows, so that each reference, pin and page
 * can be accounted for. What is on its way in a message is reported by its receiver.
 */
public interface Holdings {
  /** A CPU's batches, from whoever has them now; {@code pendingFlush} has a bit for each kind that is being flushed. */
  void batches(int cpu, FolioBatches batches, int pendingFlush);

  /** One batch entry on its way to the node that flushes it. */
  void entry(int cpu, BatchKind kind, int tag, int pfn);

  /** Plain references beyond those of page tables, page cache, batches, isolation and pins; negative takes others back. */
  void references(int pfn, int count);

  /** Pins beyond those of {@link #pins}; negative takes others back. */
  void pin(int pfn, int count);

  /**
   * One pin per entry, from an index on. One list may be reported more than once, then the largest index counts.
   *
   * @param settled the call that made them has succeeded
   */
  void pins(LongList entries, int from, boolean settled);

  /** A folio on somebody's private list. */
  void isolated(int pfn);

  /** A folio under writeback that the device has, or that an interrupt tells of. */
  void writeback(int pfn);

  /** A free block on its way between free lists. */
  void freeBlock(int pfn, int order);

  /**
   * A block that was taken from a free list and may have become a folio by now; {@code longterm}: for a long-term
   * pin or for the kernel itself, so never of CMA or ZONE_MOVABLE.
   */
  void allocated(int pfn, int order, boolean longterm);

  /** As {@link #allocated}, but a burst under way may even have let go of the folio again. */
  void perhapsFreed(int pfn, int order, boolean longterm);

  /** A flush that waits for lru_lock holds the folio's PG_lru; the folio stays where it is on its list. */
  void lruTaken(int pfn);

  /** An operation under way may have changed some counts of the folio and not yet others. */
  void inMotion(int pfn);

  /** These pages of an address space were unmapped and their folios may not know yet. */
  void unmapping(int space, int firstPage, int pages);

  /** Pageblocks of a zone are being isolated, and pcp lists may still hold pages of them. */
  void isolating(int zone);
}
