package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.scenario.oracle.NaiveCpu.Entry;

/**
 * Batches, drains and folio_mark_accessed of a machine of four CPUs on which one thing happens at a time (mm/swap.c,
 * mm/mlock.c).
 */
final class NaiveKernel {

  static final int CPUS = 4;

  final NaiveRules rules;
  final NaiveCounters counters = new NaiveCounters();
  /** lru_disable_count is not 0. */
  boolean cacheDisabled;
  private final Choices choices;
  private final List<NaiveCpu> cpus = new ArrayList<>();

  NaiveKernel(NaiveRules rules, Choices choices) {
    this.rules = rules;
    this.choices = choices;
    for (int cpu = 0; cpu < CPUS; cpu++) {
      cpus.add(new NaiveCpu());
    }
  }

  /** folio_add_lru. */
  void lruAdd(int cpu, NaivePage page) {
    if (page.flags.lru()) {
      throw new AssertionError("folio_add_lru of a folio with PG_lru");
    }
    queue(cpu, NaiveRequest.LRU_ADD, page);
  }

  /** folio_activate. */
  private void activate(int cpu, NaivePage page) {
    if (!page.flags.active() && !page.flags.unevictable()) {
      queueOnLru(cpu, NaiveRequest.ACTIVATE, page);
    }
  }

  /** folio_deactivate, classic LRU. */
  void deactivate(int cpu, NaivePage page) {
    if (!page.flags.unevictable() && page.flags.active()) {
      queueOnLru(cpu, NaiveRequest.DEACTIVATE, page);
    }
  }

  /** folio_mark_lazyfree. */
  void markLazyfree(int cpu, NaivePage page) {
    if (page.anonymous && page.flags.swapbacked() && !page.flags.unevictable()) {
      queueOnLru(cpu, NaiveRequest.LAZYFREE, page);
    }
  }

  /** mlock_folio. */
  void mlock(int cpu, NaivePage page) {
    setMlocked(page);
    queue(cpu, NaiveRequest.MLOCK_LRU, page);
  }

  /** mlock_new_folio. */
  void mlockNew(int cpu, NaivePage page) {
    setMlocked(page);
    queue(cpu, NaiveRequest.MLOCK_NEW, page);
  }

  /** munlock_folio. */
  void munlock(int cpu, NaivePage page) {
    queue(cpu, NaiveRequest.MUNLOCK, page);
  }

  private void setMlocked(NaivePage page) {
    if (!page.flags.mlocked()) {
      page.flags = page.flags.withMlocked(true);
      counters.add(NaiveCounter.UNEVICTABLE_MLOCKED, page.pages);
    }
  }

  /** folio_mark_accessed, classic LRU: one transition per call. */
  void markAccessed(int cpu, NaivePage page) {
    if (!page.flags.referenced()) {
      page.flags = page.flags.withReferenced(true);
    } else if (!page.flags.unevictable() && !page.flags.active()) {
      if (page.flags.lru()) {
        activate(cpu, page);
      } else if (cpus.get(cpu).lruAdd.stream().anyMatch(entry -> entry.page() == page)) {
        page.flags = page.flags.withActive(true);
      }
      page.flags = page.flags.withReferenced(false);
    }
  }

  /** A request that only a folio on the LRU can get. */
  private void queueOnLru(int cpu, NaiveRequest request, NaivePage page) {
    if (page.flags.lru()) {
      if (rules.clearLruAtQueue) {
        page.flags = page.flags.withLru(false);
      }
      queue(cpu, request, page);
    }
  }

  private void queue(int cpu, NaiveRequest request, NaivePage page) {
    page.get();
    List<Entry> batch = cpus.get(cpu).batch(request);
    batch.add(new Entry(request, page));
    if (batch.size() == rules.capacity || page.isLarge() || cacheDisabled) {
      flush(batch);
    }
  }

  private void flush(List<Entry> batch) {
    for (Entry entry : batch) {
      flushOne(entry);
    }
    dropReferences(batch);
  }

  private void flushOne(Entry entry) {
    NaivePage page = entry.page();
    if (entry.request().takesLruAtFlush(rules)) {
      if (!page.flags.lru()) {
        page.flags = entry.request().giveUp(page, counters);
        return;
      }
      page.flags = page.flags.withLru(false);
    }
    page.flags = entry.request().carryOut(page, counters);
  }

  private static void dropReferences(List<Entry> batch) {
    for (Entry entry : batch) {
      entry.page().put(1);
    }
    batch.clear();
  }

  /** lru_add_drain. */
  void drainLocal(int cpu) {
    counters.add(NaiveCounter.LOCAL_DRAIN, 1);
    for (List<Entry> batch : cpus.get(cpu).inDrainOrder()) {
      flush(batch);
    }
  }

  /** mlock_drain_local. */
  void drainMlock(int cpu) {
    flush(cpus.get(cpu).mlock);
  }

  /** lru_add_drain_all: the workers run in parallel, so a folio in the batches of several CPUs may end in several ways. */
  void drainAll(int caller) {
    if (rules.drainAllDrainsLocalFirst()) {
      drainLocal(caller);
    }
    counters.add(NaiveCounter.DRAIN_ALL, 1);
    Map<NaivePage, List<List<NaiveRequest>>> requests = new LinkedHashMap<>();
    for (NaiveCpu cpu : cpus) {
      if (cpu.needsDrain()) {
        counters.add(NaiveCounter.CPUS_DRAINED, 1);
      }
      Map<NaivePage, List<NaiveRequest>> ofThisCpu = new LinkedHashMap<>();
      for (List<Entry> batch : cpu.inDrainOrder()) {
        batch.forEach(entry -> ofThisCpu.computeIfAbsent(entry.page(), p -> new ArrayList<>()).add(entry.request()));
      }
      ofThisCpu.forEach((page, list) -> requests.computeIfAbsent(page, p -> new ArrayList<>()).add(list));
    }
    requests.forEach(this::drainInParallel);
    for (NaiveCpu cpu : cpus) {
      cpu.inDrainOrder().forEach(NaiveKernel::dropReferences);
    }
  }

  private void drainInParallel(NaivePage page, List<List<NaiveRequest>> requestsPerWorker) {
    List<DrainRace.Outcome> outcomes = DrainRace.outcomes(rules, page, requestsPerWorker);
    int taken = 0;
    if (outcomes.size() > 1) {
      counters.add(NaiveCounter.RACED_FOLIOS, 1);
      taken = choices.choose(outcomes.size());
    }
    page.flags = outcomes.get(taken).flags();
    counters.addAll(outcomes.get(taken).counted());
  }
}
