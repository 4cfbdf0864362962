package pinfold.kernel.cpu;

/** Where migrate_pages() gets pages to move to: new_folio_t and free_folio_t (include/linux/migrate.h, 6.12). */
interface MigrateTarget {
  /** A page that is at hand, -1 where {@link #more} must be asked. */
  int take(Cpu cpu, int node, int order);

  /** Gets one from further away; returns a pfn or a negative number. */
  Frame more(int node, int order);

  /** Takes back one that nothing was moved to. */
  void giveBack(Cpu cpu, int pfn, int order);

  /** Whether a long-term pin must be possible there. */
  boolean longterm();

  /** Whether a synchronous migration waits for folios that a device reads: compaction does not (PF_MEMALLOC, MIGRATE_SYNC_LIGHT). */
  default boolean waitsForReads() {
    return true;
  }

  /** Why folios move, as traces say. */
  int migrateReason();
}
