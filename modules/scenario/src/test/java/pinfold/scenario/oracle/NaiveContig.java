package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.scenario.recorded.RecordedScript;

/**
 * cma_alloc of the whole area in which a mapping's movable pages lie, on a machine that is otherwise idle (mm/cma.c,
 * mm/page_alloc.c, mm/compaction.c, mm/vmscan.c).
 */
final class NaiveContig {
  private static final int CPU = 0;
  /** migrate_pages is called once for a list and four times more while something stays. */
  private static final int CALLS = 5;

  private final NaiveKernel kernel;

  NaiveContig(NaiveKernel kernel) {
    this.kernel = kernel;
  }

  /** The columns of cma-alloc.csv after a script and the allocation; null when drain workers race in it. */
  static Map<String, String> after(RecordedScript script, NaiveRules rules) {
    OracleRun.Runner runner = new OracleRun.Runner(script, rules, List.of());
    script.ops().forEach(runner::apply);
    Map<String, String> fields = new NaiveContig(runner.kernel).allocate(runner.mapping);
    return runner.choices.options().isEmpty() ? fields : null;
  }

  /** The columns of cma-alloc.csv. */
  Map<String, String> allocate(NaiveMapping mapping) {
    NaiveCounters before = kernel.counters.copy();
    kernel.cacheDisabled = true;
    kernel.drainAll(CPU);
    List<NaivePage> isolated = new ArrayList<>();
    for (NaivePage page : mapping.pages.clone()) {
      if (page != null && page.movable && page.flags.lru() && !(page.anonymous && page.refcount > page.mapcount)) {
        page.flags = page.flags.withLru(false);
        page.get();
        if (!dropped(page)) {
          isolated.add(page);
        }
      }
    }
    for (int call = 0; call < CALLS && !isolated.isEmpty(); call++) {
      isolated = new NaiveMigration(kernel, CPU).migrate(isolated);
    }
    kernel.cacheDisabled = false;
    for (NaivePage page : isolated) {
      kernel.lruAdd(CPU, page);
      page.put(1);
    }
    return describe(mapping, before);
  }

  /** reclaim_clean_pages_from_list: only anonymous memory that was freed lazily is on the file lists here. */
  private boolean dropped(NaivePage page) {
    if (page.flags.swapbacked() || page.flags.unevictable()) {
      return false;
    }
    if (page.refcount != 1 + page.mapcount || !page.cleanEntry) {
      page.flags = page.flags.withSwapbacked(true);
      return false;
    }
    page.mapping.pages[page.index] = null;
    page.mapcount = 0;
    page.put(page.refcount);
    kernel.counters.add(NaiveCounter.PGLAZYFREED, 1);
    return true;
  }

  private Map<String, String> describe(NaiveMapping mapping, NaiveCounters before) {
    int present = 0;
    int stayed = 0;
    int lru = 0;
    int active = 0;
    int unevictable = 0;
    for (NaivePage page : mapping.pages) {
      if (page != null) {
        present++;
        stayed += page.movable ? 1 : 0;
        lru += page.flags.lru() ? 1 : 0;
        active += page.flags.active() ? 1 : 0;
        unevictable += page.flags.unevictable() ? 1 : 0;
      }
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("result", stayed == 0 ? "ok" : "ENOMEM");
    fields.put("present_after", Integer.toString(present));
    fields.put("in_cma_after", Integer.toString(stayed));
    fields.put("lru_after", Integer.toString(lru));
    fields.put("active_after", Integer.toString(active));
    fields.put("unevictable_after", Integer.toString(unevictable));
    fields.put("pgactivate", since(before, NaiveCounter.PGACTIVATE));
    fields.put("pgdeactivate", since(before, NaiveCounter.PGDEACTIVATE));
    fields.put("pglazyfreed", since(before, NaiveCounter.PGLAZYFREED));
    fields.put("culled", since(before, NaiveCounter.UNEVICTABLE_CULLED));
    fields.put("rescued", since(before, NaiveCounter.UNEVICTABLE_RESCUED));
    return fields;
  }

  private String since(NaiveCounters before, NaiveCounter counter) {
    return Long.toString(kernel.counters.since(before, counter));
  }
}
