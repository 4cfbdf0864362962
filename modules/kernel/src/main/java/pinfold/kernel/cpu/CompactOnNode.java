package pinfold.kernel.cpu;

import pinfold.kernel.zone.CompactPriority;

/** Direct compaction from the node of the task's CPU, by itself. */
final class CompactOnNode extends Frame {
  private final int order;
  private final PageRequest request;
  private final CompactPriority priority;

  CompactOnNode(int order, PageRequest request, CompactPriority priority) {
    this.order = order;
    this.request = request;
    this.priority = priority;
  }

  @Override
  protected Signal step(Cpu cpu) {
    int[] zones = cpu.directory().zonelist(cpu.node(), request.movableZone());
    return at++ == 0 ? cpu.call(new TryToCompactPages(request, zones, order, priority)) : cpu.ret(cpu.result());
  }
}
