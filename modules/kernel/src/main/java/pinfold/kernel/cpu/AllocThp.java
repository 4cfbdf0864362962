package pinfold.kernel.cpu;

import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.CompactPriority;

/**
 * The allocation of a 2 MiB folio for a fault, where nodes reclaim: alloc_pages_mpol() (mm/mempolicy.c, 6.12) with
 * __alloc_pages_slowpath() (mm/page_alloc.c) for a costly order. First on the local node alone (__GFP_THISNODE and __GFP_NORETRY): down to
 * low, which may wake kswapd, and down to min. That is all, unless {@link pinfold.kernel.reclaim.ThpDefrag} lets the fault stall: then
 * asynchronous compaction and once more after reclaim, and the same again on all nodes. With __GFP_NORETRY, which all nodes have too
 * without MADV_HUGEPAGE, it ends with the first compaction if that was skipped or deferred. Returns a pfn, or -1: the fault takes small
 * pages.
 */
final class AllocThp extends Frame {
  private static final int ORDER = BuddyOrders.PAGEBLOCK_ORDER;

  private final PageRequest request;
  private final int node;
  private boolean thisNode = true;
  private DirectCompact compaction;

  AllocThp(PageRequest request, int node) {
    this.request = request;
    this.node = node;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at > 0 && cpu.result() >= 0) {
      return cpu.ret(cpu.result());
    }
    return switch (at++) {
      case 0 -> attempt(cpu, AllocFlags.WMARK_LOW, true);
      case 1 -> {
        if (cpu.compaction().wakesKswapd()) {
          Kswapd.wakeAll(cpu, nodes(cpu), request, ORDER);
        }
        yield attempt(cpu, AllocFlags.WMARK_MIN, true);
      }
      case 2 -> cpu.compaction().stalls() ? compact(cpu, CompactPriority.ASYNC) : failed(cpu);
      case 3 -> noRetry(cpu) && compaction.skippedOrDeferred() ? failed(cpu) : attempt(cpu, AllocFlags.WMARK_MIN, false);
      case 4 -> cpu.call(new DirectReclaim(request, zones(cpu), nodes(cpu), ORDER));
      case 5 -> compact(cpu, noRetry(cpu) ? CompactPriority.ASYNC : CompactPriority.SYNC_LIGHT);
      default -> failed(cpu);
    };
  }

  private int[] zones(Cpu cpu) {
    return cpu.directory().zonelist(node, request.movableZone(), thisNode);
  }

  private int[] nodes(Cpu cpu) {
    return thisNode ? new int[] {node} : cpu.directory().nodesFrom(node, request.movableZone());
  }

  private boolean noRetry(Cpu cpu) {
    return thisNode || !cpu.compaction().madvised();
  }

  private Signal attempt(Cpu cpu, int watermark, boolean believesDenials) {
    int flags = watermark | (cpu.compaction().wakesKswapd() ? AllocFlags.KSWAPD : 0);
    return cpu.call(new GetPageFromFreelist(request, zones(cpu), ORDER, flags, believesDenials));
  }

  private Signal compact(Cpu cpu, CompactPriority priority) {
    compaction = new DirectCompact(request, zones(cpu), ORDER, priority);
    return cpu.call(compaction);
  }

  private Signal failed(Cpu cpu) {
    if (thisNode && cpu.compaction().stalls()) {
      thisNode = false;
      at = 0;
      return Signal.RUN;
    }
    cpu.traceAlloc(-1, request, ORDER);
    return cpu.ret(-1);
  }
}
