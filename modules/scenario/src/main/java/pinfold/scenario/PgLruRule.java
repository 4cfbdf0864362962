package pinfold.scenario;

/** When PG_lru of a folio is cleared that goes to a per-CPU batch other than lru_add and mlock. */
public enum PgLruRule {
  /** By the flush, which skips a folio whose PG_lru is already clear (v5.11 .. v6.10, again since v6.17). */
  CLEARED_IN_FLUSH,
  /** As the folio is queued; the flush need not test (33dfe9204f29, v6.11 .. v6.16). */
  CLEARED_AT_QUEUE
}
