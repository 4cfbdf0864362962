package pinfold.kernel.cpu;

import pinfold.kernel.trace.TraceEvent;

/**
 * do_try_to_free_pages() (mm/vmscan.c, 6.12) of try_to_free_pages() or try_to_free_mem_cgroup_pages(): scans the nodes, more of their
 * lists with each priority, until enough is reclaimed. Returns the pages reclaimed.
 */
final class TryToFreePages extends Frame {
  private final ScanControl control;
  private final int[] nodes;
  private int node;

  private TryToFreePages(ScanControl control, int[] nodes) {
    this.control = control;
    this.nodes = nodes;
  }

  /**
   * Reclaim from a memory cgroup, on all nodes.
   *
   * @param proactive a write to memory.reclaim asks, not a charge
   */
  static TryToFreePages ofMemcg(Cpu cpu, int memcg, int pages, boolean proactive) {
    return new TryToFreePages(ScanControl.ofMemcg(memcg, pages, proactive), cpu.directory().nodesFrom(cpu.node()));
  }

  /**
   * Direct reclaim.
   *
   * @param nodes that the allocation would take a page from, in its order
   * @param highestZone {@link pinfold.kernel.zone.ZoneType} of its highest zone
   */
  static TryToFreePages direct(int[] nodes, int highestZone, int order) {
    return new TryToFreePages(ScanControl.direct(highestZone, order), nodes);
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.trace(control.isGlobal() ? TraceEvent.MM_VMSCAN_DIRECT_RECLAIM_BEGIN : TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_BEGIN, 0,
            control.order, 0, 0);
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        if (node < nodes.length) {
          return cpu.call(new ShrinkNode(control, nodes[node++]));
        }
        node = 0;
        if (control.nrReclaimed >= control.nrToReclaim || --control.priority < 0) {
          at = 2;
        }
        return Signal.PREEMPTIBLE;
      }
      default -> {
        for (int seen : nodes) {
          control.refaultsSeen(cpu, seen);
        }
        if (control.nrReclaimed == 0 && control.skippedDeactivate && !control.forceDeactivate) {
          control.priority = ScanControl.DEF_PRIORITY;
          control.forceDeactivate = true;
          control.skippedDeactivate = false;
          at = 1;
          return Signal.RUN;
        }
        cpu.trace(control.isGlobal() ? TraceEvent.MM_VMSCAN_DIRECT_RECLAIM_END : TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_END, 0,
            control.nrReclaimed, 0, 0);
        return cpu.ret(control.nrReclaimed);
      }
    }
  }
}
