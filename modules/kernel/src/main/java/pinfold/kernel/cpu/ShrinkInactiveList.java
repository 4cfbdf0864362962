package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.zone.BuddyOrders;

/**
 * shrink_inactive_list() (mm/vmscan.c, 6.12): drains this CPU's batches, isolates from the tail of an inactive list, reclaims what
 * can be, and puts back the rest. Returns the pages reclaimed.
 *
 * <p>Several calls go together while each meets a single large folio, of which none is ever reclaimed here: each is taken from the
 * tail and goes to the head, so others can tell only within the time of such a group. Costs, counts and events are those of single calls.
 */
final class ShrinkInactiveList extends ShrinkList {
  private static final int LARGE_PAGES = BuddyOrders.PAGEBLOCK_PAGES;

  private int scanned;
  private ShrinkFolioList shrink;
  private boolean kept;

  ShrinkInactiveList(ScanControl control, int node, int list, int pages, int calls) {
    super(control, node, list, pages, calls);
  }

  @Override
  Signal isolated(Cpu cpu, int scannedPages) {
    scanned = scannedPages;
    if (isolated.isEmpty()) {
      return cpu.ret(0);
    }
    shrink = new ShrinkFolioList(control, isolated, node);
    return cpu.call(shrink);
  }

  @Override
  Signal putBack(Cpu cpu) {
    shrink.addPutbacks(cpu.ops(), 0);
    for (int call = 1; call <= calls(); call++) {
      cpu.ops().add(BurstOp.RECLAIM_DONE.word(0, control.argument(list)));
      cpu.ops().add(call < calls() ? BurstOp.doneWord(LARGE_PAGES, 0, 0)
          : BurstOp.doneWord(scannedByLast(), shrink.reclaimed(), shrink.written()));
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  @Override
  Signal done(Cpu cpu) {
    kept = shrink.reclaimed() == 0 && isolated.size() == calls() && MigratePages.large(isolated.get(calls() - 1));
    ScanTally met = new ScanTally();
    met.add(shrink.met(), list >= 2);
    met.wakeFlusher(cpu);
    control.tally.add(shrink.met(), list >= 2);
    isolated.clear();
    long place = (long) node << 56 | (long) control.priority << 48 | list >>> 1;
    for (int call = 1; call < calls(); call++) {
      cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, pair(LARGE_PAGES, 0), 0, place);
    }
    cpu.trace(TraceEvent.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, pair(scannedByLast(), shrink.reclaimed()),
        pair(shrink.keptReferenced(), shrink.notUnmapped()), place | (long) shrink.activated() << 16);
    return cpu.ret(shrink.reclaimed());
  }

  private int scannedByLast() {
    return scanned - (calls() - 1) * LARGE_PAGES;
  }

  /** Whether all that it found was a large folio for each call, none of which could be reclaimed. */
  boolean keptLargeAlone() {
    return kept;
  }
}
