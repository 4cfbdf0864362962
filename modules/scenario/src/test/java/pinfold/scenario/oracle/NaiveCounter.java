package pinfold.scenario.oracle;

/** What the oracle counts, in pages where the kernel counts pages. */
public enum NaiveCounter {
  PGACTIVATE,
  PGDEACTIVATE,
  PGLAZYFREE,
  PGLAZYFREED,
  UNEVICTABLE_CULLED,
  UNEVICTABLE_RESCUED,
  UNEVICTABLE_MLOCKED,
  UNEVICTABLE_MUNLOCKED,
  UNEVICTABLE_STRANDED,
  PGMIGRATE_SUCCESS,
  PGMIGRATE_FAIL,
  FOLL_PIN_ACQUIRED,
  FOLL_PIN_RELEASED,
  /** Calls of lru_add_drain_all. */
  DRAIN_ALL,
  /** Calls of lru_add_drain. */
  LOCAL_DRAIN,
  /** CPUs on which a drain-all ran its worker. */
  CPUS_DRAINED,
  /** Folios that reached a drain-all in such a state that the order of its workers matters. */
  RACED_FOLIOS
}
