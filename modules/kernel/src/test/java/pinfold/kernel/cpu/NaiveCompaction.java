package pinfold.kernel.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import pinfold.kernel.zone.CompactResult;

/**
 * Synchronous compaction for a pageblock of a zone whose pageblocks are all MOVABLE, over a map of its pages: what is free and who is
 * where. Free blocks are what the map makes of them, as buddies always merge.
 */
final class NaiveCompaction {
  static final int BLOCKS = 8;
  private static final int BLOCK = 512;
  private static final int CLUSTER = 32;

  CompactResult result;

  private final boolean[] free = new boolean[BLOCKS * BLOCK];
  /** Who is at a page, by where it was at first. */
  private final TreeMap<Integer, Integer> at = new TreeMap<>();
  private final Set<Integer> held;
  private final int minPages;
  private final List<Deque<Integer>> isolated = new ArrayList<>();
  private final boolean[] skip = new boolean[BLOCKS];
  private int freeScanner = (BLOCKS - 1) * BLOCK;

  NaiveCompaction(Set<Integer> inUse, Set<Integer> held, int minPages) {
    this.held = held;
    this.minPages = minPages;
    for (int page = 0; page < free.length; page++) {
      free[page] = !inUse.contains(page);
    }
    inUse.forEach(page -> at.put(page, page));
    for (int order = 0; order < 10; order++) {
      isolated.add(new ArrayDeque<>());
    }
  }

  /** Where each page is, by where it was. */
  Map<Integer, Integer> places() {
    TreeMap<Integer, Integer> places = new TreeMap<>();
    at.forEach((now, was) -> places.put(was, now));
    return places;
  }

  void run() {
    for (int block = 0; ; block++) {
      if (freeScanner / BLOCK <= block) {
        result = CompactResult.PARTIAL_SKIPPED;
        return;
      }
      if (someBlockIsFree()) {
        result = CompactResult.SUCCESS;
        return;
      }
      if (!empty(block)) {
        result = freeScanner / BLOCK <= block ? CompactResult.PARTIAL_SKIPPED : CompactResult.CONTENDED;
        return;
      }
    }
  }

  private boolean someBlockIsFree() {
    for (int block = 0; block < BLOCKS; block++) {
      boolean all = true;
      for (int page = block * BLOCK; page < (block + 1) * BLOCK; page++) {
        all &= free[page];
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  /** Moves what is in a pageblock: 32 pages, and then, as the scanner comes back to it, all the rest. False when there is no room. */
  private boolean empty(int block) {
    List<Integer> left = new ArrayList<>();
    for (int page = block * BLOCK; page < (block + 1) * BLOCK; page++) {
      if (at.containsKey(page) && !held.contains(at.get(page))) {
        left.add(page);
      }
    }
    List<Integer> emptied = new ArrayList<>();
    for (int from = 0; from < left.size(); ) {
      int to = from == 0 ? Math.min(CLUSTER, left.size()) : left.size();
      if (from > 0 && freeScanner / BLOCK <= block) {
        return false;
      }
      List<Integer> cluster = new ArrayList<>(left.subList(from, to));
      Collections.reverse(cluster);
      for (int i = 0; i < cluster.size(); i++) {
        int target = take(block, cluster.size() - i);
        if (target < 0) {
          return false;
        }
        at.put(target, at.remove(cluster.get(i)));
        emptied.add(cluster.get(i));
      }
      from = to;
    }
    emptied.forEach(page -> free[page] = true);
    return true;
  }

  private int take(int migrateBlock, int wanted) {
    if (isolated.stream().allMatch(Deque::isEmpty)) {
      isolate(migrateBlock, wanted);
    }
    for (int order = 0; order < isolated.size(); order++) {
      if (isolated.get(order).isEmpty()) {
        continue;
      }
      int page = isolated.get(order).removeFirst();
      for (int o = order - 1; o >= 0; o--) {
        isolated.get(o).addFirst(page + (1 << o));
      }
      return page;
    }
    return -1;
  }

  private void isolate(int migrateBlock, int wanted) {
    int got = 0;
    for (int block = freeScanner / BLOCK; block > migrateBlock; block--) {
      int page = block == freeScanner / BLOCK ? freeScanner : block * BLOCK;
      int end = (block + 1) * BLOCK;
      if (!skip[block]) {
        for (int order = head(page); page < end && got < wanted; order = page < end ? head(page) : -1) {
          if (order < 0) {
            page++;
            continue;
          }
          if (freePages() <= minPages + (1 << order)) {
            freeScanner = page;
            return;
          }
          for (int i = page; i < page + (1 << order); i++) {
            free[i] = false;
          }
          isolated.get(order).addLast(page);
          got += 1 << order;
          page += 1 << order;
        }
        skip[block] |= page >= end;
        if (got >= wanted) {
          freeScanner = page >= end ? (block - 1) * BLOCK : page;
          return;
        }
      }
      freeScanner = (block - 1) * BLOCK;
    }
  }

  private int freePages() {
    int pages = 0;
    for (boolean one : free) {
      pages += one ? 1 : 0;
    }
    return pages;
  }

  /** Order of the free block that begins at a page, -1 if none does. */
  private int head(int page) {
    for (int order = 9; order >= 0; order--) {
      if ((page & (1 << order) - 1) == 0 && allFree(page, order)) {
        return isInside(page, order) ? -1 : order;
      }
    }
    return -1;
  }

  /** Whether it is the rear part of a larger free block. */
  private boolean isInside(int page, int order) {
    for (int above = order + 1; above <= 9; above++) {
      if (allFree(page & -(1 << above), above)) {
        return true;
      }
    }
    return false;
  }

  private boolean allFree(int page, int order) {
    for (int i = page; i < page + (1 << order); i++) {
      if (!free[i]) {
        return false;
      }
    }
    return true;
  }
}
