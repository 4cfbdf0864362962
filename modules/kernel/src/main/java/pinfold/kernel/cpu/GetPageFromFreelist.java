package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.PerCpuPages;

/**
 * get_page_from_freelist() (mm/page_alloc.c, 6.12): goes over zones in order, and takes a block from this CPU's list of a zone or from the
 * zone itself, if that leaves it above a watermark. Returns a pfn, or -1.
 */
final class GetPageFromFreelist extends Frame {
  private final PageRequest request;
  private final int[] zones;
  private final int order;
  private final int flags;
  private final boolean believesDenials;
  private int position;

  /**
   * @param zones by global index
   * @param flags {@link AllocFlags} beside those of the request, a watermark among them
   * @param believesDenials pass over a zone that had nothing for such a request a short while ago
   */
  GetPageFromFreelist(PageRequest request, int[] zones, int order, int flags, boolean believesDenials) {
    this.request = request;
    this.zones = zones;
    this.order = order;
    this.flags = flags;
    this.believesDenials = believesDenials;
  }

  int order() {
    return order;
  }

  /** The zone that it asks or asked last. */
  int zone() {
    return zones[position];
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      int pfn = accept(cpu);
      cpu.refilled(zone());
      if (pfn >= 0) {
        return got(cpu, pfn);
      }
      position++;
    }
    for (; position < zones.length; position++) {
      PerCpuPages pcp = cpu.pcps().of(zone());
      int pfn = pcp.take(order, request.migratetype());
      if (pfn >= 0) {
        return got(cpu, pfn);
      }
      if (!believesDenials || !cpu.pcps().denied(request, order, belowLow(), zone(), cpu.clockNanos())) {
        at = 1;
        cpu.request(cpu.directory().zone(zone()), Messages.ZONE_REFILL).add(order).add(request.migratetype())
            .add(request.flags(flags)).add(pcp.refillCount(order)).add(cpu.pcps().highestZone(request)).close();
        return Signal.BUSY;
      }
    }
    return cpu.ret(-1);
  }

  /** Whether a zone that has nothing left down to low may have something for this. */
  private boolean belowLow() {
    return (flags & AllocFlags.WMARK_MASK) != AllocFlags.WMARK_LOW;
  }

  private Signal got(Cpu cpu, int pfn) {
    cpu.traceAlloc(pfn, request, order);
    return cpu.ret(pfn);
  }

  private int accept(Cpu cpu) {
    int got = cpu.replyLength();
    if (got == 0) {
      cpu.pcps().deny(request, order, belowLow(), zone(), cpu.clockNanos() + cpu.cost(Cost.ZONE_RETRY));
      return -1;
    }
    int[] pfns = new int[got];
    for (int i = 0; i < got; i++) {
      pfns[i] = (int) cpu.reply(i);
    }
    PerCpuPages pcp = cpu.pcps().of(zone());
    pcp.addRefill(order, request.migratetype(), pfns, 0, got);
    return pcp.takeRefilled(order, request.migratetype());
  }
}
