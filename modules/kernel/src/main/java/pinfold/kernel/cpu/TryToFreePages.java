package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.node.ThrottleReason;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.zone.CompactMessages;

/**
 * do_try_to_free_pages() (mm/vmscan.c, 6.12) of try_to_free_pages() or try_to_free_mem_cgroup_pages(): scans the nodes, more of their
 * lists with each priority, until enough is reclaimed; for a costly order also until compaction is worth while. Returns the pages
 * reclaimed, or 1 if there are none and compaction is.
 */
final class TryToFreePages extends Frame {
  private final ScanControl control;
  private final int[] nodes;
  private int node;
  /** The next zone of the node to ask whether compaction is worth while, and whether it is not in one that was asked. */
  private int zone;
  private boolean someZoneNeedsIt;
  private boolean compactionReady;
  /** The first node that was scanned at this priority, -1 for none. */
  private int firstNode = -1;
  private long beginNanos;

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
        beginNanos = cpu.clockNanos();
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        if (node < nodes.length) {
          return nextNode(cpu);
        }
        node = 0;
        at = 4;
        return firstNode < 0 ? Signal.RUN : throttle(cpu);
      }
      case 4 -> {
        firstNode = -1;
        control.nrScanned = 0;
        at = 1;
        if (control.nrReclaimed >= control.nrToReclaim || compactionReady || --control.priority < 0) {
          at = 2;
        }
        return Signal.PREEMPTIBLE;
      }
      case 3 -> {
        boolean ready = (cpu.reply(0) & CompactMessages.READY) != 0;
        compactionReady |= ready;
        someZoneNeedsIt |= !ready;
        at = 1;
        return Signal.RUN;
      }
      default -> {
        for (int seen : nodes) {
          control.refaultsSeen(cpu, seen);
          if (!control.isGlobal() && control.unmarks) {
            cpu.tell(cpu.directory().node(seen), Messages.RECLAIM_UNMARK).add(control.target).close();
          }
        }
        if (control.nrReclaimed == 0 && !compactionReady && control.skippedDeactivate && !control.forceDeactivate) {
          control.priority = ScanControl.DEF_PRIORITY;
          control.forceDeactivate = true;
          control.skippedDeactivate = false;
          at = 1;
          return Signal.RUN;
        }
        cpu.count(VmCounter.ALLOCSTALL_NANOS, control.isGlobal() ? cpu.clockNanos() - beginNanos : 0);
        cpu.trace(control.isGlobal() ? TraceEvent.MM_VMSCAN_DIRECT_RECLAIM_END : TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_END, 0,
            control.nrReclaimed, 0, 0);
        return cpu.ret(control.nrReclaimed == 0 && compactionReady ? 1 : control.nrReclaimed);
      }
    }
  }

  /** consider_reclaim_throttle(): who gets an eighth of what it scans wakes those who got nothing; who gets nothing sleeps itself. */
  private Signal throttle(Cpu cpu) {
    if (control.nrReclaimed > control.nrScanned >>> 3) {
      if (control.tasksSleep) {
        cpu.tell(cpu.directory().node(firstNode), Messages.RECLAIM_WAKE).close();
      }
      return Signal.RUN;
    }
    return control.isGlobal() && control.priority == 1 && control.nrReclaimed == 0
        ? cpu.call(new Throttle(firstNode, ThrottleReason.NOPROGRESS)) : Signal.RUN;
  }

  /** shrink_zones(): a node is scanned if one of its zones that are of use is not ready for compaction. */
  private Signal nextNode(Cpu cpu) {
    int[] zones = cpu.directory().zonesOfNode(nodes[node]);
    while (control.costly() && zone < zones.length) {
      int asked = zones[zone++];
      if (cpu.directory().zones().get(asked).type().ordinal() <= control.reclaimIdx) {
        at = 3;
        return ReadZone.askRoomToCompact(cpu, asked, control.order, control.reclaimIdx);
      }
    }
    boolean shrinks = !control.costly() || someZoneNeedsIt;
    firstNode = shrinks && firstNode < 0 ? nodes[node] : firstNode;
    zone = 0;
    someZoneNeedsIt = false;
    node++;
    return shrinks ? cpu.call(new ShrinkNode(control, nodes[node - 1])) : Signal.RUN;
  }
}
