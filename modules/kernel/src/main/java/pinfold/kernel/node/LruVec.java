package pinfold.kernel.node;

import java.util.Arrays;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;

/**
 * The five classic lists of one node and memory cgroup (include/linux/mmzone.h: struct lruvec, enum lru_list), linked through the
 * folio table, and their lru_lock. The unevictable list only counts; mlock_count stands where its links would be, as in the
 * kernel.
 */
class LruVec {
  static final int INACTIVE_ANON = 0;
  static final int ACTIVE_ANON = 1;
  static final int INACTIVE_FILE = 2;
  static final int ACTIVE_FILE = 3;
  static final int UNEVICTABLE = 4;
  static final int LISTS = 5;

  /** include/linux/swap.h, 6.12. */
  private static final int SWAP_CLUSTER_MAX = 32;

  private static final int NONE = -1;

  final SimLock lock = new SimLock();
  /** FLUSH_TIME (mm/memcontrol.c, 6.12): how old the statistics of cgroups may get. */
  private static final long STATISTICS_NANOS = 2_000_000_000L;

  /** Pages of the lists as the cgroup's statistics have them; brought up to date when somebody asks and they are old. */
  private final long[] statistics = new long[UNEVICTABLE];
  private long statisticsUntilNanos;
  /** What reclaim of anonymous memory and of files has cost lately (struct lruvec: anon_cost, file_cost). */
  long anonCost;
  long fileCost;
  /** Pages evicted and activated, see {@link Workingset}; of memory cgroups alone, as the root's is a counter of the node. */
  long nonresidentAge;
  /** By type, anonymous and file: pages that came back and became active (WORKINGSET_ACTIVATE), and those of the statistics. */
  private final long[] activations = new long[2];
  private final long[] activationStatistics = new long[2];
  /** How many of them the statistics of this and the cgroups below it had at the end of the last reclaim (struct lruvec: refaults). */
  final long[] refaults = new long[2];
  private final FolioTable folios;
  private final int[] heads = {NONE, NONE, NONE, NONE, NONE};
  private final int[] tails = {NONE, NONE, NONE, NONE, NONE};
  private final Directory directory;
  /** By zone of the machine and list, for the zones that are on this node (NR_ZONE_LRU_BASE); the node's counts are their sums. */
  private final long[] pages;

  LruVec(FolioTable folios, Directory directory) {
    this.folios = folios;
    this.directory = directory;
    this.pages = new long[directory.zones().size() * LISTS];
  }

  /** The list that the folio's flags call for (folio_lru_list()). */
  static int listFor(int flags) {
    if ((flags & FolioFlags.UNEVICTABLE) != 0) {
      return UNEVICTABLE;
    }
    int list = (flags & FolioFlags.SWAPBACKED) != 0 ? INACTIVE_ANON : 2;
    return (flags & FolioFlags.ACTIVE) != 0 ? list + 1 : list;
  }

  /** Pages of a folio with these flags. */
  static int pagesOf(int flags) {
    return (flags & FolioFlags.LARGE) != 0 ? 512 : 1;
  }

  void addHead(int pfn) {
    addHead(pfn, folios.flags(pfn));
  }

  /** As {@link #addHead(int)}, for who knows the folio's flags. */
  void addHead(int pfn, int flags) {
    int list = listFor(flags);
    count(pfn, list, pagesOf(flags));
    if (list == UNEVICTABLE) {
      return;
    }
    int head = heads[list];
    folios.link(pfn, NONE, head);
    if (head == NONE) {
      tails[list] = pfn;
    } else {
      folios.setNewer(head, pfn);
    }
    heads[list] = pfn;
  }

  void addTail(int pfn) {
    int flags = folios.flags(pfn);
    int list = listFor(flags);
    count(pfn, list, pagesOf(flags));
    if (list == UNEVICTABLE) {
      return;
    }
    int tail = tails[list];
    folios.link(pfn, tail, NONE);
    if (tail == NONE) {
      heads[list] = pfn;
    } else {
      folios.setOlder(tail, pfn);
    }
    tails[list] = pfn;
  }

  /** Moves a folio that is on a list to that list's head, whatever else its flags say. */
  void moveToHead(int pfn) {
    delete(pfn);
    addHead(pfn);
  }

  /**
   * Pages on a list as lruvec_page_state() tells them. Reclaim goes by these where it weighs costs and compares lists, and does not
   * have them flushed but when the flusher is late (mem_cgroup_flush_stats_ratelimited(), 6.12): so they stand still while it works.
   */
  long statistics(int list, long nowNanos) {
    if (nowNanos >= statisticsUntilNanos) {
      statisticsUntilNanos = nowNanos + STATISTICS_NANOS;
      for (int each = 0; each < UNEVICTABLE; each++) {
        statistics[each] = pages(each);
      }
      System.arraycopy(activations, 0, activationStatistics, 0, activations.length);
    }
    return statistics[list];
  }

  /** A page came back and became active. */
  void noteActivation(boolean file) {
    activations[file ? 1 : 0]++;
  }

  /** How many did, as statistics had it when they were asked for {@link #statistics} last. */
  long activationStatistics(boolean file) {
    return activationStatistics[file ? 1 : 0];
  }

  /**
   * Notes what a round of reclaim cost, and lets what was before fade (mm/swap.c: lru_note_cost(), 6.12).
   *
   * @param inputOutput pages whose input or output it took, each as bad as SWAP_CLUSTER_MAX rotations
   * @param rotated pages looked at in vain
   */
  void noteCost(boolean file, long inputOutput, long rotated) {
    long added = inputOutput * SWAP_CLUSTER_MAX + rotated;
    if (file) {
      fileCost += added;
    } else {
      anonCost += added;
    }
    long size = 0;
    for (long pages : statistics) {
      size += pages;
    }
    if (anonCost + fileCost > size / 4) {
      anonCost /= 2;
      fileCost /= 2;
    }
  }

  /** Takes the folio off the list that its flags name. */
  void delete(int pfn) {
    delete(pfn, folios.flags(pfn));
  }

  /** As {@link #delete(int)}, for who knows the folio's flags. */
  void delete(int pfn, int flags) {
    int list = listFor(flags);
    count(pfn, list, -pagesOf(flags));
    if (list == UNEVICTABLE) {
      return;
    }
    long links = folios.links(pfn);
    int newer = (int) (links >>> 32);
    int older = (int) links;
    if (newer == NONE) {
      assert heads[list] == pfn : folios.describe(pfn) + " is not the head of list " + list + " but has nothing in front of it";
      heads[list] = older;
    } else {
      folios.setOlder(newer, older);
    }
    if (older == NONE) {
      tails[list] = newer;
    } else {
      folios.setNewer(older, newer);
    }
    folios.link(pfn, NONE, NONE);
  }

  private void count(int pfn, int list, int delta) {
    pages[directory.zoneOfPfn(pfn) * LISTS + list] += delta;
  }

  /** Pages on a list, as NR_LRU_BASE counts them. */
  long pages(int list) {
    long sum = 0;
    for (int at = list; at < pages.length; at += LISTS) {
      sum += pages[at];
    }
    return sum;
  }

  /** Pages on a list that are in one zone, as NR_ZONE_LRU_BASE counts them. */
  long pages(int list, int zone) {
    return pages[zone * LISTS + list];
  }

  /**
   * Pages on a list in the zones up to one (lruvec_lru_size()).
   *
   * @param highestZone {@link pinfold.kernel.zone.ZoneType} of it
   */
  long pagesUpTo(int list, int highestZone) {
    long sum = 0;
    for (int zone = 0; zone < directory.zones().size(); zone++) {
      sum += directory.zones().get(zone).type().ordinal() <= highestZone ? pages(list, zone) : 0;
    }
    return sum;
  }

  /** Newest folio of a list, -1 when empty; the unevictable list has none. */
  int head(int list) {
    return heads[list];
  }

  /** Oldest folio of a list. */
  int tail(int list) {
    return tails[list];
  }

  /** What refaults have left; nothing is folded where there was none. */
  void hashRefaults(StateHash hash) {
    long[] all = {
      nonresidentAge, activations[0], activations[1], activationStatistics[0], activationStatistics[1], refaults[0], refaults[1]
    };
    if (Arrays.stream(all).anyMatch(count -> count != 0)) {
      hash.addAll(all, 0, all.length);
    }
  }

  void hashState(StateHash hash) {
    for (int list = 0; list < LISTS; list++) {
      hash.add(heads[list]).add(tails[list]).add(pages(list));
    }
    hash.add(lock.freeAtNanos()).add(anonCost).add(fileCost).add(statisticsUntilNanos);
    hash.addAll(statistics, 0, statistics.length);
  }
}
