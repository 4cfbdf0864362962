package pinfold.scenario.litmus;

import java.util.LinkedHashMap;
import java.util.Map;
import pinfold.kernel.count.VmCounter;

/** How files call counters: as /proc/vmstat does, and shorter names for those that most tests ask for. */
final class CounterNames {
  /** Every name, the short ones first. */
  static final Map<String, VmCounter> ALL = all();

  private CounterNames() {}

  private static Map<String, VmCounter> all() {
    Map<String, VmCounter> names = new LinkedHashMap<>();
    names.put("drain-all", VmCounter.LRU_ADD_DRAIN_ALL);
    names.put("local-drains", VmCounter.LRU_ADD_DRAIN);
    names.put("gup-local-drains", VmCounter.GUP_LRU_ADD_DRAIN);
    names.put("owner-drains", VmCounter.OWNER_DRAINS);
    names.put("cpus-drained", VmCounter.CPUS_DRAINED);
    names.put("gup-rounds", VmCounter.GUP_ROUNDS);
    names.put("migrated", VmCounter.PGMIGRATE_SUCCESS);
    names.put("failed", VmCounter.PGMIGRATE_FAIL);
    names.put("refused-moves", VmCounter.MIGRATE_UNEXPECTED_REFS);
    names.put("late-failures", VmCounter.MIGRATE_LATE_FAILURES);
    names.put("cma-retries", VmCounter.CMA_BUSY_RETRIES);
    names.put("free-cma", VmCounter.NR_FREE_CMA);
    names.put("pinned", VmCounter.NR_FOLL_PIN_ACQUIRED);
    names.put("unpinned", VmCounter.NR_FOLL_PIN_RELEASED);
    names.put("culled", VmCounter.UNEVICTABLE_PGS_CULLED);
    names.put("rescued", VmCounter.UNEVICTABLE_PGS_RESCUED);
    names.put("stranded", VmCounter.UNEVICTABLE_PGS_STRANDED);
    names.put("scanned", VmCounter.PGSCAN_DIRECT);
    names.put("reclaimed", VmCounter.PGSTEAL_DIRECT);
    names.put("skipped", VmCounter.PGSKIP);
    for (VmCounter counter : VmCounter.values()) {
      names.put(counter.statName(), counter);
    }
    return names;
  }
}
