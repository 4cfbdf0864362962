package pinfold.kernel.cpu;

import pinfold.kernel.count.VmCounter;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.CompactPriority;
import pinfold.kernel.zone.CompactResult;

/** __alloc_pages_direct_compact() (mm/page_alloc.c, 6.12): compacts for a request and tries it again. Returns a pfn, or -1. */
final class DirectCompact extends Frame {
  private final PageRequest request;
  private final int[] zones;
  private final int order;
  private final CompactPriority priority;
  private CompactResult result;
  private long beginNanos;

  /** @param zones that the request may use, by global index */
  DirectCompact(PageRequest request, int[] zones, int order, CompactPriority priority) {
    this.request = request;
    this.zones = zones;
    this.order = order;
    this.priority = priority;
  }

  /** Whether no zone was compacted: none has room to move pages to, or all have failed too often lately. */
  boolean skippedOrDeferred() {
    return result == CompactResult.SKIPPED || result == CompactResult.DEFERRED;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at++) {
      case 0 -> {
        beginNanos = cpu.clockNanos();
        return cpu.call(new TryToCompactPages(request, zones, order, priority));
      }
      case 1 -> {
        result = CompactResult.of((int) cpu.result());
        cpu.count(VmCounter.COMPACT_STALL_NANOS, cpu.clockNanos() - beginNanos);
        if (result == CompactResult.SKIPPED) {
          return cpu.ret(-1);
        }
        cpu.count(VmCounter.COMPACT_STALL, 1);
        return cpu.call(new GetPageFromFreelist(request, zones, order, AllocFlags.WMARK_MIN, false));
      }
      default -> {
        int pfn = (int) cpu.result();
        if (pfn >= 0) {
          TryToCompactPages.allocated(cpu, request, order, cpu.directory().zoneOfPfn(pfn));
        }
        cpu.count(pfn >= 0 ? VmCounter.COMPACT_SUCCESS : VmCounter.COMPACT_FAIL, 1);
        return cpu.ret(pfn);
      }
    }
  }
}
