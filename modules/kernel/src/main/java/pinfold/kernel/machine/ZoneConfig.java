package pinfold.kernel.machine;

import java.util.List;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.Watermarks;
import pinfold.kernel.zone.ZoneType;

/**
 * One populated zone of one node.
 *
 * @param type which zone
 * @param startPfn first page frame, at least 1: pfn 0 is never a page, so that 0 can mean "none"
 * @param spannedPages from the first to the last page frame, holes included
 * @param managedPages pages the buddy may hand out; the rest (holes, firmware, struct pages) is never seen again
 * @param cmaAreas whole pageblocks inside the zone, ascending, disjoint, all of them managed
 * @param watermarks min, low, high, promo
 * @param lowmemReservePages by the request's highest zone type, {@link ZoneType#COUNT} entries; copied in and out
 */
public record ZoneConfig(ZoneType type, int startPfn, int spannedPages, int managedPages, List<PfnRange> cmaAreas,
    Watermarks watermarks, long[] lowmemReservePages) {

  public ZoneConfig {
    String where = "zone " + type + " at pfn " + startPfn + ": ";
    require(startPfn >= 1, where, "startPfn must be at least 1: pfn 0 stands for no page");
    PfnRange span = new PfnRange(startPfn, spannedPages);
    require(managedPages >= 1 && managedPages <= spannedPages, where, "managedPages = " + managedPages
        + " must be 1 to spannedPages = " + spannedPages + ": a zone without managed pages is left out of the machine");
    cmaAreas = List.copyOf(cmaAreas);
    long cma = 0;
    int free = startPfn;
    for (PfnRange area : cmaAreas) {
      require(area.startPfn() % BuddyOrders.PAGEBLOCK_PAGES == 0 && area.pages() % BuddyOrders.PAGEBLOCK_PAGES == 0, where,
          "CMA area of " + area.pages() + " pages at pfn " + area.startPfn() + " must be whole pageblocks of "
          + BuddyOrders.PAGEBLOCK_PAGES + " pages: a pageblock has one migratetype");
      require(span.contains(area), where, "CMA area of " + area.pages() + " pages at pfn " + area.startPfn()
          + " must lie inside the zone's pfns " + startPfn + " to " + (span.endPfn() - 1));
      require(area.startPfn() >= free, where, "CMA area at pfn " + area.startPfn()
          + " must begin at or after the end of the one before it, pfn " + free + ": areas are ascending and disjoint");
      free = area.endPfn();
      cma += area.pages();
    }
    require(cma <= managedPages, where, "CMA areas of " + cma + " pages are more than its " + managedPages + " managed pages");
    require(lowmemReservePages.length == ZoneType.COUNT, where, "lowmemReservePages has " + lowmemReservePages.length
        + " entries and needs " + ZoneType.COUNT + ", one per zone type");
    lowmemReservePages = lowmemReservePages.clone();
  }

  @Override public long[] lowmemReservePages() {
    return lowmemReservePages.clone();
  }

  /** All page frames of the zone, holes included. */
  public PfnRange span() {
    return new PfnRange(startPfn, spannedPages);
  }

  /** Pages in CMA areas. */
  public int cmaPages() {
    int pages = 0;
    for (PfnRange area : cmaAreas) {
      pages += area.pages();
    }
    return pages;
  }

  private static void require(boolean holds, String where, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(where + otherwise);
    }
  }
}
