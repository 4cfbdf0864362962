package pinfold.kernel.node;

import static pinfold.kernel.folio.FolioFlags.ACTIVE;
import static pinfold.kernel.folio.FolioFlags.ANON;
import static pinfold.kernel.folio.FolioFlags.DIRTY;
import static pinfold.kernel.folio.FolioFlags.LARGE;
import static pinfold.kernel.folio.FolioFlags.LRU;
import static pinfold.kernel.folio.FolioFlags.MLOCKED;
import static pinfold.kernel.folio.FolioFlags.RECLAIM;
import static pinfold.kernel.folio.FolioFlags.REFERENCED;
import static pinfold.kernel.folio.FolioFlags.SWAPBACKED;
import static pinfold.kernel.folio.FolioFlags.SWAPCACHE;
import static pinfold.kernel.folio.FolioFlags.WORKINGSET;
import static pinfold.kernel.folio.FolioFlags.WRITEBACK;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.memcg.MemcgTree;

/**
 * What reclaim does to the folios of one node, as elements of bursts: it reads lruvecs, isolates from their tails, judges each
 * folio, frees it or puts it back (mm/vmscan.c, 6.12; kernel-model.md 6.4, 6.5, 6.7). Page tables and swap slots are others'; the
 * frames in {@link pinfold.kernel.cpu} go between.
 */
final class NodeReclaim {
  /** Results of {@link BurstOp#LRUVEC_READ}. */
  private static final int LISTS = 4;
  /** GUP_PIN_COUNTING_BIAS (include/linux/mm.h, 6.12): from here on a small folio may be pinned (folio_maybe_dma_pinned()). */
  private static final int PIN_BIAS = 1024;
  /** SWAP_CLUSTER_MAX_SKIPPED (mm/vmscan.c, 6.12). */
  private static final int MOST_SKIPPED = 32 << 10;

  private final MemoryNode node;
  private final FolioTable folios;
  private final LruVecs lruvecs;
  private final FolioOps ops;
  private final Counters counters;
  private final Workingset workingset;
  private final ReclaimThrottle throttle;
  private final CostModel cost;
  /** Null when nothing is traced. */
  private final NodeTrace trace;
  private final LongList taken = new LongList();
  private final LongList aside = new LongList();

  NodeReclaim(MemoryNode node, FolioOps ops, Workingset workingset, ReclaimThrottle throttle, CostModel cost, NodeTrace trace) {
    this.node = node;
    this.throttle = throttle;
    this.workingset = workingset;
    this.folios = ops.folios;
    this.lruvecs = ops.lruvecs;
    this.ops = ops;
    this.counters = ops.counters;
    this.cost = cost;
    this.trace = trace;
  }

  /** Executes one element; returns how many words it has. */
  int execute(Burst burst, BurstOp op, int pfn, int argument) {
    int memcg = argument >>> BurstOp.MEMCG_SHIFT;
    int highestZone = argument >>> BurstOp.ZONE_SHIFT & 7;
    boolean byKswapd = (argument & BurstOp.BY_KSWAPD) != 0;
    switch (op) {
      case LRUVEC_READ -> read(burst, pfn, memcg, highestZone, (argument & BurstOp.OF_ALL) != 0);
      case ZONE_LRU_READ -> {
        for (int list = 0; list < LISTS; list++) {
          burst.results.add(lruvecs.pages(list, argument));
        }
      }
      case LRU_ISOLATE -> isolate(burst, pfn, lruvecs.memcg(memcg), argument & 7, highestZone, byKswapd);
      case CHECK_REFERENCES -> {
        int counted = count(pfn, (argument & BurstOp.KSWAPD_ASKS) != 0);
        Verdict verdict = checkReferences(pfn, argument);
        burst.results.add(verdict.ordinal() | counted | needs(pfn));
      }
      case SWAP_CACHE -> burst.results.add(addToSwap(pfn) ? 1 : 0);
      case RECLAIM -> reclaim(burst, pfn, argument);
      case LRU_PUTBACK -> putBack(burst, pfn, argument);
      case RECLAIM_DONE -> done(memcg, argument, byKswapd, burst.words[burst.next + 1]);
      case GEN_READ -> readGenerations(burst, lruvecs.generational(memcg));
      case GEN_ISOLATE -> isolateOldest(burst, lruvecs.generational(memcg), pfn, highestZone, byKswapd);
      case GEN_PROMOTE -> promote(pfn, burst.words[burst.next + 1]);
      case GEN_BLOCKED -> BlockedFolios.find(lruvecs.generational(argument), folios, node.queued(), burst.results);
      case GEN_NEXT -> burst.results.add(
          lruvecs.generational(memcg).incMaxSeq(burst.words[burst.next + 1], (argument & 1) != 0) ? 1 : 0);
      default -> throw new IllegalArgumentException(op + " is no reclaim");
    }
    return op.takesSecondWord() ? 2 : 1;
  }

  private void read(Burst burst, int target, int memcg, int highestZone, boolean ofAll) {
    for (int list = 0; list < LISTS; list++) {
      burst.results.add(lruvecs.memcg(memcg).pagesUpTo(list, highestZone));
    }
    int whose = ofAll ? 0 : target > 0 ? target : memcg;
    burst.results.add(lruvecs.memcg(whose).anonCost);
    burst.results.add(lruvecs.memcg(whose).fileCost);
    for (int list = 0; list < LISTS; list++) {
      burst.results.add(ofAll || whose > 0 ? lruvecs.statistics(whose, list, node.timeNanos())
          : lruvecs.memcg(0).statistics(list, node.timeNanos()));
    }
    for (int list = 0; list < LISTS; list++) {
      burst.results.add(lruvecs.pages(list));
    }
    burst.results.add((lruvecs.hasRefaulted(whose, false) ? BurstOp.ANON_REFAULTED : 0)
        | (lruvecs.hasRefaulted(whose, true) ? BurstOp.FILE_REFAULTED : 0) | throttle.marks(memcg));
  }

  /** too_many_isolated() for who may start input and output and enter file systems. */
  private boolean tooManyIsolated(boolean file) {
    long isolated = counters.get(file ? VmCounter.NR_ISOLATED_FILE : VmCounter.NR_ISOLATED_ANON);
    boolean tooMany = isolated > lruvecs.pages(file ? LruVec.INACTIVE_FILE : LruVec.INACTIVE_ANON) >> 3;
    if (!tooMany) {
      throttle.wake(ThrottleReason.ISOLATED);
    }
    return tooMany;
  }

  /**
   * isolate_lru_folios(): a folio whose PG_lru is clear, because a batch holds it or somebody else has isolated it, goes to the
   * head of its list and costs a unit of the budget. One in a zone that is too high costs nothing, and goes to the head after all.
   */
  private void isolate(Burst burst, int budget, LruVec lruvec, int list, int highestZone, boolean byKswapd) {
    if ((list & 1) == 0 && !byKswapd && tooManyIsolated(list >= LruVec.INACTIVE_FILE)) {
      burst.results.add(-1);
      return;
    }
    assert burst.results.isEmpty() : "a burst that scans does nothing else before";
    burst.results.add(0);
    burst.scanned = true;
    int more = budget >>> BurstOp.CALLS_SHIFT;
    int calls = 0;
    int firstOfCall;
    do {
      firstOfCall = burst.results.size();
      burst.nominalNanos += calls == 0 ? 0 : cost.of(Cost.RECLAIM_CALL);
      isolateOnce(burst, budget & (1 << BurstOp.CALLS_SHIFT) - 1, lruvec, list, highestZone, byKswapd);
    } while (calls++ < more && burst.results.size() == firstOfCall + 1 && (burst.results.get(firstOfCall) & 1L << 30) != 0);
    burst.results.set(0, burst.results.get(0) | (long) (calls - 1) << 56);
  }

  private void isolateOnce(Burst burst, int budget, LruVec lruvec, int list, int highestZone, boolean byKswapd) {
    int scanned = 0;
    int looked = 0;
    int taken = 0;
    int skipped = 0;
    aside.clear();
    while (scanned < budget && lruvec.tail(list) >= 0) {
      int pfn = lruvec.tail(list);
      int pages = folios.pages(pfn);
      looked++;
      if (skipped < MOST_SKIPPED && lruvecs.zoneType(pfn) > highestZone) {
        lruvec.delete(pfn);
        aside.add(pfn);
        skipped += pages;
        continue;
      }
      scanned += pages;
      if (!folios.has(pfn, LRU)) {
        lruvec.moveToHead(pfn);
        continue;
      }
      ops.takeOffLru(pfn);
      node.log(burst.cpu, FolioStep.ISOLATED, 0, pfn);
      burst.results.add(node.isolatedWord(pfn));
      taken += pages;
    }
    for (int i = 0; i < aside.size(); i++) {
      lruvec.addHead((int) aside.get(i));
    }
    scanned += skipped;
    node.takeLock(burst, lruvec.lock, LruLockUse.OTHER, cost.of(Cost.LRU_LOCK_FIXED) + looked * cost.of(Cost.LRU_SCAN_PAGE), looked);
    burst.results.set(0, burst.results.get(0) + ((long) scanned << 32 | taken));
    counters.add(VmCounter.PGSKIP, skipped);
    if ((list & 1) != 0) {
      counters.add(VmCounter.PGREFILL, scanned);
    } else {
      counters.add(byKswapd ? VmCounter.PGSCAN_KSWAPD : VmCounter.PGSCAN_DIRECT, scanned);
      counters.add(list < LruVec.INACTIVE_FILE ? VmCounter.PGSCAN_ANON : VmCounter.PGSCAN_FILE, scanned);
    }
    if (trace != null) {
      trace.lruIsolate(budget, scanned, skipped, taken, highestZone, list);
    }
  }

  private static void readGenerations(Burst burst, GenLruVec lruvec) {
    burst.results.add(lruvec.maxSeq);
    burst.results.add(lruvec.minSeq[GenLruVec.ANON]);
    burst.results.add(lruvec.minSeq[GenLruVec.FILE]);
    long total = 0;
    for (long seq = Math.min(lruvec.minSeq[GenLruVec.ANON], lruvec.minSeq[GenLruVec.FILE]); seq <= lruvec.maxSeq; seq++) {
      total += lruvec.pages(seq, true);
    }
    burst.results.add(total);
    burst.results.add(lruvec.pages(lruvec.maxSeq, true));
    burst.results.add(lruvec.maxSeq < GenLruVec.MIN_GENERATIONS ? 0 : lruvec.pages(lruvec.maxSeq - GenLruVec.MIN_GENERATIONS, true));
  }

  private void isolateOldest(Burst burst, GenLruVec lruvec, int swappiness, int highestZone, boolean byKswapd) {
    assert burst.results.isEmpty() : "a burst that scans does nothing else before";
    burst.results.add(0);
    burst.scanned = true;
    taken.clear();
    GenLruVec.Scan scan = new GenLruVec.Scan();
    int counts = lruvec.evict(swappiness, highestZone, node.sortRule(), scan, taken);
    boolean file = false;
    for (int i = 0; i < taken.size(); i++) {
      int pfn = (int) taken.get(i);
      file = !folios.has(pfn, SWAPBACKED);
      ops.isolated(pfn);
      node.log(burst.cpu, FolioStep.ISOLATED, 0, pfn);
      burst.results.add(node.isolatedWord(pfn));
    }
    burst.results.set(0, (long) counts << 32 | (file ? BurstOp.OF_FILES : 0) | scan.unqueuedDirty << BurstOp.UNQUEUED_SHIFT
        | scan.isolated);
    node.takeLock(burst, lruvec.lock, LruLockUse.OTHER, cost.of(Cost.LRU_LOCK_FIXED) + scan.scanned * cost.of(Cost.LRU_SCAN_PAGE),
        scan.scanned);
    counters.add(byKswapd ? VmCounter.PGSCAN_KSWAPD : VmCounter.PGSCAN_DIRECT, scan.isolated);
    counters.add(file ? VmCounter.PGSCAN_FILE : VmCounter.PGSCAN_ANON, scan.isolated);
    counters.add(VmCounter.PGREFILL, scan.sorted);
    counters.add(VmCounter.PGSKIP, scan.skipped);
    if (trace != null) {
      trace.lruIsolate(GenLruVec.MAX_LRU_BATCH, scan.scanned, scan.skipped, scan.isolated, highestZone, file ? 2 : 0);
    }
  }

  /** The page table may have been faster: the folio may be gone, or another by now. */
  private void promote(int pfn, long seq) {
    if (folios.isAllocated(pfn) && !folios.has(pfn, LARGE | MLOCKED)) {
      ((GenLruVec) lruvecs.of(pfn)).promote(pfn, seq);
    }
  }

  /**
   * What shrink_folio_list() counts of a folio before it decides. Anonymous folios are no dirty ones, as no flusher would write them, but
   * where they are under writeback they count there. cgroup v2 and the global form throttle writers elsewhere: nobody waits for one folio.
   */
  private int count(int pfn, boolean byKswapd) {
    int flags = folios.flags(pfn);
    if ((flags & MLOCKED) != 0 || toldYoung(pfn, flags)) {
      return 0;
    }
    boolean writeback = (flags & WRITEBACK) != 0;
    int counted = 0;
    if ((flags & (ANON | SWAPBACKED)) == 0 && (flags & (DIRTY | WRITEBACK)) != 0) {
      counted = Verdict.COUNTS_DIRTY | (writeback ? 0 : Verdict.COUNTS_UNQUEUED)
          | (writeback && (flags & RECLAIM) != 0 ? Verdict.COUNTS_CONGESTED : 0);
    }
    if (writeback && byKswapd && (flags & RECLAIM) != 0 && throttle.writeback()) {
      return counted | Verdict.COUNTS_IMMEDIATE;
    }
    return counted | (writeback ? Verdict.COUNTS_WRITEBACK : 0);
  }

  /**
   * Bits of what reclaim has to do to get rid of it. An anonymous page that its task let go of while it was isolated gets no slot: the page
   * that the task may have in its place by now can have one.
   */
  private int needs(int pfn) {
    int kind = folios.flags(pfn) & (ANON | SWAPBACKED | SWAPCACHE);
    if ((kind & SWAPBACKED) == 0 || kind == (ANON | SWAPBACKED) && folios.mapcount(pfn) == 0) {
      return 0;
    }
    return Verdict.NEEDS_SLOT | (kind == SWAPBACKED ? Verdict.SHMEM : 0);
  }

  /** folio_update_gen() wanted to promote it when it was isolated. */
  private boolean toldYoung(int pfn, int flags) {
    return lruvecs.generations() != null && folios.mapcount(pfn) > 0 && (flags & REFERENCED) != 0;
  }

  /** folio_check_references() and what stands before it in shrink_folio_list(). */
  private Verdict checkReferences(int pfn, int argument) {
    int flags = folios.flags(pfn);
    if (node.isUnderRead(pfn)) {
      return Verdict.KEEP;
    }
    if ((flags & MLOCKED) != 0) {
      // It ends on the unevictable list.
      return Verdict.ACTIVATE;
    }
    boolean generational = lruvecs.generations() != null;
    if (toldYoung(pfn, flags)) {
      return Verdict.KEEP;
    }
    if ((flags & WRITEBACK) != 0) {
      folios.set(pfn, RECLAIM);
      return Verdict.ACTIVATE;
    }
    boolean shmem = (flags & (ANON | SWAPBACKED)) == SWAPBACKED;
    if (ops.isTruncated(pfn)) {
      // Nobody needs it: it is freed when it is put back.
      return Verdict.KEEP;
    }
    if (shmem && !node.hasSwap()) {
      return Verdict.ACTIVATE;
    }
    boolean referenced = folios.testAndClear(pfn, REFERENCED);
    if ((argument & BurstOp.VMA_LOCKED) != 0) {
      return Verdict.ACTIVATE;
    }
    if ((argument & BurstOp.PASSED_OVER) != 0) {
      return Verdict.KEEP;
    }
    int accesses = argument & BurstOp.MAPS_MASK;
    if (accesses > 0) {
      folios.set(pfn, REFERENCED);
      // MGLRU's look around sets PG_referenced of the folio itself, whose generation is gone while it is isolated.
      boolean code = (flags & (ANON | SWAPBACKED)) == 0;
      return generational || referenced || accesses > 1 || code ? Verdict.ACTIVATE : Verdict.KEEP_REFERENCED;
    }
    boolean swaps = (flags & (ANON | SWAPBACKED | SWAPCACHE)) == (ANON | SWAPBACKED);
    if (swaps && maybePinned(pfn, flags)) {
      return Verdict.KEEP;
    }
    if ((flags & (ANON | SWAPBACKED | DIRTY)) == DIRTY && folios.mapcount(pfn) == 0) {
      return dirtyFile(pfn, referenced, (argument & BurstOp.KSWAPD_ASKS) != 0);
    }
    boolean held = isLazyfree(flags) && folios.mapcount(pfn) > 0 && folios.refcount(pfn) != ops.expectedRefcount(pfn) + 1;
    if (held && (flags & LARGE) == 0) {
      // try_to_unmap_one() maps it again when it has seen that. Whoever has the reference may write.
      ops.noLongerLazyfree(pfn);
      return Verdict.UNMAP_FAILED;
    }
    // A 2 MiB folio would be written whole or be split: it stays instead, see docs/scope.md.
    return (flags & LARGE) != 0 ? Verdict.ACTIVATE : Verdict.RECLAIM;
  }

  /**
   * Flushers write files. kswapd would, once it has met nothing else and this one before, but pageout() finds no writepage(), which ext4,
   * XFS and btrfs had up to v6.2 at most.
   */
  private Verdict dirtyFile(int pfn, boolean referenced, boolean byKswapd) {
    if (!byKswapd || !folios.has(pfn, RECLAIM) || !throttle.dirty()) {
      counters.increment(VmCounter.NR_VMSCAN_IMMEDIATE_RECLAIM);
      folios.set(pfn, RECLAIM);
      return Verdict.ACTIVATE;
    }
    boolean alone = folios.refcount(pfn) == ops.expectedRefcount(pfn) + 1;
    return referenced || !alone ? Verdict.KEEP : Verdict.ACTIVATE;
  }

  private static boolean isLazyfree(int flags) {
    return (flags & (ANON | SWAPBACKED)) == ANON;
  }

  /** folio_maybe_dma_pinned(): large folios have a count of their own for that. */
  private boolean maybePinned(int pfn, int flags) {
    return (flags & LARGE) != 0 ? folios.pins(pfn) > 0 : folios.refcount(pfn) >= PIN_BIAS;
  }

  /** add_to_swap(); false if the folio is in the swap cache already, or belongs to a file and goes there when it is unmapped. */
  private boolean addToSwap(int pfn) {
    if (folios.has(pfn, SWAPCACHE) || !folios.has(pfn, ANON)) {
      return false;
    }
    folios.addReferences(pfn, 1);
    folios.set(pfn, SWAPCACHE | DIRTY);
    counters.increment(VmCounter.NR_SWAPCACHED);
    return true;
  }

  /** The rest of shrink_folio_list() for a folio that was unmapped: pageout(), then __remove_mapping() or the end of a lazyfree folio. */
  private void reclaim(Burst burst, int pfn, int argument) {
    int maps = argument & BurstOp.MAPS_MASK;
    if (!dropMaps(pfn, maps)) {
      if ((argument & BurstOp.PTE_DIRTY) != 0 && isLazyfree(folios.flags(pfn))) {
        ops.noLongerLazyfree(pfn);
      }
      burst.results.add(Verdict.UNMAP_FAILED.ordinal());
      return;
    }
    if (!folios.has(pfn, ANON) && !folios.has(pfn, SWAPCACHE) && (folios.has(pfn, SWAPBACKED) || !ops.hasMapping(pfn))) {
      // It was in the swap cache, and somebody has read it since; or it was truncated.
      burst.results.add(Verdict.KEEP.ordinal() | Verdict.SLOT_UNUSED);
      return;
    }
    boolean unused = (argument & BurstOp.NEW_SLOT) != 0 && maps == 0 && leaveSwapcache(pfn);
    free(burst, pfn, target(pfn, argument), unused ? Verdict.SLOT_UNUSED : 0);
  }

  /** {@link BurstOp#SHMEM_OUT}: what of a page of tmpfs could not be unmapped, or others hold, stays in the page cache. */
  void shmemOut(Burst burst, int pfn, int argument, int slot, ShmemOps shmem) {
    if (!dropMaps(pfn, argument & BurstOp.MAPS_MASK)) {
      burst.results.add(Verdict.UNMAP_FAILED.ordinal() | Verdict.SLOT_UNUSED);
    } else if (folios.refcount(pfn) >= PIN_BIAS) {
      burst.results.add(Verdict.ACTIVATE.ordinal() | Verdict.SLOT_UNUSED);
    } else if (ops.isTruncated(pfn) || folios.refcount(pfn) != ops.expectedRefcount(pfn) + 1) {
      burst.results.add(Verdict.KEEP.ordinal() | Verdict.SLOT_UNUSED);
    } else {
      shmem.out(pfn, slot);
      free(burst, pfn, target(pfn, argument), 0);
    }
  }

  /** Page tables have let go of it; false if others map it still. */
  private boolean dropMaps(int pfn, int maps) {
    folios.addMapcount(pfn, -maps);
    folios.addReferences(pfn, -maps);
    return folios.mapcount(pfn) == 0;
  }

  /** The memory cgroup that is reclaimed from, 0 for the root. */
  private int target(int pfn, int argument) {
    return (argument & BurstOp.FOR_ALL) != 0 ? 0 : lruvecs.above(pfn, argument >>> BurstOp.LEVELS_SHIFT & MemcgTree.MOST_LEVELS);
  }

  private boolean leaveSwapcache(int pfn) {
    if (!folios.testAndClear(pfn, SWAPCACHE)) {
      return false;
    }
    counters.add(VmCounter.NR_SWAPCACHED, -1);
    folios.addReferences(pfn, -1);
    return true;
  }

  private void free(Burst burst, int pfn, int target, int bits) {
    if (folios.refcount(pfn) >= PIN_BIAS) {
      burst.results.add(bits | Verdict.ACTIVATE.ordinal());
      return;
    }
    boolean alone = folios.refcount(pfn) == ops.expectedRefcount(pfn) + 1;
    boolean writtenToSince = (folios.flags(pfn) & (ANON | SWAPBACKED | DIRTY)) == DIRTY;
    if (!alone || writtenToSince) {
      // pageout() loses interest, and neither freeze would succeed; __remove_mapping() looks for PG_dirty once more.
      burst.results.add(bits | Verdict.KEEP.ordinal());
      return;
    }
    int result = bits | Verdict.FREED.ordinal();
    if (folios.has(pfn, SWAPCACHE) && folios.testAndClear(pfn, DIRTY)) {
      counters.increment(VmCounter.PSWPOUT);
      if (node.asynchronousSwap()) {
        folios.set(pfn, WRITEBACK | RECLAIM);
        counters.increment(VmCounter.NR_WRITEBACK);
        burst.results.add(bits | Verdict.KEEP.ordinal() | Verdict.PAGEOUT);
        return;
      }
      burst.nominalNanos += cost.of(Cost.SWAP_WRITE_PAGE);
      result |= Verdict.PAGEOUT;
    }
    long shadow = removeMapping(pfn, target);
    burst.results.add(result | (shadow != 0 ? Verdict.HAS_SHADOW : 0));
    if (shadow != 0) {
      burst.results.add(shadow);
    }
    node.endIsolation(burst, pfn);
    node.put(burst, pfn);
  }

  /** __remove_mapping(). Returns the shadow that the folio leaves in its cache; 0 for none, as where it was freed lazily and has none. */
  private long removeMapping(int pfn, int target) {
    boolean anon = folios.has(pfn, ANON);
    if (anon && !folios.has(pfn, SWAPBACKED)) {
      counters.increment(VmCounter.PGLAZYFREED);
    }
    if (anon && !folios.has(pfn, SWAPCACHE)) {
      return 0;
    }
    long shadow = workingset.eviction(pfn, target);
    if (!anon && !folios.has(pfn, SWAPCACHE)) {
      folios.addReferences(pfn, -folios.pages(pfn));
    }
    leaveSwapcache(pfn);
    return shadow;
  }

  /** move_folios_to_lru(): back to the head of the list that the flags call for; what is not evictable goes through lru_add. */
  private void putBack(Burst burst, int pfn, int argument) {
    int flags = folios.flags(pfn);
    boolean writes = (flags & RECLAIM) != 0 && (flags & (DIRTY | WRITEBACK)) != 0;
    boolean rejected = (argument & BurstOp.REJECT) != 0 && (flags & MLOCKED) == 0 && !writes;
    if (rejected && (argument & (BurstOp.MAY_RETRY | BurstOp.ACTIVATE)) == BurstOp.MAY_RETRY
        && (flags & (ACTIVE | REFERENCED | DIRTY | WRITEBACK)) == 0 && folios.mapcount(pfn) == 0) {
      // It may have missed folio_rotate_reclaimable() while it was isolated.
      burst.results.add(node.isolatedWord(pfn));
      return;
    }
    if ((argument & BurstOp.ACTIVATE) != 0 && (flags & MLOCKED) == 0) {
      folios.set(pfn, ACTIVE);
      counters.add(VmCounter.PGACTIVATE, folios.pages(pfn));
    }
    if (rejected) {
      ((GenLruVec) lruvecs.of(pfn)).reject(pfn);
    } else if ((argument & BurstOp.REJECT) != 0 && writes && (flags & WORKINGSET) != 0) {
      folios.set(pfn, REFERENCED);
    }
    if ((argument & BurstOp.DEACTIVATE) != 0) {
      folios.clear(pfn, ACTIVE);
      folios.set(pfn, WORKINGSET);
      counters.add(VmCounter.PGDEACTIVATE, folios.pages(pfn));
    }
    node.endIsolation(burst, pfn);
    if ((flags & MLOCKED) != 0) {
      node.folioAddLru(burst, pfn);
      node.put(burst, pfn);
      return;
    }
    if (folios.references(pfn) == 1 && folios.pins(pfn) == 0) {
      node.put(burst, pfn);
      return;
    }
    LruVec lruvec = lruvecs.of(pfn);
    node.takeLock(burst, lruvec.lock, LruLockUse.OTHER, cost.of(Cost.LRU_LOCK_PAGE), 1);
    folios.set(pfn, LRU);
    lruvec.addHead(pfn);
    if (folios.has(pfn, ACTIVE)) {
      workingset.age(lruvecs.numberOf(pfn), folios.pages(pfn));
    }
    node.put(burst, pfn);
  }

  private void done(int memcg, int argument, boolean byKswapd, long word) {
    int scanned = (int) (word >>> 40);
    int reclaimed = (int) (word >>> 20) & 0xFFFFF;
    boolean file = (argument & 2) != 0;
    counters.add(byKswapd ? VmCounter.PGSTEAL_KSWAPD : VmCounter.PGSTEAL_DIRECT, reclaimed);
    counters.add(file ? VmCounter.PGSTEAL_FILE : VmCounter.PGSTEAL_ANON, reclaimed);
    if ((argument & BurstOp.GENERATIONAL) == 0) {
      lruvecs.noteCost(memcg, file, word & 0xFFFFF, scanned - reclaimed);
    }
  }
}
