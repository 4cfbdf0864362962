package pinfold.kernel.cpu;

import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.CompactPriority;

/**
 * The allocation of a 2 MiB folio for a fault in memory with MADV_HUGEPAGE, where nodes reclaim: alloc_pages_mpol() (mm/mempolicy.c, 6.12)
 * with __alloc_pages_slowpath() (mm/page_alloc.c) for a costly order that may reclaim and wakes no kswapd. First on the local node alone
 * (__GFP_THISNODE and __GFP_NORETRY), then anywhere. Each time down to low, down to min, asynchronous compaction, and once more after
 * reclaim; on the local node alone it ends with the first compaction if that was skipped or deferred. Returns a pfn, or -1: the
 * fault takes small pages.
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
      case 1 -> attempt(cpu, AllocFlags.WMARK_MIN, true);
      case 2 -> compact(cpu, CompactPriority.ASYNC);
      case 3 -> thisNode && compaction.skippedOrDeferred() ? failed(cpu) : attempt(cpu, AllocFlags.WMARK_MIN, false);
      case 4 -> cpu.call(new DirectReclaim(request, zones(cpu), nodes(cpu), ORDER));
      case 5 -> compact(cpu, thisNode ? CompactPriority.ASYNC : CompactPriority.SYNC_LIGHT);
      default -> failed(cpu);
    };
  }

  private int[] zones(Cpu cpu) {
    return cpu.directory().zonelist(node, request.movableZone(), thisNode);
  }

  private int[] nodes(Cpu cpu) {
    return thisNode ? new int[] {node} : cpu.directory().nodesFrom(node, request.movableZone());
  }

  private Signal attempt(Cpu cpu, int watermark, boolean believesDenials) {
    return cpu.call(new GetPageFromFreelist(request, zones(cpu), ORDER, watermark, believesDenials));
  }

  private Signal compact(Cpu cpu, CompactPriority priority) {
    compaction = new DirectCompact(request, zones(cpu), ORDER, priority);
    return cpu.call(compaction);
  }

  private Signal failed(Cpu cpu) {
    if (thisNode) {
      thisNode = false;
      at = 0;
      return Signal.RUN;
    }
    cpu.traceAlloc(-1, request, ORDER);
    return cpu.ret(-1);
  }
}
