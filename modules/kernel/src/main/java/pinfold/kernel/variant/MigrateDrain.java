package pinfold.kernel.variant;

/**
 * After which moves migrate_pages() calls lru_add_drain() on its CPU. It does so before the new page-table entries are made, so
 * that the destination has left the lru_add batch when mlock counts it.
 */
public enum MigrateDrain {
  /**
   * v5.18 to v6.6: after every folio that was mapped (c3096e6782b7; mm/migrate.c: __unmap_and_move(), later
   * migrate_folio_move()). So the first mapped folio that moves empties all batches of the migrating CPU.
   */
  MAPPED,
  /** Since v6.7: only after a folio that was mlocked (eebb3dabbb5c; mm/migrate.c: migrate_folio_move(), PAGE_WAS_MLOCKED). */
  MLOCKED
}
