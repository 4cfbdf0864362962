package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.CompactMessages;
import pinfold.kernel.zone.CompactPriority;
import pinfold.kernel.zone.CompactResult;
import pinfold.kernel.zone.ZoneCompaction.Request;

/**
 * try_to_compact_pages() (mm/compaction.c, 6.12): direct compaction for a request that found nothing, zone after zone in the order in
 * which it looks for pages, until one succeeds. Returns the ordinal of the greatest {@link CompactResult}; whoever gets a page
 * afterwards says so with {@link #allocated}.
 */
final class TryToCompactPages extends Frame {
  private final PageRequest request;
  private final int[] zones;
  private final int order;
  private final CompactPriority priority;
  private int position;
  private int best = CompactResult.SKIPPED.ordinal();

  /** @param zones that the request may use, by global index */
  TryToCompactPages(PageRequest request, int[] zones, int order, CompactPriority priority) {
    this.request = request;
    this.zones = zones;
    this.order = order;
    this.priority = priority;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      best = Math.max(best, (int) cpu.result());
      position++;
    }
    if (best == CompactResult.SUCCESS.ordinal() || position == zones.length) {
      return cpu.ret(best);
    }
    at = 1;
    return cpu.call(new CompactZone(zones[position], request(cpu, request, order, priority)));
  }

  private static Request request(Cpu cpu, PageRequest request, int order, CompactPriority priority) {
    return new Request(order, request.migratetype(), request.flags(AllocFlags.WMARK_MIN), cpu.pcps().highestZone(request), priority);
  }

  /** compaction_defer_reset(zone, order, true): the request got a block from this zone after it was compacted. */
  static void allocated(Cpu cpu, PageRequest request, int order, int zone) {
    CompactMessages.add(cpu.tell(cpu.directory().zone(zone), Messages.COMPACT_ALLOCATED),
        request(cpu, request, order, CompactPriority.ASYNC)).close();
  }
}
