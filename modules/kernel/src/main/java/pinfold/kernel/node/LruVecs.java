package pinfold.kernel.node;

import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.mm.RmapSpace;

/** The lruvecs of one node: that of the root cgroup, number 0, and one for each memory cgroup. */
final class LruVecs {
  private final FolioTable folios;
  private final RmapSpace rmap;
  private final LruVec[] all;
  private final LruVec root;

  /** @param memcgs memory cgroups beside the root */
  LruVecs(FolioTable folios, Directory directory, RmapSpace rmap, int memcgs) {
    this.folios = folios;
    this.rmap = rmap;
    this.all = new LruVec[1 + memcgs];
    for (int memcg = 0; memcg < all.length; memcg++) {
      all[memcg] = new LruVec(folios, directory);
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

  int size() {
    return all.length;
  }

  /** Whether there is the root's alone. */
  boolean isOne() {
    return all.length == 1;
  }

  /** Pages on the lists of one kind, of all cgroups together. */
  long pages(int list) {
    long sum = 0;
    for (LruVec lruvec : all) {
      sum += lruvec.pages(list);
    }
    return sum;
  }

  void hashState(StateHash hash) {
    for (LruVec lruvec : all) {
      lruvec.hashState(hash);
    }
  }
}
