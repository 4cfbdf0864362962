package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.CompactionCma;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.CompactMessages;
import pinfold.kernel.zone.CompactResult;
import pinfold.kernel.zone.ZoneCompaction.Request;

/**
 * compact_zone() for a direct compaction or kcompactd (mm/compaction.c, 6.12): the migrate scanner isolates pages from the zone's
 * start on, the free scanner finds places for them from its end downwards, until a block of the order is free or they meet. Returns the
 * ordinal of a {@link CompactResult}.
 *
 * <p>The zone chooses pageblocks and free pages, the memory node looks at pages in use. Left out: too_many_isolated(), and the check for
 * a lock that others want.
 */
final class CompactZone extends Frame implements HoldsFolios {
  private static final int BLOCK = BuddyOrders.PAGEBLOCK_PAGES;

  private final CompactionPages pages;
  private final LongList isolated = new LongList();
  private final long[] freeMap = new long[BLOCK / 64];
  private MigratePages migration;
  private CompactResult result;
  private boolean whole;
  private boolean updateCached;
  /** First page of the pageblock that was migrated last, 0 when it was flushed since. */
  private int lastMigrated;
  private boolean finishBlock;
  private boolean rescan;
  private int scanFrom;
  private int scanAt;
  private int scanEnd;
  private boolean any;

  CompactZone(int zone, Request request) {
    this.pages = new CompactionPages(zone, request);
  }

  @Override
  public void report(Holdings to) {
    pages.report(to);
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> begin(cpu);
      case 1 -> begun(cpu);
      case 2 -> next(cpu);
      case 3 -> chosen(cpu);
      case 4 -> scan(cpu);
      case 5 -> scanned(cpu);
      case 6 -> migrate(cpu);
      case 7 -> migrated(cpu);
      case 8 -> someStayed(cpu);
      case 9 -> flush(cpu);
      case 10 -> {
        cpu.spend(Cost.DRAIN_PCP);
        cpu.drainOwnPcp(pages.zone);
        at = 2;
        yield Signal.PREEMPTIBLE;
      }
      case 11 -> {
        isolated.clear();
        at = 4;
        yield scanAt < scanEnd ? Signal.PREEMPTIBLE : scannedTo(cpu, scanEnd);
      }
      default -> throw new IllegalStateException(toString());
    };
  }

  private Signal begin(Cpu cpu) {
    cpu.spend(Cost.COMPACT_ZONE);
    Request request = pages.request;
    CompactionCma rule = cpu.variant().compactionCma();
    boolean alsoWithout = rule.alsoWithoutCma(request.order(), request.allocFlags(), request.priority().async());
    CompactMessages.add(cpu.request(cpu.directory().zone(pages.zone), Messages.COMPACT_BEGIN), request)
        .add(rule.suitableFlags(request.allocFlags())).add(alsoWithout ? 1 : 0).close();
    at = 1;
    return Signal.BUSY;
  }

  private Signal begun(Cpu cpu) {
    result = CompactResult.of((int) cpu.reply(0));
    if (result != CompactResult.CONTINUE) {
      return cpu.ret(result.ordinal());
    }
    pages.migratePfn = (int) cpu.reply(1);
    pages.freePfn = (int) cpu.reply(2);
    whole = cpu.reply(3) != 0;
    updateCached = cpu.reply(4) != 0;
    at = 2;
    return cpu.call(new DrainBatches(true));
  }

  private Signal next(Cpu cpu) {
    finishBlock = rescan || (lastMigrated & -BLOCK) == (pages.migratePfn & -BLOCK);
    rescan = false;
    CompactMessages.add(cpu.request(cpu.directory().zone(pages.zone), Messages.COMPACT_NEXT), pages.request)
        .add(pages.migratePfn).add(pages.freePfn).add(whole ? 1 : 0).add(updateCached ? 1 : 0).close();
    at = 3;
    return Signal.BUSY;
  }

  private Signal chosen(Cpu cpu) {
    result = CompactResult.of((int) cpu.reply(0));
    pages.migratePfn = (int) cpu.reply(1);
    if (result != CompactResult.CONTINUE) {
      return end(cpu);
    }
    for (int i = 0; i < freeMap.length; i++) {
      freeMap[i] = cpu.reply(2 + i);
    }
    scanFrom = pages.migratePfn;
    scanAt = scanFrom;
    scanEnd = (scanFrom & -BLOCK) + BLOCK;
    any = false;
    at = 4;
    return Signal.RUN;
  }

  private boolean free(int pfn) {
    int page = pfn - scanFrom;
    return (freeMap[page >>> 6] >>> page & 1) != 0;
  }

  private Signal scan(Cpu cpu) {
    boolean async = pages.request.priority().async();
    int argument = (async ? BurstOp.stopsAtFailure(pages.request.order()) | BurstOp.SKIP_WRITEBACK : 0)
        | (finishBlock ? BurstOp.FINISH_BLOCK : 0);
    for (int pfn = scanAt; pfn < scanEnd; ) {
      int end = pfn;
      while (end < scanEnd && !free(end)) {
        end++;
      }
      if (end > pfn) {
        cpu.ops().add(BurstOp.COMPACT_SCAN.word(pfn, argument));
        cpu.ops().add(end);
      }
      pfn = end + 1;
    }
    if (cpu.ops().isEmpty()) {
      return scannedTo(cpu, scanEnd);
    }
    at = 5;
    return cpu.sendBurst(cpu.directory().nodeOfPfn(scanAt), 0, Progress.NONE, 0, 0);
  }

  private Signal scanned(Cpu cpu) {
    for (int i = 0; i < cpu.burstResults(); i++) {
      isolated.add(cpu.burstResult(i));
    }
    any |= cpu.burstResults() > 0;
    cpu.count(VmCounter.COMPACT_ISOLATED, cpu.burstResults());
    switch (cpu.burstStatus()) {
      case CLUSTER_FULL -> {
        return scannedTo(cpu, cpu.burstArgument());
      }
      case BLOCK_FAILED -> {
        countFree(cpu, Math.min(scanEnd, cpu.burstArgument()));
        at = 11;
        return cpu.call(new Putback(isolated));
      }
      default -> {
        return scannedTo(cpu, scanEnd);
      }
    }
  }

  /** Free pages that the scanner passed count as scanned too. */
  private void countFree(Cpu cpu, int to) {
    int passed = 0;
    for (int pfn = scanAt; pfn < to; pfn++) {
      passed += free(pfn) ? 1 : 0;
    }
    cpu.count(VmCounter.COMPACT_MIGRATE_SCANNED, passed);
    cpu.count(VmCounter.COMPACT_DAEMON_MIGRATE_SCANNED, pages.request.priority().direct() ? 0 : to - scanAt);
    scanAt = to;
    pages.migratePfn = to;
  }

  private Signal scannedTo(Cpu cpu, int to) {
    countFree(cpu, to);
    int bits = (any ? CompactMessages.ANY : 0) | (finishBlock ? CompactMessages.FINISH : 0);
    CompactMessages.add(cpu.tell(cpu.directory().zone(pages.zone), Messages.COMPACT_SCANNED), pages.request).add(scanFrom).add(scanAt)
        .add(isolated.size()).add(bits).close();
    at = 6;
    return Signal.PREEMPTIBLE;
  }

  private Signal migrate(Cpu cpu) {
    if (isolated.isEmpty()) {
      at = 9;
      return Signal.RUN;
    }
    updateCached = false;
    newestFirst();
    lastMigrated = Math.max(cpu.directory().zones().get(pages.zone).startPfn(), pages.migratePfn - 1 & -BLOCK);
    pages.wanted = isolated.size();
    migration = new MigratePages(isolated, pages, new PinRecord(), pages.request.priority().async());
    at = 7;
    return cpu.call(migration);
  }

  /** Each page that is isolated goes to the head of the list. */
  private void newestFirst() {
    for (int i = 0, j = isolated.size() - 1; i < j; i++, j--) {
      long first = isolated.get(i);
      isolated.set(i, isolated.get(j));
      isolated.set(j, first);
    }
  }

  private Signal migrated(Cpu cpu) {
    if (isolated.isEmpty()) {
      at = 9;
      return Signal.RUN;
    }
    at = 8;
    return cpu.call(new Putback(isolated));
  }

  private Signal someStayed(Cpu cpu) {
    isolated.clear();
    if (migration.outOfMemory() && !pages.met()) {
      result = CompactResult.CONTENDED;
      return end(cpu);
    }
    boolean inBlock = (pages.migratePfn & BLOCK - 1) != 0;
    at = 9;
    if (inBlock && !pages.request.priority().everything() && !finishBlock) {
      rescan = true;
      lastMigrated = pages.request.order() == BuddyOrders.PAGEBLOCK_ORDER ? 0 : lastMigrated;
      at = 2;
    }
    return Signal.RUN;
  }

  /** Behind the aligned block that pages were moved out of: they merge, so that it shows whether there is enough now. */
  private Signal flush(Cpu cpu) {
    at = 2;
    if (lastMigrated == 0 || lastMigrated >= (pages.migratePfn & -(1 << pages.request.order()))) {
      return Signal.PREEMPTIBLE;
    }
    lastMigrated = 0;
    at = 10;
    return cpu.call(new DrainBatches(true));
  }

  private Signal end(Cpu cpu) {
    int released = pages.release(cpu);
    CompactMessages.add(cpu.tell(cpu.directory().zone(pages.zone), Messages.COMPACT_END), pages.request).add(result.ordinal())
        .add(released).close();
    return cpu.ret(result.ordinal());
  }
}
