package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.PerCpuPages;

/**
 * get_page_from_freelist() when the pcp lists have nothing: asks the zones of the zonelist in order, first down to the low
 * watermark, then to min (mm/page_alloc.c, 6.12). Returns a pfn, or -1: there is no reclaim yet, so that is -ENOMEM.
 */
final class AllocPages extends Frame {
  private final PageRequest request;
  private final int node;
  private final int order;
  private boolean minWatermark;
  private int position;

  AllocPages(PageRequest request, int node, int order) {
    this.request = request;
    this.node = node;
    this.order = order;
  }

  int order() {
    return order;
  }

  /** The zone that it asks or asked last. */
  int zone(Cpu cpu) {
    return cpu.directory().zonelist(node, request.movableZone())[position];
  }

  @Override
  protected Signal step(Cpu cpu) {
    int[] zones = cpu.directory().zonelist(node, request.movableZone());
    if (at == 1) {
      int pfn = accept(cpu, zones[position]);
      cpu.refilled(zones[position]);
      if (pfn >= 0) {
        cpu.traceAlloc(pfn, request, order);
        return cpu.ret(pfn);
      }
      position++;
      at = 0;
    }
    for (; position < zones.length || !minWatermark; position++) {
      if (position == zones.length) {
        minWatermark = true;
        position = -1;
        continue;
      }
      int zone = zones[position];
      PerCpuPages pcp = cpu.pcps().of(zone);
      int pfn = pcp.take(order, request.migratetype());
      if (pfn >= 0) {
        cpu.traceAlloc(pfn, request, order);
        return cpu.ret(pfn);
      }
      if (!cpu.pcps().denied(request, minWatermark, zone, cpu.clockNanos())) {
        at = 1;
        cpu.request(cpu.directory().zone(zone), Messages.ZONE_REFILL).add(order).add(request.migratetype())
            .add(request.flags(minWatermark ? AllocFlags.WMARK_MIN : AllocFlags.WMARK_LOW)).add(pcp.refillCount(order))
            .add(cpu.pcps().highestZone(request)).close();
        return Signal.BUSY;
      }
    }
    cpu.traceAlloc(-1, request, order);
    return cpu.ret(-1);
  }

  private int accept(Cpu cpu, int zone) {
    int got = cpu.replyLength();
    if (got == 0) {
      cpu.pcps().deny(request, minWatermark, zone, cpu.clockNanos() + cpu.cost(Cost.ZONE_RETRY));
      return -1;
    }
    int[] pfns = new int[got];
    for (int i = 0; i < got; i++) {
      pfns[i] = (int) cpu.reply(i);
    }
    PerCpuPages pcp = cpu.pcps().of(zone);
    pcp.addRefill(order, request.migratetype(), pfns, 0, got);
    return pcp.takeRefilled(order, request.migratetype());
  }
}
