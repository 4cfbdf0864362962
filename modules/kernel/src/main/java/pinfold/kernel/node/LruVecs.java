package pinfold.kernel.node;

import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.Generations;
import pinfold.kernel.mm.RmapSpace;

/** The lruvecs of one node: that of the root cgroup, number 0, and one for each memory cgroup. */
final class LruVecs {
  private final FolioTable folios;
  private final Directory directory;
  private final RmapSpace rmap;
  private final LruVec[] all;
  private final LruVec root;
  /** Null with classic lists. */
  private final Generations generations;

  /**
   * @param memcgs memory cgroups beside the root
   * @param generations for the lists of MGLRU, null for the classic ones
   */
  LruVecs(FolioTable folios, Directory directory, RmapSpace rmap, int memcgs, Generations generations) {
    this.folios = folios;
    this.directory = directory;
    this.rmap = rmap;
    this.generations = generations;
    this.all = new LruVec[1 + memcgs];
    for (int memcg = 0; memcg < all.length; memcg++) {
      all[memcg] = generations == null ? new LruVec(folios, directory) : new GenLruVec(folios, directory, generations);
    }
    this.root = all[0];
  }

  /** The lruvec of a folio (folio_lruvec()): that of the memory cgroup which its address space or file is charged to. */
  LruVec of(int pfn) {
    return all.length == 1 ? root : all[numberOf(pfn)];
  }

  /** The number of the memory cgroup that a folio is charged to. */
  int numberOf(int pfn) {
    return all.length == 1 ? 0 : rmap.memcg(folios.handle(pfn));
  }

  /** The lruvec of a memory cgroup, 0 for the root. */
  LruVec memcg(int memcg) {
    return all[memcg];
  }

  /** The same with MGLRU's lists. */
  GenLruVec generational(int memcg) {
    return (GenLruVec) all[memcg];
  }

  /** Generations of folios, null with classic lists. */
  Generations generations() {
    return generations;
  }

  int size() {
    return all.length;
  }

  /** Whether there is the root's alone. */
  boolean isOne() {
    return all.length == 1;
  }

  /** Pages of a cgroup and of those below it as {@link LruVec#statistics} has them. */
  long statistics(int memcg, int list, long nowNanos) {
    long sum = 0;
    for (int below : directory.memcgTree().subtree(memcg)) {
      sum += all[below].statistics(list, nowNanos);
    }
    return sum;
  }

  private long activationStatistics(int memcg, boolean file) {
    long sum = 0;
    for (int below : directory.memcgTree().subtree(memcg)) {
      sum += all[below].activationStatistics(file);
    }
    return sum;
  }

  /** Whether pages of this type have come back and become active since the last reclaim from a cgroup. */
  boolean hasRefaulted(int memcg, boolean file) {
    return activationStatistics(memcg, file) != all[memcg].refaults[file ? 1 : 0];
  }

  /** snapshot_refaults(): reclaim from a cgroup, the root for all of them, is over. */
  void snapshotRefaults(int memcg) {
    all[memcg].refaults[0] = activationStatistics(memcg, false);
    all[memcg].refaults[1] = activationStatistics(memcg, true);
  }

  /** {@link LruVec#noteCost} for a memory cgroup and for all above it. */
  void noteCost(int memcg, boolean file, long inputOutput, long rotated) {
    for (int at = memcg; at > 0; at = directory.memcgTree().parent(at)) {
      all[at].noteCost(file, inputOutput, rotated);
    }
    root.noteCost(file, inputOutput, rotated);
  }

  /** The memory cgroup so many levels above the one that a folio is charged to. */
  int above(int pfn, int levels) {
    return directory.memcgTree().above(numberOf(pfn), levels);
  }

  /** {@link LruVec#nonresidentAge} of a memory cgroup and of those above it but the root. */
  void age(int memcg, long pages) {
    for (int at = memcg; at > 0; at = directory.memcgTree().parent(at)) {
      all[at].nonresidentAge += pages;
    }
  }

  /** {@link pinfold.kernel.zone.ZoneType} of the zone of a folio. */
  int zoneType(int pfn) {
    return directory.zones().get(directory.zoneOfPfn(pfn)).type().ordinal();
  }

  /** Pages on the lists of one kind, of all cgroups together. */
  long pages(int list) {
    long sum = 0;
    for (LruVec lruvec : all) {
      sum += lruvec.pages(list);
    }
    return sum;
  }

  /** Those of them that are in a zone. */
  long pages(int list, int zone) {
    long sum = 0;
    for (LruVec lruvec : all) {
      sum += lruvec.pages(list, zone);
    }
    return sum;
  }

  void hashState(StateHash hash) {
    for (LruVec lruvec : all) {
      lruvec.hashState(hash);
    }
    for (LruVec lruvec : all) {
      lruvec.hashRefaults(hash);
    }
    if (generations != null) {
      generations.hashState(hash);
    }
  }
}
