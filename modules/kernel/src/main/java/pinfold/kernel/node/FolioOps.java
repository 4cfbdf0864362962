package pinfold.kernel.node;

import static pinfold.kernel.folio.FolioFlags.ACTIVE;
import static pinfold.kernel.folio.FolioFlags.ALLOCATED;
import static pinfold.kernel.folio.FolioFlags.ANON;
import static pinfold.kernel.folio.FolioFlags.DIRTY;
import static pinfold.kernel.folio.FolioFlags.ISOLATED;
import static pinfold.kernel.folio.FolioFlags.LRU;
import static pinfold.kernel.folio.FolioFlags.MLOCKED;
import static pinfold.kernel.folio.FolioFlags.PRIVATE;
import static pinfold.kernel.folio.FolioFlags.RECLAIM;
import static pinfold.kernel.folio.FolioFlags.REFERENCED;
import static pinfold.kernel.folio.FolioFlags.SWAPBACKED;
import static pinfold.kernel.folio.FolioFlags.SWAPCACHE;
import static pinfold.kernel.folio.FolioFlags.UNEVICTABLE;
import static pinfold.kernel.folio.FolioFlags.WRITEBACK;

import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.trace.TraceEvent;

/**
 * What happens to one folio of a node, without time: the callbacks of a batch flush (mm/swap.c, 6.12), the mlock flush
 * (mm/mlock.c, 6.12), isolation, putback, the last put. kernel-model.md 1.5, 1.6, 1.9.
 */
final class FolioOps {
  final FolioTable folios;
  final LruVecs lruvecs;
  final Counters counters;
  /** Null when nothing is traced. */
  private final NodeTrace trace;
  /** Folios that are not anonymous and have no mapping: in the swap cache, or truncated while somebody held them. */
  private final IntMap withoutMapping = new IntMap();

  FolioOps(FolioTable folios, LruVecs lruvecs, Counters counters, NodeTrace trace) {
    this.folios = folios;
    this.lruvecs = lruvecs;
    this.counters = counters;
    this.trace = trace;
  }

  private boolean evictable(int pfn) {
    return !folios.has(pfn, MLOCKED);
  }

  /** lru_add(): puts a folio on its list for the first time, or again after a putback. */
  void lruAdd(int pfn) {
    int flags = folios.flags(pfn);
    if ((flags & (UNEVICTABLE | MLOCKED)) != 0) {
      flags = sortedOut(pfn, flags);
    }
    lruvecs.of(pfn).addHead(pfn, flags);
    if (trace != null) {
      trace.lruInsertion(pfn);
    }
  }

  /** Makes PG_unevictable what PG_mlocked calls for; returns the flags after it. */
  private int sortedOut(int pfn, int flags) {
    int pages = folios.pages(pfn);
    boolean wasUnevictable = (flags & UNEVICTABLE) != 0;
    if (evictable(pfn)) {
      folios.clear(pfn, UNEVICTABLE);
      counters.add(VmCounter.UNEVICTABLE_PGS_RESCUED, pages);
    } else {
      folios.clear(pfn, ACTIVE);
      folios.set(pfn, UNEVICTABLE);
      folios.setNewer(pfn, 0);
      if (!wasUnevictable) {
        counters.add(VmCounter.UNEVICTABLE_PGS_CULLED, pages);
      }
    }
    return folios.flags(pfn);
  }

  /** The callback of a batch other than lru_add and mlock, on a folio whose PG_lru the flush holds. */
  void move(BatchKind kind, int pfn) {
    int flags = folios.flags(pfn);
    int pages = folios.pages(pfn);
    if ((flags & UNEVICTABLE) != 0) {
      return;
    }
    switch (kind) {
      case MOVE_TAIL -> {
        lruvecs.of(pfn).delete(pfn);
        folios.clear(pfn, ACTIVE);
        lruvecs.of(pfn).addTail(pfn);
        counters.add(VmCounter.PGROTATED, pages);
      }
      case ACTIVATE -> {
        if ((flags & ACTIVE) != 0) {
          return;
        }
        lruvecs.of(pfn).delete(pfn);
        folios.set(pfn, ACTIVE);
        lruvecs.of(pfn).addHead(pfn);
        if (trace != null) {
          trace.folio(TraceEvent.MM_LRU_ACTIVATE, pfn);
        }
        counters.add(VmCounter.PGACTIVATE, pages);
      }
      case DEACTIVATE_FILE -> {
        if (folios.mapcount(pfn) > 0) {
          return;
        }
        lruvecs.of(pfn).delete(pfn);
        folios.clear(pfn, ACTIVE | REFERENCED);
        if ((flags & (DIRTY | WRITEBACK)) != 0) {
          lruvecs.of(pfn).addHead(pfn);
          folios.set(pfn, RECLAIM);
        } else {
          lruvecs.of(pfn).addTail(pfn);
          counters.add(VmCounter.PGROTATED, pages);
        }
        if ((flags & ACTIVE) != 0) {
          counters.add(VmCounter.PGDEACTIVATE, pages);
        }
      }
      case DEACTIVATE -> {
        if ((flags & ACTIVE) == 0 && lruvecs.generations() == null) {
          return;
        }
        lruvecs.of(pfn).delete(pfn);
        folios.clear(pfn, ACTIVE | REFERENCED);
        lruvecs.of(pfn).addHead(pfn);
        counters.add(VmCounter.PGDEACTIVATE, pages);
      }
      case LAZYFREE -> {
        if (!lazyfreeable(flags)) {
          return;
        }
        lruvecs.of(pfn).delete(pfn);
        folios.clear(pfn, ACTIVE | REFERENCED | SWAPBACKED);
        lruvecs.of(pfn).addHead(pfn);
        counters.add(VmCounter.PGLAZYFREE, pages);
      }
      case LRU_ADD, MLOCK -> throw new IllegalArgumentException(kind + " has a flush of its own");
    }
  }

  static boolean lazyfreeable(int flags) {
    return (flags & (ANON | SWAPBACKED | SWAPCACHE | UNEVICTABLE)) == (ANON | SWAPBACKED);
  }

  /** One entry of mlock_folio_batch(). */
  void flushMlockEntry(int pfn, int tag) {
    switch (tag) {
      case FolioBatches.TAG_LRU -> mlockOnLru(pfn);
      case FolioBatches.TAG_NEW -> mlockNew(pfn);
      default -> munlock(pfn);
    }
  }

  private void mlockOnLru(int pfn) {
    if (!folios.testAndClear(pfn, LRU)) {
      return;
    }
    int pages = folios.pages(pfn);
    boolean unevictable = folios.has(pfn, UNEVICTABLE);
    if (evictable(pfn)) {
      if (unevictable) {
        lruvecs.of(pfn).delete(pfn);
        folios.clear(pfn, UNEVICTABLE);
        lruvecs.of(pfn).addHead(pfn);
        counters.add(VmCounter.UNEVICTABLE_PGS_RESCUED, pages);
      }
    } else if (unevictable) {
      folios.setNewer(pfn, folios.newer(pfn) + 1);
    } else {
      lruvecs.of(pfn).delete(pfn);
      folios.clear(pfn, ACTIVE);
      folios.set(pfn, UNEVICTABLE);
      folios.setNewer(pfn, 1);
      lruvecs.of(pfn).addHead(pfn);
      counters.add(VmCounter.UNEVICTABLE_PGS_CULLED, pages);
    }
    folios.set(pfn, LRU);
  }

  private void mlockNew(int pfn) {
    if (!evictable(pfn)) {
      folios.clear(pfn, ACTIVE);
      folios.set(pfn, UNEVICTABLE);
      folios.setNewer(pfn, 1);
      counters.add(VmCounter.UNEVICTABLE_PGS_CULLED, folios.pages(pfn));
    }
    lruvecs.of(pfn).addHead(pfn);
    folios.set(pfn, LRU);
  }

  private void munlock(int pfn) {
    int pages = folios.pages(pfn);
    boolean isolated = folios.testAndClear(pfn, LRU);
    boolean unevictable = folios.has(pfn, UNEVICTABLE);
    if (isolated && unevictable) {
      int count = Math.max(0, folios.newer(pfn) - 1);
      folios.setNewer(pfn, count);
      if (count > 0) {
        folios.set(pfn, LRU);
        return;
      }
    }
    if (folios.testAndClear(pfn, MLOCKED)) {
      counters.add(VmCounter.NR_MLOCK, -pages);
      counters.add(isolated || !unevictable ? VmCounter.UNEVICTABLE_PGS_MUNLOCKED : VmCounter.UNEVICTABLE_PGS_STRANDED, pages);
    }
    if (isolated) {
      if (unevictable) {
        lruvecs.of(pfn).delete(pfn);
        folios.clear(pfn, UNEVICTABLE);
        lruvecs.of(pfn).addHead(pfn);
        counters.add(VmCounter.UNEVICTABLE_PGS_RESCUED, pages);
      }
      folios.set(pfn, LRU);
    }
  }

  /** Sets PG_mlocked and its counters; the caller queues the entry. */
  void markMlocked(int pfn) {
    if (!folios.has(pfn, MLOCKED)) {
      folios.set(pfn, MLOCKED);
      counters.add(VmCounter.NR_MLOCK, folios.pages(pfn));
      counters.add(VmCounter.UNEVICTABLE_PGS_MLOCKED, folios.pages(pfn));
    }
  }

  /** folio_isolate_lru(): takes the folio off its list and a reference to it; false when PG_lru was clear. */
  boolean isolate(int pfn) {
    if (trace != null) {
      trace.isolating(pfn);
    }
    return takeOffLru(pfn);
  }

  /** The same inside isolate_lru_folios(). */
  boolean takeOffLru(int pfn) {
    if (!folios.testAndClear(pfn, LRU)) {
      return false;
    }
    lruvecs.of(pfn).delete(pfn);
    isolated(pfn);
    return true;
  }

  /** A folio that left its list belongs to whoever isolated it. */
  void isolated(int pfn) {
    folios.addReferences(pfn, 1);
    folios.set(pfn, ISOLATED);
    countIsolated(pfn, 1);
  }

  /** The folio leaves its isolator's list; the reference stays with the caller. */
  void endIsolation(int pfn) {
    assert folios.has(pfn, ISOLATED) : "not isolated: " + folios.describe(pfn);
    folios.clear(pfn, ISOLATED);
    countIsolated(pfn, -1);
  }

  /** An isolated lazyfree folio turned out to be in use: it counts as anonymous again, and is swapped from now on. */
  void noLongerLazyfree(int pfn) {
    countIsolated(pfn, -1);
    folios.set(pfn, SWAPBACKED);
    countIsolated(pfn, 1);
  }

  private void countIsolated(int pfn, int sign) {
    counters.add(folios.has(pfn, SWAPBACKED) ? VmCounter.NR_ISOLATED_ANON : VmCounter.NR_ISOLATED_FILE, sign * folios.pages(pfn));
  }

  /** folio_expected_ref_count() (include/linux/mm.h, 6.12): what caches and mappings account for. */
  int expectedRefcount(int pfn) {
    int flags = folios.flags(pfn);
    int pages = folios.pages(pfn);
    int expected = (flags & SWAPCACHE) != 0 ? pages : 0;
    if ((flags & ANON) == 0 && hasMapping(pfn)) {
      expected += pages + ((flags & PRIVATE) != 0 ? 1 : 0);
    }
    return expected + folios.mapcount(pfn);
  }

  /** Whether a folio that is not anonymous is in the page cache. */
  boolean hasMapping(int pfn) {
    return withoutMapping.size() == 0 || withoutMapping.get(pfn) == 0;
  }

  /** Such a folio enters or leaves the page cache, whose reference its caller accounts for. */
  void setMapping(int pfn, boolean has) {
    if (has) {
      withoutMapping.remove(pfn);
    } else {
      withoutMapping.put(pfn, 1);
    }
  }

  /** Whether it was truncated, and waits for whoever holds it. */
  boolean isTruncated(int pfn) {
    return !hasMapping(pfn) && !folios.has(pfn, SWAPCACHE);
  }

  /** The last reference is gone: the folio leaves its list and is forgotten. */
  void free(int pfn, int flags) {
    int pages = LruVec.pagesOf(flags);
    assert folios.mapcount(pfn) == 0 : "freed while mapped: " + folios.describe(pfn);
    assert (flags & ISOLATED) == 0 : "freed while isolated: " + folios.describe(pfn);
    if ((flags & LRU) != 0) {
      lruvecs.of(pfn).delete(pfn, flags);
    }
    if ((flags & MLOCKED) != 0) {
      counters.add(VmCounter.NR_MLOCK, -pages);
      counters.add(VmCounter.UNEVICTABLE_PGS_CLEARED, pages);
    }
    counters.add(VmCounter.PGFREE, pages);
    if (trace != null) {
      trace.freed(pfn, Integer.numberOfTrailingZeros(pages));
    }
    if (lruvecs.generations() != null) {
      lruvecs.generations().clearRefs(pfn);
    }
    folios.destroy(pfn);
    if (!hasMapping(pfn)) {
      setMapping(pfn, true);
    }
  }

  /** Flags that folio_migrate_flags() carries over to the new folio (mm/migrate.c, 6.12); PG_mlocked comes back by mlock. */
  static int migratedFlags(int sourceFlags) {
    return sourceFlags & ~(LRU | MLOCKED | ISOLATED | ALLOCATED);
  }
}
