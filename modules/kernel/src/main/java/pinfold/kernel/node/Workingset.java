package pinfold.kernel.node;

import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.Shadow;

/**
 * Whether a page that comes back was missed (mm/workingset.c, 6.12; kernel-model.md 6.7). Each lruvec has an age, the pages that it
 * evicted or activated. A folio that is evicted leaves it in its {@link Shadow}, and the page's refault distance is by how much the age
 * has grown since: if so many pages more could have been kept, as they would fit into the memory that the page competes for, it becomes
 * active. MGLRU notes the oldest generation instead of an age, and what refaults before the next one begins tells {@link Tiers} which
 * folios to spare.
 *
 * <p>Where another node evicted the page, nobody here knows its age: the page counts as refaulted, but does not become active. With MGLRU
 * the kernel does not even count it.
 */
final class Workingset {
  private final int node;
  private final FolioTable folios;
  private final LruVecs lruvecs;
  private final Counters counters;
  private final boolean hasSwap;

  Workingset(int node, FolioOps ops, boolean hasSwap) {
    this.node = node;
    this.folios = ops.folios;
    this.lruvecs = ops.lruvecs;
    this.counters = ops.counters;
    this.hasSwap = hasSwap;
  }

  /** workingset_age_nonresident(): an lruvec ages, and those above it with it; the root's age is the counter. */
  void age(int memcg, long pages) {
    lruvecs.age(memcg, pages);
    counters.add(VmCounter.NONRESIDENT_AGE, pages);
  }

  private long ageOf(int memcg) {
    return memcg > 0 ? lruvecs.memcg(memcg).nonresidentAge : counters.get(VmCounter.NONRESIDENT_AGE);
  }

  /**
   * workingset_eviction().
   *
   * @param target memory cgroup that is reclaimed from, 0 for the root
   * @return the folio's shadow
   */
  long eviction(int pfn, int target) {
    if (lruvecs.generations() != null) {
      int memcg = lruvecs.numberOf(pfn);
      return lruvecs.generational(memcg).eviction(pfn, memcg, node);
    }
    long shadow = Shadow.of(target, node, ageOf(target), folios.has(pfn, FolioFlags.WORKINGSET));
    age(target, folios.pages(pfn));
    return shadow;
  }

  /**
   * workingset_refault(): a new folio, on no list yet, has the page of one that left a shadow.
   *
   * @param inFault a page table missed it, not a file descriptor
   */
  void refault(int pfn, long shadow, boolean inFault, long nowNanos) {
    boolean file = !folios.has(pfn, FolioFlags.SWAPBACKED);
    int memcg = lruvecs.numberOf(pfn);
    if (lruvecs.generations() != null) {
      refaultOfGenerations(pfn, shadow, inFault, file, memcg);
      return;
    }
    counters.increment(file ? VmCounter.WORKINGSET_REFAULT_FILE : VmCounter.WORKINGSET_REFAULT_ANON);
    if (Shadow.node(shadow) != node || !isRecent(shadow, file, nowNanos)) {
      return;
    }
    folios.set(pfn, FolioFlags.ACTIVE);
    age(memcg, folios.pages(pfn));
    lruvecs.memcg(memcg).noteActivation(file);
    counters.increment(file ? VmCounter.WORKINGSET_ACTIVATE_FILE : VmCounter.WORKINGSET_ACTIVATE_ANON);
    if (Shadow.workingset(shadow)) {
      folios.set(pfn, FolioFlags.WORKINGSET);
      lruvecs.noteCost(memcg, file, folios.pages(pfn), 0);
      counters.increment(file ? VmCounter.WORKINGSET_RESTORE_FILE : VmCounter.WORKINGSET_RESTORE_ANON);
    }
  }

  private void refaultOfGenerations(int pfn, long shadow, boolean inFault, boolean file, int memcg) {
    if (Shadow.node(shadow) != node || Shadow.memcg(shadow) != memcg) {
      return;
    }
    counters.increment(file ? VmCounter.WORKINGSET_REFAULT_FILE : VmCounter.WORKINGSET_REFAULT_ANON);
    GenLruVec.Refault refault = lruvecs.generational(memcg).refault(pfn, shadow, inFault);
    if (refault != GenLruVec.Refault.OLD) {
      counters.increment(file ? VmCounter.WORKINGSET_ACTIVATE_FILE : VmCounter.WORKINGSET_ACTIVATE_ANON);
    }
    if (refault == GenLruVec.Refault.RESTORED) {
      counters.increment(file ? VmCounter.WORKINGSET_RESTORE_FILE : VmCounter.WORKINGSET_RESTORE_ANON);
    }
  }

  /** workingset_test_recent(). */
  private boolean isRecent(long shadow, boolean file, long nowNanos) {
    int memcg = Shadow.memcg(shadow);
    long distance = ageOf(memcg) - Shadow.eviction(shadow) & Shadow.EVICTION_MASK;
    long size = lruvecs.statistics(memcg, LruVec.ACTIVE_FILE, nowNanos);
    if (!file) {
      size += lruvecs.statistics(memcg, LruVec.INACTIVE_FILE, nowNanos);
    }
    if (hasSwap) {
      size += lruvecs.statistics(memcg, LruVec.ACTIVE_ANON, nowNanos);
      size += file ? lruvecs.statistics(memcg, LruVec.INACTIVE_ANON, nowNanos) : 0;
    }
    return distance <= size;
  }
}
