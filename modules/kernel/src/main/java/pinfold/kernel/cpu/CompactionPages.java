package pinfold.kernel.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.ZoneCompaction.Request;

/**
 * The free pages that one compact_zone() has isolated to move others to, by order, and the places of its scanners: struct
 * compact_control with compaction_alloc() and compaction_free() (mm/compaction.c, 6.12).
 */
final class CompactionPages implements MigrateTarget {
  final int zone;
  final Request request;
  int migratePfn;
  int freePfn;
  /** Folios that are to move and have no page to move to yet. */
  int wanted;
  private final List<Deque<Long>> lists = new ArrayList<>();

  CompactionPages(int zone, Request request) {
    this.zone = zone;
    this.request = request;
    for (int order = 0; order < BuddyOrders.ORDERS; order++) {
      lists.add(new ArrayDeque<>());
    }
  }

  @Override
  public boolean waitsForReads() {
    return false;
  }

  /** A block from the free scanner, a {@link FreedPage} word. */
  void add(long block) {
    lists.get(FreedPage.order(block)).addLast(block);
  }

  @Override
  public int take(Cpu cpu, int node, int order) {
    int from = order;
    while (from < lists.size() && lists.get(from).isEmpty()) {
      from++;
    }
    if (from == lists.size()) {
      return -1;
    }
    long block = lists.get(from).pollFirst();
    int pfn = FreedPage.pfn(block);
    while (from > order) {
      from--;
      lists.get(from).addFirst(FreedPage.word(pfn + (1 << from), from, FreedPage.blockType(block), 0));
    }
    wanted -= 1 << order;
    return pfn;
  }

  @Override
  public Frame more(int node, int order) {
    return new IsolateFreePages(this, order);
  }

  @Override
  public void giveBack(Cpu cpu, int pfn, int order) {
    MigrateType type = cpu.directory().bornInCma(pfn) ? MigrateType.CMA : MigrateType.MOVABLE;
    lists.get(order).addFirst(FreedPage.word(pfn, order, type.code(), 0));
    wanted += 1 << order;
  }

  @Override
  public boolean longterm() {
    return false;
  }

  @Override
  public int migrateReason() {
    return request.priority().async() ? TraceEvent.REASON_COMPACTION_ASYNC : TraceEvent.REASON_COMPACTION;
  }

  /** Whether the scanners have met. */
  boolean met() {
    return freePfn >> BuddyOrders.PAGEBLOCK_ORDER <= migratePfn >> BuddyOrders.PAGEBLOCK_ORDER;
  }

  /** release_free_list(): frees what is left; returns the highest of the blocks' first pages, -1 when there was none. */
  int release(Cpu cpu) {
    int highest = -1;
    for (Deque<Long> list : lists) {
      for (long block : list) {
        int pfn = FreedPage.pfn(block);
        highest = Math.max(highest, pfn);
        cpu.freeUnused(pfn, FreedPage.order(block), MigrateType.of(FreedPage.blockType(block)));
      }
      list.clear();
    }
    return highest;
  }

  void report(Holdings to) {
    for (Deque<Long> list : lists) {
      for (long block : list) {
        to.freeBlock(FreedPage.pfn(block), FreedPage.order(block));
      }
    }
  }
}
