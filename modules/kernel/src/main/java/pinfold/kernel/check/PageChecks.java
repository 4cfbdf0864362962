package pinfold.kernel.check;

import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.Machine;
import pinfold.kernel.check.Invariants.Report;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.BuddyZone;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.PerCpuPages;
import pinfold.kernel.zone.Zone;

/**
 * Pages as the zones have them (I13 to I17). Memory in use when the checks began has no folios; how much that is per zone is what
 * nobody accounted for then, and may not change.
 */
final class PageChecks {
  private final Machine machine;
  private final Snapshot snapshot;
  private final Report report;
  private final PfnCounts seen = new PfnCounts();
  /** Pages that a block which was perhaps freed cannot be any more. */
  private final PfnCounts elsewhere = new PfnCounts();
  /** Blocks that tasks have and that are nothing else yet. */
  private final List<Snapshot.Block> taken = new ArrayList<>();
  private final long[] unaccounted;

  PageChecks(Machine machine, Snapshot snapshot, Report report) {
    this.machine = machine;
    this.snapshot = snapshot;
    this.report = report;
    this.unaccounted = new long[machine.directory().zones().size()];
  }

  /** Takes what nobody accounts for now as memory in use before the start. */
  void begin(long[] folioPages) {
    findTaken();
    for (int z = 0; z < unaccounted.length; z++) {
      unaccounted[z] = machine.zone(z).buddy().managedPages() - accounted(z, folioPages);
    }
  }

  /** @param folioPages pages of folios, by zone */
  void check(long[] folioPages) {
    seen.clear();
    findTaken();
    snapshot.freeBlocks.forEach(block -> see(block.pfn(), block.order(), "on its way to or from a free list"));
    taken.forEach(block -> see(block.pfn(), block.order(), "taken by a task"));
    checkTaken();
    for (int z = 0; z < unaccounted.length; z++) {
      machine.zone(z).cmaAllocations().forEach(range -> checkWithUser(range));
    }
    for (int z = 0; z < unaccounted.length; z++) {
      checkBuddy(machine.zone(z));
      checkPcps(z);
      long all = accounted(z, folioPages) + unaccounted[z];
      if (all != machine.zone(z).buddy().managedPages()) {
        report.fail("I14", machine.zone(z).name(), -1, machine.zone(z).buddy().managedPages() + " pages managed, but " + all
            + " accounted for: free " + free(z) + ", pcp " + pcp(z) + ", folios " + folioPages[z] + ", on their way "
            + underWay(z)
            + ", with users of CMA " + machine.zone(z).cmaAllocatedPages() + ", in use before the start " + unaccounted[z]);
      }
    }
    snapshot.settledPins.forEach((pfn, count) -> checkSettledPin(pfn));
  }

  /**
   * What a burst under way made a folio of may have been freed by somebody else since, and then it is in a free list again or with whoever
   * took it from there.
   */
  private void findTaken() {
    taken.clear();
    elsewhere.clear();
    snapshot.freeBlocks.forEach(block -> elsewhere.add(block.pfn(), 1));
    if (snapshot.allocated.stream().anyMatch(Snapshot.Block::perhapsFreed)) {
      for (int z = 0; z < unaccounted.length; z++) {
        for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
          PerCpuPages pcp = machine.cpu(cpu).pcpIfAny(z);
          if (pcp != null) {
            pcp.forEachBlock((pfn, order, type) -> elsewhere.add(pfn, 1));
          }
        }
      }
    }
    snapshot.allocated.stream().filter(block -> !block.perhapsFreed()).forEach(this::take);
    snapshot.allocated.stream().filter(block -> block.perhapsFreed() && elsewhere.get(block.pfn()) == 0 && !isInBuddy(block.pfn()))
        .forEach(this::take);
  }

  private void take(Snapshot.Block block) {
    if (!isFolio(block.pfn())) {
      taken.add(block);
      elsewhere.add(block.pfn(), 1);
    }
  }

  private boolean isInBuddy(int pfn) {
    BuddyZone buddy = machine.zone(machine.directory().zoneOfPfn(pfn)).buddy();
    return buddy.freePagesInPageblock(pfn) > 0 && buddy.freeBlockOrder(pfn) >= 0;
  }

  /** What a user of CMA has is nobody else's, and its pageblocks are CMA or, while a neighbour is being allocated, isolated. */
  private void checkWithUser(PfnRange range) {
    Zone zone = machine.zone(machine.directory().zoneOfPfn(range.startPfn()));
    for (int pfn = range.startPfn(); pfn < range.endPfn(); pfn++) {
      if (isFolio(pfn)) {
        report.fail("I16", zone.name(), pfn, "with a user of CMA, but a folio: " + machine.nodeOf(pfn).folios().describe(pfn));
      }
      if (zone.buddy().freePagesInPageblock(pfn) > 0 && zone.buddy().freeBlockOrder(pfn) >= 0) {
        report.fail("I16", zone.name(), pfn, "with a user of CMA, and in the buddy");
      }
      if (zone.buddy().pageblockType(pfn) < MigrateType.CMA.code()) {
        report.fail("I15", zone.name(), pfn, "with a user of CMA, but its pageblock is "
            + MigrateType.of(zone.buddy().pageblockType(pfn)));
      }
    }
  }

  /** Blocks that tasks just took are where their requests allow. */
  void checkTaken() {
    for (Snapshot.Block block : snapshot.allocated) {
      if (block.longterm() && !machine.directory().bornPinnable(block.pfn()) && !fromSharedThpList(block)) {
        report.fail("I16", machine.zone(machine.directory().zoneOfPfn(block.pfn())).name(), block.pfn(),
            "in CMA or ZONE_MOVABLE, but given to a request that may not have it");
      }
    }
  }

  /** With one THP list per pcp for all types a CMA block can go to anybody: the bug that bf14ed81f571 repaired. */
  private boolean fromSharedThpList(Snapshot.Block block) {
    return block.order() == BuddyOrders.PAGEBLOCK_ORDER && machine.spec().variant().thpPcpLists() == 1;
  }

  private long accounted(int zone, long[] folioPages) {
    return free(zone) + pcp(zone) + folioPages[zone] + underWay(zone) + machine.zone(zone).cmaAllocatedPages();
  }

  private long free(int zone) {
    BuddyZone buddy = machine.zone(zone).buddy();
    return buddy.freePages() + buddy.freePages(MigrateType.ISOLATE);
  }

  private long pcp(int zone) {
    long pages = 0;
    for (int cpu = 0; cpu < machine.directory().cpus(); cpu++) {
      PerCpuPages list = machine.cpu(cpu).pcpIfAny(zone);
      pages += list == null ? 0 : list.count();
    }
    return pages;
  }

  private long underWay(int zone) {
    return pages(zone, snapshot.freeBlocks) + pages(zone, taken);
  }

  private long pages(int zone, List<Snapshot.Block> blocks) {
    long pages = 0;
    for (Snapshot.Block block : blocks) {
      if (machine.directory().zoneOfPfn(block.pfn()) == zone) {
        pages += 1L << block.order();
      }
    }
    return pages;
  }

  private boolean isFolio(int pfn) {
    return machine.nodeOf(pfn).folios().isAllocated(pfn);
  }

  /** A page that is neither a folio nor in the buddy; nobody else may have it. */
  private void see(int pfn, int order, String where) {
    Zone zone = machine.zone(machine.directory().zoneOfPfn(pfn));
    for (int page = pfn; page < pfn + (1 << order); page++) {
      if (seen.get(page) != 0) {
        report.fail("I13", zone.name(), page, where + ", and somewhere else too");
      }
      seen.add(page, 1);
      if (isFolio(page)) {
        report.fail("I13", zone.name(), page, where + ", but a folio: " + machine.nodeOf(page).folios().describe(page));
      }
    }
    checkNotInBuddy(pfn, where);
  }

  /** A page that somebody has may not be free. */
  void checkNotInBuddy(int pfn, String where) {
    if (isInBuddy(pfn)) {
      report.fail("I13", machine.zone(machine.directory().zoneOfPfn(pfn)).name(), pfn, where + ", and in the buddy");
    }
  }

  private void checkPcps(int zone) {
    BuddyZone buddy = machine.zone(zone).buddy();
    for (int number = 0; number < machine.directory().cpus(); number++) {
      String cpu = machine.cpu(number).name();
      PerCpuPages pcp = machine.cpu(number).pcpIfAny(zone);
      if (pcp == null) {
        continue;
      }
      long[] pages = {0};
      pcp.forEachBlock((pfn, order, type) -> {
        pages[0] += 1L << order;
        see(pfn, order, "on a pcp list of " + cpu);
        int blockType = buddy.pageblockType(pfn);
        boolean movableList = type == MigrateType.MOVABLE.code() || order == BuddyOrders.PAGEBLOCK_ORDER && pcp.oneThpList();
        if (blockType == MigrateType.CMA.code() && !movableList) {
          report.fail("I15", cpu, pfn, "a CMA page on the pcp list of type " + MigrateType.of(type) + ", order " + order);
        }
        if (blockType == MigrateType.ISOLATE.code() && !snapshot.isolating.contains(zone)) {
          report.fail("I15", cpu, pfn, "a page of an isolated block on a pcp list");
        }
      });
      if (pages[0] != pcp.count()) {
        report.fail("I14", cpu, -1, "its pcp count for zone " + zone + " is " + pcp.count() + ", but the lists have " + pages[0]
            + " pages");
      }
    }
  }

  private void checkBuddy(Zone zone) {
    BuddyZone buddy = zone.buddy();
    long[] inBlocks = new long[MigrateType.COUNT];
    for (int pfn = buddy.startPfn() & -BuddyOrders.PAGEBLOCK_PAGES; pfn < buddy.startPfn() + buddy.spannedPages();
        pfn += BuddyOrders.PAGEBLOCK_PAGES) {
      inBlocks[buddy.pageblockType(pfn)] += buddy.freePagesInPageblock(pfn);
    }
    long free = 0;
    for (MigrateType type : MigrateType.values()) {
      long onLists = 0;
      for (int order = 0; order < BuddyOrders.ORDERS; order++) {
        onLists += (long) buddy.freeBlocks(order, type) << order;
      }
      if (onLists != inBlocks[type.code()] || onLists != buddy.freePages(type)) {
        report.fail(type == MigrateType.CMA ? "I15" : "I14", zone.name(), -1, type + " lists have " + onLists
            + " pages, pageblocks of the type "
            + inBlocks[type.code()] + ", the counter says " + buddy.freePages(type));
      }
      free += type == MigrateType.ISOLATE ? 0 : onLists;
    }
    if (free != buddy.freePages()) {
      report.fail("I14", zone.name(), -1, "nr_free_pages is " + buddy.freePages() + ", but the lists have " + free + " pages");
    }
    buddy.forEachTouchedBlock((pfn, order, type) -> {
      if (buddy.pageblockType(pfn) != type) {
        report.fail("I15", zone.name(), pfn, "free block of order " + order + " is on the list of " + MigrateType.of(type)
            + ", its pageblock is " + MigrateType.of(buddy.pageblockType(pfn)));
      }
    });
  }

  /** What a successful long-term pin left pinned must be pinnable there. */
  void checkSettledPin(int pfn) {
    if (!machine.spec().variant().emptyListIsSuccess() && snapshot.settledPins.pins(pfn) > 0 && snapshot.pins(pfn) > 0
        && !machine.nodeOf(pfn).longtermPinnable(pfn)) {
      report.fail("I17", machine.nodeOf(pfn).name(), pfn,
          "pinned long-term by a call that succeeded, but in CMA or ZONE_MOVABLE");
    }
  }
}
