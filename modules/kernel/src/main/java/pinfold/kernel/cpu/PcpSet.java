package pinfold.kernel.cpu;

import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.zone.PcpSizes;
import pinfold.kernel.zone.PerCpuPages;
import pinfold.kernel.zone.ZoneType;

/** One CPU's pcp lists, one per zone it has met, and what it knows of zones that had nothing for it. */
final class PcpSet {
  private final Directory directory;
  private final KernelVariant variant;
  private final PerCpuPages[] lists;
  /** By request, whether below low, whether for 2 MiB; by zone. */
  private final long[][] deniedUntil = new long[PageRequest.values().length * 4][];
  private final LongList back = new LongList();
  private int[] pfns = new int[64];
  private byte[] orders = new byte[64];

  PcpSet(Directory directory, KernelVariant variant) {
    this.directory = directory;
    this.variant = variant;
    this.lists = new PerCpuPages[directory.zones().size()];
    for (int i = 0; i < deniedUntil.length; i++) {
      deniedUntil[i] = new long[lists.length];
    }
  }

  PerCpuPages of(int zone) {
    if (lists[zone] == null) {
      ZoneConfig config = directory.zones().get(zone);
      int cpusOfNode = Math.max(1, directory.machine().nodes().get(directory.nodeOfZone(zone)).cpus().length);
      PcpSizes sizes = variant.pcpHighAutoTuned()
          ? PcpSizes.tuned(config.managedPages(), config.watermarks().lowPages(), cpusOfNode)
          : PcpSizes.fixed(config.managedPages(), config.watermarks().lowPages(), cpusOfNode);
      lists[zone] = new PerCpuPages(sizes, variant.thpPcpLists(), variant.pcpHighAutoTuned(), true);
    }
    return lists[zone];
  }

  PerCpuPages ifAny(int zone) {
    return lists[zone];
  }

  /** A page from the lists of these zones alone, -1 when the first zone that may have more must be asked. */
  int take(PageRequest request, int[] zones, int order, long nowNanos) {
    for (int zone : zones) {
      int pfn = of(zone).take(order, request.migratetype());
      if (pfn >= 0) {
        return pfn;
      }
      if (!denied(request, order, false, zone, nowNanos)) {
        return -1;
      }
    }
    return -1;
  }

  /** Whether the zone said no a short while ago. */
  boolean denied(PageRequest request, int order, boolean belowLow, int zone, long nowNanos) {
    return nowNanos < deniedUntil[denial(request, order, belowLow)][zone];
  }

  void deny(PageRequest request, int order, boolean belowLow, int zone, long untilNanos) {
    deniedUntil[denial(request, order, belowLow)][zone] = untilNanos;
  }

  private static int denial(PageRequest request, int order, boolean belowLow) {
    return request.ordinal() * 4 + (belowLow ? 1 : 0) + (order > PerCpuPages.COSTLY_ORDER ? 2 : 0);
  }

  /** Frees a page; returns what must go back to the zone now, or null. The list is the caller's until it clears it. */
  LongList put(int zone, int pfn, int order, int pageblockType) {
    PerCpuPages list = of(zone);
    if (!list.put(pfn, order, pageblockType)) {
      back.add((long) order << 34 | pfn);
      return back;
    }
    int overflow = list.overflow();
    if (overflow == 0) {
      return null;
    }
    if (pfns.length < overflow) {
      pfns = new int[overflow + 512];
      orders = new byte[overflow + 512];
    }
    int blocks = list.takeForBuddy(overflow, pfns, orders);
    for (int i = 0; i < blocks; i++) {
      back.add((long) orders[i] << 34 | pfns[i]);
    }
    return back;
  }

  /** Empties the list of a zone (drain_pages_zone()); returns what it had, for the zone. The list is the caller's until it clears it. */
  LongList drain(int zone) {
    PerCpuPages list = lists[zone];
    int pages = list == null ? 0 : list.count();
    if (pfns.length < pages) {
      pfns = new int[pages];
      orders = new byte[pages];
    }
    int blocks = pages == 0 ? 0 : list.drainAll(pfns, orders);
    for (int i = 0; i < blocks; i++) {
      back.add((long) orders[i] << 34 | pfns[i]);
    }
    return back;
  }

  int highestZone(PageRequest request) {
    return request.movableZone() ? ZoneType.MOVABLE.ordinal() : ZoneType.NORMAL.ordinal();
  }

  void hashState(StateHash hash) {
    for (int zone = 0; zone < lists.length; zone++) {
      if (lists[zone] != null) {
        hash.add(zone);
        lists[zone].hashState(hash);
      }
    }
  }
}
