package pinfold.kernel.node;

import java.util.Arrays;
import java.util.function.IntConsumer;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.Generations;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.variant.SortRule;

/**
 * An lruvec of the multi-generational LRU (include/linux/mmzone.h: struct lru_gen_folio, include/linux/mm_inline.h, mm/vmscan.c, 6.12;
 * kernel-model.md 6.8): a list per generation, type and zone. A folio that aging has promoted keeps its place until a scan comes by,
 * so the lists and the sizes of generations may differ.
 *
 * <p>The first and the last folio of a list have the list's number where the link would be, as -2 - number: whoever takes a folio off
 * need not know where it is.
 */
final class GenLruVec extends LruVec {
  /** MIN_NR_GENS. */
  static final int MIN_GENERATIONS = 2;
  static final int ANON = 0;
  static final int FILE = 1;

  /** MAX_LRU_BATCH and MIN_LRU_BATCH (mm/vmscan.c): how many folios a scan looks at, and how many it takes or skips before it stops. */
  static final int MAX_LRU_BATCH = 4096;
  static final int MIN_LRU_BATCH = 64;

  private static final int TYPES = 2;
  private static final int MAX_SWAPPINESS = 200;
  private static final int EMPTY = -1;
  private static final int ENDS = -2;
  private static final int REFS_WIDTH = 2;
  /** All accesses that can be noted: such a folio is protected whatever its tier (BIT(LRU_REFS_WIDTH)). */
  private static final int PROTECTED_REFS = 1 << REFS_WIDTH;

  private final FolioTable folios;
  private final Directory directory;
  private final Generations generations;
  private final int zones;
  private final int[] heads;
  private final int[] tails;
  /** By list: pages of the folios whose generation it is. */
  private final long[] sizes;
  final Tiers tiers = new Tiers();
  long maxSeq = MIN_GENERATIONS + 1;
  final long[] minSeq = new long[TYPES];

  /** What a scan did. */
  static final class Scan {
    int scanned;
    int isolated;
    int skipped;
    int sorted;
    /** Of these, dirty pages of files that nobody has begun to write. */
    int unqueuedDirty;
    boolean exhausted;
  }

  GenLruVec(FolioTable folios, Directory directory, Generations generations) {
    super(folios, directory);
    this.folios = folios;
    this.directory = directory;
    this.generations = generations;
    this.zones = directory.zones().size();
    this.heads = new int[Generations.GENERATIONS * TYPES * zones];
    this.tails = new int[heads.length];
    this.sizes = new long[heads.length];
    Arrays.fill(heads, EMPTY);
    Arrays.fill(tails, EMPTY);
  }

  private static int type(int flags) {
    return (flags & FolioFlags.SWAPBACKED) != 0 ? ANON : FILE;
  }

  private static int generation(long seq) {
    return (int) (seq % Generations.GENERATIONS);
  }

  private int list(int generation, int type, int zone) {
    return (generation * TYPES + type) * zones + zone;
  }

  private int listOf(int pfn, int generation) {
    return list(generation, type(folios.flags(pfn)), directory.zoneOfPfn(pfn));
  }

  /** Generations that a type has. */
  int generations(int type) {
    return (int) (maxSeq - minSeq[type] + 1);
  }

  private boolean isActive(int generation) {
    return generation == generation(maxSeq) || generation == generation(maxSeq - 1);
  }

  /** Whether the folio's generation is the youngest. */
  boolean isYoungest(int pfn) {
    return generations.of(pfn) == generation(maxSeq);
  }

  // ---- Onto and off the lists

  @Override
  void addHead(int pfn, int flags) {
    add(pfn, flags, false);
  }

  @Override
  void addTail(int pfn) {
    add(pfn, folios.flags(pfn), true);
  }

  /** lru_gen_add_folio(); {@code reclaiming}: write-back has ended, and the folio is to go next. */
  private void add(int pfn, int flags, boolean reclaiming) {
    if ((flags & FolioFlags.UNEVICTABLE) != 0) {
      super.addHead(pfn, flags);
      return;
    }
    int generation = generation(seqFor(flags, reclaiming));
    folios.clear(pfn, FolioFlags.ACTIVE);
    generations.set(pfn, generation);
    int list = list(generation, type(flags), directory.zoneOfPfn(pfn));
    sizes[list] += pagesOf(flags);
    link(pfn, list, !reclaiming);
  }

  private long seqFor(int flags, boolean reclaiming) {
    int type = type(flags);
    if ((flags & FolioFlags.ACTIVE) != 0) {
      return maxSeq;
    }
    boolean writes = (flags & FolioFlags.RECLAIM) != 0 && (flags & (FolioFlags.DIRTY | FolioFlags.WRITEBACK)) != 0;
    if (type == ANON && (flags & FolioFlags.SWAPCACHE) == 0 || writes) {
      return maxSeq - 1;
    }
    return reclaiming || minSeq[type] + MIN_GENERATIONS >= maxSeq ? minSeq[type] : minSeq[type] + 1;
  }

  @Override
  void delete(int pfn, int flags) {
    if ((flags & FolioFlags.UNEVICTABLE) != 0) {
      super.delete(pfn, flags);
      return;
    }
    take(pfn, flags, false);
  }

  /** lru_gen_del_folio(): a folio of the two youngest generations leaves as an active one, unless reclaim takes it. */
  private void take(int pfn, int flags, boolean reclaiming) {
    int generation = generations.of(pfn);
    if (!reclaiming && isActive(generation)) {
      folios.set(pfn, FolioFlags.ACTIVE);
    }
    generations.set(pfn, -1);
    sizes[list(generation, type(flags), directory.zoneOfPfn(pfn))] -= pagesOf(flags);
    unlink(pfn);
    folios.link(pfn, EMPTY, EMPTY);
  }

  private void link(int pfn, int list, boolean atHead) {
    int neighbour = atHead ? heads[list] : tails[list];
    int end = ENDS - list;
    if (neighbour == EMPTY) {
      folios.link(pfn, end, end);
      heads[list] = pfn;
      tails[list] = pfn;
    } else if (atHead) {
      folios.link(pfn, end, neighbour);
      folios.setNewer(neighbour, pfn);
      heads[list] = pfn;
    } else {
      folios.link(pfn, neighbour, end);
      folios.setOlder(neighbour, pfn);
      tails[list] = pfn;
    }
  }

  private void unlink(int pfn) {
    int newer = folios.newer(pfn);
    int older = folios.older(pfn);
    if (newer >= 0) {
      folios.setOlder(newer, older);
    } else {
      heads[ENDS - newer] = older >= 0 ? older : EMPTY;
    }
    if (older >= 0) {
      folios.setNewer(older, newer);
    } else {
      tails[ENDS - older] = newer >= 0 ? newer : EMPTY;
    }
  }

  private void relink(int pfn, int list, boolean atHead) {
    unlink(pfn);
    link(pfn, list, atHead);
  }

  // ---- Scanning

  /**
   * isolate_folios() and try_to_inc_min_seq() of evict_folios().
   *
   * @param swappiness 0: anonymous memory may not be reclaimed
   * @param highestZone folios of higher zones move on
   * @param isolated receives the folios, whose flags are as isolate_folio() leaves them; the caller counts and refers
   * @return pages looked at, 0 when there is no use in going on; and a generation that came to its end counts one
   */
  int evict(int swappiness, int highestZone, SortRule rule, Scan scan, LongList isolated) {
    boolean canSwap = swappiness > 0;
    boolean byRefaults = minSeq[ANON] >= minSeq[FILE] && swappiness > 1 && swappiness < MAX_SWAPPINESS;
    int type = byRefaults ? tiers.typeToScan(swappiness) : obviousType(swappiness);
    int lastTier = byRefaults ? tiers.lastTierBesideOther(type, swappiness) : tiers.lastTier(type);
    int scanned = scan(type, lastTier, highestZone, rule, scan, isolated);
    if (scanned == 0 && canSwap) {
      type = FILE - type;
      scanned = scan(type, tiers.lastTier(type), highestZone, rule, scan, isolated);
    }
    scanned += incMinSeq(canSwap) ? 1 : 0;
    return generations(canSwap ? ANON : FILE) == MIN_GENERATIONS ? 0 : scanned;
  }

  /** What isolate_folios() scans first where refaults do not decide. */
  private int obviousType(int swappiness) {
    boolean anonFirst = swappiness > 0 && (minSeq[ANON] < minSeq[FILE] || swappiness == MAX_SWAPPINESS);
    return anonFirst ? ANON : FILE;
  }

  /** scan_folios(). */
  private int scan(int type, int lastTier, int highestZone, SortRule rule, Scan scan, LongList isolated) {
    if (generations(type) == MIN_GENERATIONS) {
      return 0;
    }
    int remaining = MAX_LRU_BATCH;
    int taken = 0;
    int scanned = 0;
    for (int turn = 0; turn < 2 * zones; turn++) {
      // First the zones that are wanted, from the highest down, then those above them.
      int zone = zones - 1 - turn % zones;
      if (turn < zones == isAbove(zone, highestZone)) {
        continue;
      }
      int list = list(generation(minSeq[type]), type, zone);
      int moved = EMPTY;
      int skipped = 0;
      while (heads[list] != EMPTY && remaining > 0 && Math.max(taken, skipped) < MIN_LRU_BATCH) {
        int pfn = tails[list];
        int pages = folios.pages(pfn);
        remaining--;
        scanned += pages;
        boolean unqueued = type == FILE && (folios.flags(pfn) & (FolioFlags.DIRTY | FolioFlags.WRITEBACK)) == FolioFlags.DIRTY;
        scan.unqueuedDirty += unqueued ? pages : 0;
        if (sort(pfn, type, zone, lastTier, highestZone, rule)) {
          scan.sorted += pages;
        } else if (folios.testAndClear(pfn, FolioFlags.LRU)) {
          isolate(pfn);
          isolated.add(pfn);
          taken += pages;
        } else {
          unlink(pfn);
          folios.link(pfn, moved, EMPTY);
          moved = pfn;
          skipped += pages;
        }
      }
      // What was skipped goes to the head, in the order that it had.
      spliceToHead(list, moved);
      scan.skipped += skipped;
      if (remaining == 0 || taken >= MIN_LRU_BATCH) {
        break;
      }
    }
    scan.scanned += scanned;
    scan.isolated += taken;
    return taken > 0 || remaining == 0 ? scanned : 0;
  }

  /** {@code last}: the folio that was moved aside last; {@code newer} of each is the one before it. */
  private void spliceToHead(int list, int last) {
    // list_move() puts each in front of the one before, and the whole goes in front of the list: the one moved last is the head.
    LongList inOrder = new LongList();
    for (int pfn = last; pfn != EMPTY; pfn = folios.newer(pfn)) {
      inOrder.add(pfn);
    }
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      link((int) inOrder.get(i), list, true);
    }
  }

  /** isolate_folio() behind its test of PG_lru. */
  private void isolate(int pfn) {
    if (!folios.has(pfn, FolioFlags.REFERENCED)) {
      generations.clearRefs(pfn);
      folios.clear(pfn, FolioFlags.WORKINGSET);
    }
    folios.clear(pfn, FolioFlags.RECLAIM | FolioFlags.REFERENCED);
    take(pfn, folios.flags(pfn), true);
  }

  /** sort_folio(): whether the folio was moved to another list of this lruvec. */
  private boolean sort(int pfn, int type, int zone, int lastTier, int highestZone, SortRule rule) {
    int flags = folios.flags(pfn);
    if ((flags & FolioFlags.MLOCKED) != 0) {
      return false;
    }
    int generation = generations.of(pfn);
    if (generation != generation(minSeq[type])) {
      relink(pfn, list(generation, type, zone), true);
      return true;
    }
    int refs = refs(pfn);
    int tier = Tiers.of(refs);
    boolean isProtected = tier > lastTier || refs == PROTECTED_REFS;
    if (isProtected) {
      tiers.kept(type, tier, folios.pages(pfn));
    }
    if (isProtected || isAbove(zone, highestZone) || rule.ineligible((flags & FolioFlags.LRU) != 0)) {
      incGeneration(pfn, type, zone, false);
      return true;
    }
    if ((flags & FolioFlags.WRITEBACK) != 0 || type == FILE && (flags & FolioFlags.DIRTY) != 0) {
      folios.set(pfn, FolioFlags.RECLAIM);
      incGeneration(pfn, type, zone, true);
      return true;
    }
    return false;
  }

  /** folio_lru_refs(): accesses beyond the first. */
  private int refs(int pfn) {
    return generations.refs(pfn) + (folios.has(pfn, FolioFlags.WORKINGSET) ? 1 : 0);
  }

  private boolean isAbove(int zone, int highestZone) {
    return directory.zones().get(zone).type().ordinal() > highestZone;
  }

  /** folio_inc_gen(), and the move to an end of the next generation's list. */
  private void incGeneration(int pfn, int type, int zone, boolean toHead) {
    int generation = generations.of(pfn);
    if (generation == generation(minSeq[type])) {
      sizes[list(generation, type, zone)] -= folios.pages(pfn);
      generation = (generation + 1) % Generations.GENERATIONS;
      generations.set(pfn, generation);
      generations.clearRefs(pfn);
      folios.clear(pfn, FolioFlags.REFERENCED | FolioFlags.WORKINGSET);
      sizes[list(generation, type, zone)] += folios.pages(pfn);
    }
    relink(pfn, list(generation, type, zone), toHead);
  }

  private boolean isEmpty(long seq, int type) {
    for (int zone = 0; zone < zones; zone++) {
      if (heads[list(generation(seq), type, zone)] != EMPTY) {
        return false;
      }
    }
    return true;
  }

  /** try_to_inc_min_seq(): passes over generations whose lists are empty. */
  private boolean incMinSeq(boolean canSwap) {
    long[] found = minSeq.clone();
    for (int type = canSwap ? ANON : FILE; type < TYPES; type++) {
      while (found[type] + MIN_GENERATIONS <= maxSeq && isEmpty(found[type], type)) {
        found[type]++;
      }
    }
    if (canSwap) {
      found[ANON] = Math.min(found[ANON], found[FILE]);
      found[FILE] = Math.max(found[ANON], minSeq[FILE]);
    }
    boolean changed = false;
    for (int type = ANON; type < TYPES; type++) {
      if (found[type] != minSeq[type]) {
        tiers.nextGeneration(type);
        minSeq[type] = found[type];
        changed = true;
      }
    }
    return changed;
  }

  // ---- Aging

  /**
   * inc_max_seq(): begins a generation, if {@code seq} is still the youngest. Where there are as many as there can be, the oldest is
   * added to the next, whatever the PG_lru of its folios.
   */
  boolean incMaxSeq(long seq, boolean canSwap) {
    if (seq != maxSeq) {
      return false;
    }
    for (int type = FILE; type >= ANON; type--) {
      if (generations(type) == Generations.GENERATIONS) {
        for (int zone = 0; (canSwap || type == FILE) && zone < zones; zone++) {
          int list = list(generation(minSeq[type]), type, zone);
          while (heads[list] != EMPTY) {
            incGeneration(tails[list], type, zone, false);
          }
        }
        tiers.nextGeneration(type);
        minSeq[type]++;
      }
    }
    maxSeq++;
    return true;
  }

  /** folio_update_gen(): a page table has accessed the folio. It stays where it is on its list. */
  void promote(int pfn, long seq) {
    int old = generations.of(pfn);
    if (old < 0) {
      folios.set(pfn, FolioFlags.REFERENCED);
      return;
    }
    int generation = generation(seq);
    sizes[listOf(pfn, old)] -= folios.pages(pfn);
    generations.set(pfn, generation);
    generations.clearRefs(pfn);
    folios.clear(pfn, FolioFlags.REFERENCED | FolioFlags.WORKINGSET);
    sizes[listOf(pfn, generation)] += folios.pages(pfn);
  }

  /** A folio that reclaim could not free does not go back to the oldest generation (evict_folios()). */
  void reject(int pfn) {
    generations.clearRefs(pfn);
    folios.clear(pfn, FolioFlags.REFERENCED | FolioFlags.WORKINGSET);
    folios.set(pfn, FolioFlags.ACTIVE);
  }

  // ---- Refaults (mm/workingset.c)

  /** lru_gen_eviction(): the folio's shadow. */
  long eviction(int pfn, int memcg, int node) {
    int type = type(folios.flags(pfn));
    int refs = refs(pfn);
    tiers.evicted(type, Tiers.of(refs), folios.pages(pfn));
    return Shadow.of(memcg, node, minSeq[type] << REFS_WIDTH | Math.max(refs - 1, 0), refs > 0);
  }

  /**
   * lru_gen_refault() of a folio that is on no list yet and whose page this lruvec evicted.
   *
   * @param inFault a page table missed it, not a file descriptor
   * @return what came of it
   */
  Refault refault(int pfn, long shadow, boolean inFault) {
    int type = type(folios.flags(pfn));
    long token = Shadow.eviction(shadow);
    if (token >>> REFS_WIDTH != (minSeq[type] & Shadow.EVICTION_MASK >>> REFS_WIDTH)) {
      return Refault.OLD;
    }
    int refs = (int) (token & PROTECTED_REFS - 1) + (Shadow.workingset(shadow) ? 1 : 0);
    tiers.refaulted(type, Tiers.of(refs), folios.pages(pfn));
    if (!inFault && refs < PROTECTED_REFS - 1) {
      return Refault.RECENT;
    }
    folios.set(pfn, FolioFlags.WORKINGSET);
    generations.setMostRefs(pfn);
    return Refault.RESTORED;
  }

  /** How a refault counts. */
  enum Refault {
    /** Another generation is the oldest by now. */
    OLD,
    RECENT,
    /** Recent, and part of the working set. */
    RESTORED
  }

  /** Pages of a generation of one type, or of both. */
  long pages(long seq, boolean anonToo) {
    long sum = 0;
    for (int type = anonToo ? ANON : FILE; type < TYPES; type++) {
      for (int zone = 0; zone < zones; zone++) {
        sum += sizes[list(generation(seq), type, zone)];
      }
    }
    return sum;
  }

  /** Visits what is linked in the oldest generation of anonymous memory, in the order of a scan. */
  void forEachOldestAnon(IntConsumer visitor) {
    for (int zone = zones - 1; zone >= 0; zone--) {
      for (int pfn = tails[list(generation(minSeq[ANON]), ANON, zone)]; pfn >= 0; pfn = folios.newer(pfn)) {
        visitor.accept(pfn);
      }
    }
  }

  // ---- For counting and checks

  @Override
  long pages(int list) {
    if (list == UNEVICTABLE) {
      return super.pages(list);
    }
    long sum = 0;
    for (int zone = 0; zone < zones; zone++) {
      sum += pages(list, zone);
    }
    return sum;
  }

  /** The two youngest generations are the active list, the others the inactive one. */
  @Override
  long pages(int list, int zone) {
    if (list == UNEVICTABLE) {
      return super.pages(list, zone);
    }
    long sum = 0;
    for (int generation = 0; generation < Generations.GENERATIONS; generation++) {
      sum += isActive(generation) == ((list & 1) != 0) ? sizes[list(generation, list >>> 1, zone)] : 0;
    }
    return sum;
  }

  /** Lists by generation, type and zone. */
  int genLists() {
    return heads.length;
  }

  int genHead(int list) {
    return heads[list];
  }

  int genTail(int list) {
    return tails[list];
  }

  /** The list that is named by a link which leads to no folio; -1 for none. */
  static int genListOf(int link) {
    return ENDS - link;
  }

  /** By enum lru_list: where the folio counts. */
  int countsOn(int pfn) {
    return 2 * type(folios.flags(pfn)) + (isActive(generations.of(pfn)) ? 1 : 0);
  }

  @Override
  void hashState(StateHash hash) {
    super.hashState(hash);
    hash.add(maxSeq).add(minSeq[ANON]).add(minSeq[FILE]);
    tiers.hashState(hash);
    for (int list = 0; list < heads.length; list++) {
      hash.add(heads[list]).add(tails[list]).add(sizes[list]);
    }
  }
}
