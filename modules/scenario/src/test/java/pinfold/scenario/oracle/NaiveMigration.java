package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.List;
import pinfold.scenario.oracle.NaiveMapping.Lock;

/** migrate_pages with MIGRATE_SYNC on one CPU (mm/migrate.c, 6.12). */
final class NaiveMigration {

  /** NR_MAX_MIGRATE_ASYNC_RETRY and NR_MAX_MIGRATE_SYNC_RETRY. */
  private static final int ASYNC_PASSES = 3;
  private static final int SYNC_PASSES = 7;

  private final NaiveKernel kernel;
  private final int cpu;

  NaiveMigration(NaiveKernel kernel, int cpu) {
    this.kernel = kernel;
    this.cpu = cpu;
  }

  private record Unmapped(NaivePage source, boolean wasMlocked) {}

  /** Moves isolated folios out of movable memory; those that did not move come back in order. */
  List<NaivePage> migrate(List<NaivePage> isolated) {
    List<NaivePage> failed = new ArrayList<>();
    for (NaivePage page : batch(isolated, ASYNC_PASSES)) {
      failed.addAll(batch(List.of(page), SYNC_PASSES));
    }
    failed.forEach(page -> kernel.counters.add(NaiveCounter.PGMIGRATE_FAIL, page.pages));
    return failed;
  }

  private List<NaivePage> batch(List<NaivePage> sources, int passes) {
    List<Unmapped> waiting = new ArrayList<>();
    for (NaivePage source : sources) {
      waiting.add(new Unmapped(source, source.flags.mlocked()));
      unmap(source);
    }
    for (int pass = 0; pass < passes && !waiting.isEmpty(); pass++) {
      waiting.removeIf(this::move);
    }
    List<NaivePage> failed = new ArrayList<>();
    for (Unmapped unmapped : waiting) {
      remap(unmapped.source());
      failed.add(unmapped.source());
    }
    return failed;
  }

  private void unmap(NaivePage source) {
    source.mapcount--;
    if (isInLockedVma(source)) {
      kernel.munlock(cpu, source);
      kernel.drainMlock(cpu);
    }
    source.put(1);
  }

  private void remap(NaivePage page) {
    page.get();
    page.mapcount++;
    page.mapping.pages[page.index] = page;
    if (isInLockedVma(page)) {
      kernel.mlock(cpu, page);
      kernel.drainMlock(cpu);
    }
  }

  private static boolean isInLockedVma(NaivePage page) {
    return page.mapping.locks[page.index] != Lock.NONE;
  }

  private boolean move(Unmapped unmapped) {
    NaivePage source = unmapped.source();
    if (source.refcount != source.expectedReferences() + 1) {
      return false;
    }
    NaivePage destination = new NaivePage(source.pages, source.anonymous, false);
    destination.mapping = source.mapping;
    destination.index = source.index;
    destination.cleanEntry = source.cleanEntry;
    destination.get();
    if (source.inPageCache) {
      destination.inPageCache = true;
      destination.refcount += source.pages;
      destination.mapping.cache[source.index] = destination;
      source.inPageCache = false;
      source.put(source.pages);
    }
    destination.flags = source.flags.withMlocked(false).withLru(false).withMlockCount(0);
    kernel.lruAdd(cpu, destination);
    if (unmapped.wasMlocked()) {
      kernel.drainLocal(cpu);
    }
    remap(destination);
    destination.put(1);
    source.put(1);
    kernel.counters.add(NaiveCounter.PGMIGRATE_SUCCESS, source.pages);
    return true;
  }
}
