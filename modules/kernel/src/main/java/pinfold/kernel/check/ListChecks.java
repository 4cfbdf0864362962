package pinfold.kernel.check;

import static pinfold.kernel.folio.FolioFlags.ACTIVE;
import static pinfold.kernel.folio.FolioFlags.LRU;

import java.util.Arrays;
import pinfold.kernel.Directory;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.node.MemoryNode;

/**
 * Walks the four linked LRU lists of a node (I4, I5, I10, I11). The unevictable list only counts, {@link FolioChecks} adds it up.
 */
final class ListChecks {
  private static final int LINKED_LISTS = 4;
  private static final String[] NAMES = {"inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable"};

  /** Number of the list + 1 of every folio found on one. */
  final PfnCounts linked = new PfnCounts();
  private final Snapshot snapshot;
  private final Report report;
  private final boolean clearLruAtQueue;
  private final Directory directory;
  /** By zone: pages found on the list that is being walked. */
  private final long[] pagesByZone;

  ListChecks(Directory directory, Snapshot snapshot, Report report, boolean clearLruAtQueue) {
    this.directory = directory;
    this.pagesByZone = new long[directory.zones().size()];
    this.snapshot = snapshot;
    this.report = report;
    this.clearLruAtQueue = clearLruAtQueue;
  }

  void check(MemoryNode node) {
    linked.clear();
    for (int lruvec = 0; lruvec < node.lruvecs(); lruvec++) {
      if (node.isGenerational()) {
        walkGenerations(node, lruvec);
        continue;
      }
      for (int list = 0; list < LINKED_LISTS; list++) {
        walk(node, lruvec, list);
      }
    }
  }

  /** MGLRU: every list from its head to its tail; where its folios count is told by their generation, not by the list they are on. */
  private void walkGenerations(MemoryNode node, int lruvec) {
    long[][] pages = new long[LINKED_LISTS][pagesByZone.length];
    for (int list = 0; list < node.genLists(); list++) {
      int last = -1;
      for (int pfn = node.genHead(lruvec, list); pfn >= 0; pfn = node.folios().older(pfn)) {
        if (linked.get(pfn) != 0 || node.lruvecOf(pfn) != lruvec) {
          fail(node, "I4", pfn, "linked on two lists, or on those of another memory cgroup");
        }
        linked.add(pfn, 1);
        boolean excused = snapshot.moves(pfn) || clearLruAtQueue && snapshot.moveEntries.get(pfn) > 0;
        if (!node.folios().has(pfn, LRU) && !excused) {
          fail(node, "I5", pfn, "linked on a list with PG_lru clear");
        }
        pages[node.genCountsOn(pfn)][directory.zoneOfPfn(pfn)] += node.folios().pages(pfn);
        last = pfn;
      }
      if (last != node.genTail(lruvec, list)) {
        report.fail("I4", node.name(), last, "a list ends here, but its tail is " + node.genTail(lruvec, list));
      }
    }
    for (int list = 0; list < LINKED_LISTS; list++) {
      checkCounts(node, lruvec, list, pages[list]);
    }
  }

  private void walk(MemoryNode node, int lruvec, int list) {
    Arrays.fill(pagesByZone, 0);
    int newer = -1;
    for (int pfn = node.listHead(lruvec, list); pfn != -1; pfn = node.folios().older(pfn)) {
      checkFolio(node, list, pfn, newer);
      if (node.lruvecOf(pfn) != lruvec) {
        fail(node, "I4", pfn, "on " + NAMES[list] + " of lruvec " + lruvec + ", but charged to memory cgroup " + node.lruvecOf(pfn));
      }
      pagesByZone[directory.zoneOfPfn(pfn)] += node.folios().pages(pfn);
      newer = pfn;
    }
    if (newer != node.listTail(lruvec, list)) {
      report.fail("I4", node.name(), newer, NAMES[list] + " ends here, but its tail is " + node.listTail(lruvec, list));
    }
    checkCounts(node, lruvec, list, pagesByZone);
  }

  /** Whether what a list counts, on the whole node and in each of its zones, is what is on it. */
  void checkCounts(MemoryNode node, int lruvec, int list, long[] found) {
    for (int zone = 0; zone < found.length; zone++) {
      equal(node, "nr_zone_" + NAMES[list] + " of zone " + zone, node.listPages(lruvec, list, zone), found[zone]);
    }
    equal(node, "nr_" + NAMES[list], node.listPages(lruvec, list), Arrays.stream(found).sum());
  }

  private void equal(MemoryNode node, String counter, long counted, long found) {
    if (counted != found) {
      report.fail("I11", node.name(), -1, counter + " is " + counted + ", but the list has " + found + " pages");
    }
  }

  /** Whether the folio's neighbours, or the ends of the list that its flags call for, know it; they must agree. */
  boolean isLinked(MemoryNode node, int pfn) {
    int list = MemoryNode.listFor(node.folios().flags(pfn));
    if (list == LINKED_LISTS) {
      return false;
    }
    int newer = node.folios().newer(pfn);
    int older = node.folios().older(pfn);
    int lruvec = node.lruvecOf(pfn);
    if (node.isGenerational()) {
      boolean head = newer < -1 && node.genHead(lruvec, MemoryNode.genListOf(newer)) == pfn;
      return head || newer >= 0 && isFolio(node, newer) && node.folios().older(newer) == pfn;
    }
    boolean fromNewer = newer == -1 ? node.listHead(lruvec, list) == pfn : isFolio(node, newer) && node.folios().older(newer) == pfn;
    boolean fromOlder = older == -1 ? node.listTail(lruvec, list) == pfn : isFolio(node, older) && node.folios().newer(older) == pfn;
    if (fromNewer != fromOlder && !snapshot.moves(pfn)) {
      fail(node, "I4", pfn, "the links of " + NAMES[list] + " disagree: from the newer side it is "
          + (fromNewer ? "on" : "not on")
          + " the list, from the older side " + (fromOlder ? "on it" : "not on it"));
    }
    return fromNewer && fromOlder;
  }

  private static boolean isFolio(MemoryNode node, int pfn) {
    return node.folios().contains(pfn) && node.folios().isAllocated(pfn);
  }

  private void checkFolio(MemoryNode node, int list, int pfn, int newer) {
    FolioTable folios = node.folios();
    if (!folios.isAllocated(pfn)) {
      report.fail("I13", node.name(), pfn, "free, but linked on " + NAMES[list]);
    }
    if (linked.get(pfn) != 0) {
      fail(node, "I4", pfn, "linked on " + NAMES[list] + " and on " + NAMES[linked.get(pfn) - 1]);
    }
    linked.add(pfn, list + 1);
    if (folios.newer(pfn) != newer) {
      fail(node, "I4", pfn, "the links of " + NAMES[list] + " disagree: in front of it is " + newer + ", its link says "
          + folios.newer(pfn));
    }
    int flags = folios.flags(pfn);
    if (MemoryNode.listFor(flags) != list) {
      boolean active = MemoryNode.listFor(flags ^ ACTIVE) == list;
      fail(node, active ? "I10" : "I4", pfn, "linked on " + NAMES[list] + ", but its flags call for "
          + NAMES[MemoryNode.listFor(flags)]);
    }
    boolean excused = snapshot.moves(pfn) || clearLruAtQueue && snapshot.moveEntries.get(pfn) > 0;
    if ((flags & LRU) == 0 && !excused) {
      fail(node, "I5", pfn, "linked on " + NAMES[list] + " with PG_lru clear");
    }
  }

  private void fail(MemoryNode node, String invariant, int pfn, String what) {
    report.fail(invariant, node.name(), pfn, what + "; " + node.folios().describe(pfn) + "; holders: "
        + snapshot.holders(node.folios(), pfn));
  }
}
