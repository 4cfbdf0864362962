package pinfold.scenario.oracle;

import java.util.List;
import java.util.Map;

/** The named starting states of {@code scenarios.csv} and the pin or the CMA allocation that follows each, on the oracle. */
final class NaiveScenario {

  /**
   * The columns of a row: result, drains of all CPUs, local drains by GUP, CPUs whose worker ran, pages moved, pages that
   * failed.
   */
  record Row(String result, long drainAll, long localDrains, long cpusDrained, long migrated, long failed) {}

  private static final int VFIO_CALL_PAGES = 512;
  private static final int PINNING_CPU = 0;
  private static final int OTHER_CPU = 1;

  private final NaiveKernel kernel;
  private final NaiveMemory memory;
  private final int pages;
  private NaiveMapping mapping;

  private NaiveScenario(NaiveRules rules, int pages) {
    this.kernel = new NaiveKernel(rules, new Choices(List.of()));
    this.memory = new NaiveMemory(kernel);
    this.pages = pages;
    this.mapping = new NaiveMapping(false, pages);
  }

  static Row run(String name, NaiveRules rules, int pages) {
    return new NaiveScenario(rules, pages).run(name);
  }

  /** The columns of a row of cma-alloc.csv. */
  static Map<String, String> cmaAlloc(String name, NaiveRules rules, int pages) {
    NaiveScenario scenario = new NaiveScenario(rules, pages);
    scenario.bringAbout(name);
    return new NaiveContig(scenario.kernel).allocate(scenario.mapping);
  }

  private Row run(String name) {
    int callPages = bringAbout(name);
    return pinInCalls(callPages);
  }

  /** Returns how many slots a call of the pin covers. */
  private int bringAbout(String name) {
    int callPages = pages;
    switch (name) {
      case "on_lru" -> onLru();
      case "extra_ref" -> {
        onLru();
        for (NaivePage page : mapping.pages) {
          page.get();
        }
      }
      case "add_local" -> memory.fault(PINNING_CPU, mapping, 0, pages);
      case "add_remote" -> memory.fault(OTHER_CPU, mapping, 0, pages);
      case "act_local" -> {
        onLru();
        touchTwice(PINNING_CPU, 0);
      }
      case "act_anon" -> {
        onLru();
        touchTwice(OTHER_CPU, 0);
      }
      case "act_shm" -> {
        mapping = new NaiveMapping(true, pages);
        onLru();
        touchTwice(OTHER_CPU, 0); // pread marks each page accessed once, as a touch does
      }
      case "free_remote" -> {
        onLru();
        memory.free(OTHER_CPU, mapping, 0, pages);
      }
      case "cold_remote" -> {
        onLru();
        touchTwice(OTHER_CPU, 0);
        drainEveryCpu();
        memory.cold(OTHER_CPU, mapping, 0, pages);
      }
      case "mlock_remote" -> {
        memory.mlockOnFault(PINNING_CPU, mapping, 0, pages);
        memory.fault(OTHER_CPU, mapping, 0, pages);
      }
      case "crosvm" -> {
        mapping = new NaiveMapping(true, pages);
        memory.mlockOnFault(PINNING_CPU, mapping, 0, pages);
        memory.fault(OTHER_CPU, mapping, 0, pages);
        memory.fault(OTHER_CPU, new NaiveMapping(false, 40), 0, 40);
      }
      case "populate_local" -> memory.populateWrite(PINNING_CPU, mapping, 0, pages);
      case "populate_calls" -> {
        memory.populateWrite(PINNING_CPU, mapping, 0, pages);
        callPages = VFIO_CALL_PAGES;
      }
      case "partial_fast" -> {
        memory.fault(PINNING_CPU, mapping, 0, pages);
        drainEveryCpu();
        NaivePin first = pin(0, pages / 2);
        if (first.pin() != 0) {
          throw new AssertionError("the first half must move out");
        }
        first.unpin();
        drainEveryCpu();
        touchTwice(OTHER_CPU, pages / 2);
      }
      case "thp_on_lru", "thp_add", "thp_act" -> {
        mapping = new NaiveMapping(false, 1);
        memory.faultIn(OTHER_CPU, mapping, 0, pages, true);
        if (!name.equals("thp_add")) {
          drainEveryCpu();
        }
        if (name.equals("thp_act")) {
          touchTwice(OTHER_CPU, 0);
        }
        callPages = 1;
      }
      default -> throw new IllegalArgumentException("no such scenario: " + name);
    }
    return callPages;
  }

  private Row pinInCalls(int callPages) {
    int pinFrom = 0;
    NaiveCounters before = kernel.counters.copy();
    int rc = 0;
    for (; pinFrom < mapping.pages.length && rc == 0; pinFrom += callPages) {
      rc = pin(pinFrom, pinFrom + callPages).pin();
    }
    return new Row(rc == 0 ? "ok" : rc == NaivePin.ENOMEM ? "ENOMEM" : "EFAULT",
        kernel.counters.since(before, NaiveCounter.DRAIN_ALL), kernel.counters.since(before, NaiveCounter.LOCAL_DRAIN),
        kernel.counters.since(before, NaiveCounter.CPUS_DRAINED), kernel.counters.since(before, NaiveCounter.PGMIGRATE_SUCCESS),
        kernel.counters.since(before, NaiveCounter.PGMIGRATE_FAIL));
  }

  private NaivePin pin(int first, int end) {
    return new NaivePin(kernel, memory, PINNING_CPU, mapping, first, end);
  }

  private void onLru() {
    memory.fault(OTHER_CPU, mapping, 0, pages);
    drainEveryCpu();
  }

  private void drainEveryCpu() {
    for (int cpu = 0; cpu < NaiveKernel.CPUS; cpu++) {
      kernel.drainLocal(cpu);
    }
  }

  private void touchTwice(int cpu, int first) {
    memory.touch(cpu, mapping, first, mapping.pages.length);
    memory.touch(cpu, mapping, first, mapping.pages.length);
  }
}
