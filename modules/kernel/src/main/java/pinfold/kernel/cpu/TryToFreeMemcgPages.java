package pinfold.kernel.cpu;

import pinfold.kernel.trace.TraceEvent;

/**
 * try_to_free_mem_cgroup_pages() (mm/vmscan.c, 6.12): scans the memory cgroup's lruvecs of all nodes, more of them with each
 * priority, until enough is reclaimed. Returns the pages reclaimed.
 */
final class TryToFreeMemcgPages extends Frame {
  private final int memcg;
  private final int pages;
  private final boolean proactive;
  private ScanControl control;
  private int node;

  /** @param proactive a write to memory.reclaim asks, not a charge */
  TryToFreeMemcgPages(int memcg, int pages, boolean proactive) {
    this.memcg = memcg;
    this.pages = pages;
    this.proactive = proactive;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.trace(TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_BEGIN);
        control = new ScanControl(memcg, Math.max(pages, ScanControl.SWAP_CLUSTER_MAX), cpu.swappiness(), proactive);
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        int[] nodes = cpu.directory().nodesFrom(cpu.node());
        if (node < nodes.length) {
          int nearest = nodes[node++];
          return cpu.call(cpu.mglru() ? new ShrinkLruGen(control, nearest) : new ShrinkLruVec(control, nearest));
        }
        node = 0;
        if (control.nrReclaimed >= control.nrToReclaim || --control.priority < 0) {
          at = 2;
        }
        return Signal.PREEMPTIBLE;
      }
      default -> {
        if (control.nrReclaimed == 0 && control.skippedDeactivate && !control.forceDeactivate) {
          control.priority = ScanControl.DEF_PRIORITY;
          control.forceDeactivate = true;
          control.skippedDeactivate = false;
          at = 1;
          return Signal.RUN;
        }
        cpu.trace(TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_END, 0, control.nrReclaimed, 0, 0);
        return cpu.ret(control.nrReclaimed);
      }
    }
  }
}
