package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.ThrottleReason;
import pinfold.kernel.node.WritebackMarks;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.CompactMessages;

/**
 * shrink_node() (mm/vmscan.c, 6.12): reclaims from the lruvecs of one node, that of the memory cgroup that is the target and those below
 * it. A task leaves when it has enough; in the kernel it begins the next time with the cgroup at which it left, here with the target.
 */
final class ShrinkNode extends Frame {
  private final ScanControl control;
  private final int node;
  private int zone;
  private int reclaimedBefore;

  ShrinkNode(ScanControl control, int node) {
    this.control = control;
    this.node = node;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        control.prepared = false;
        control.freePages = 0;
        control.highPages = 0;
        control.memcg = control.target;
        control.tally.clear();
        control.congested = false;
        reclaimedBefore = control.nrReclaimed;
        at = control.isGlobal() ? 1 : 3;
        return Signal.RUN;
      }
      case 1 -> {
        int[] zones = cpu.directory().zonesOfNode(node);
        if (zone == zones.length) {
          at = 3;
          return Signal.RUN;
        }
        at = 2;
        return ReadZone.ask(cpu, zones[zone++], 0, control.reclaimIdx, AllocFlags.WMARK_HIGH, 0);
      }
      case 2 -> {
        control.freePages += cpu.reply(ReadZone.FREE);
        control.highPages += cpu.reply(ReadZone.MARK);
        at = 1;
        return Signal.RUN;
      }
      case 3 -> {
        at = 4;
        return cpu.call(cpu.mglru() ? new ShrinkLruGen(control, node) : new ShrinkLruVec(control, node));
      }
      case 4 -> {
        boolean leaves = !control.isKswapd() && control.nrReclaimed >= control.nrToReclaim;
        int next = cpu.directory().memcgTree().next(control.target, control.memcg);
        if (next >= 0 && !leaves) {
          control.memcg = next;
          at = 3;
          return Signal.PREEMPTIBLE;
        }
        if (control.nrReclaimed > reclaimedBefore && cpu.directory().hasReclaim()) {
          cpu.tell(cpu.directory().reclaim(node), Messages.RECLAIM_PROGRESS).close();
        }
        mark(cpu);
        at = 8;
        return throttle(cpu);
      }
      case 8 -> {
        zone = 0;
        at = 5;
        return control.costly() && control.nrReclaimed > reclaimedBefore && !cpu.mglru() ? Signal.RUN : cpu.ret(0);
      }
      case 5 -> {
        return lookForRoom(cpu);
      }
      case 6 -> {
        at = 5;
        return (cpu.reply(0) & CompactMessages.SUITS) != 0 ? cpu.ret(0) : Signal.RUN;
      }
      default -> {
        long inactive = cpu.burstResult(ShrinkLruVec.NODE + 2) + (cpu.directory().hasSwap() ? cpu.burstResult(ShrinkLruVec.NODE) : 0);
        at = 0;
        return inactive > 2L << control.order ? Signal.RUN : cpu.ret(0);
      }
    }
  }

  /** Tells the node of writeback that was met: kswapd does, and who reclaims from a memory cgroup that it is congested. */
  private void mark(Cpu cpu) {
    int marks = control.tally.marks() & (control.isKswapd() ? -1 : control.isGlobal() ? 0 : WritebackMarks.CONGESTED);
    if (marks != 0) {
      cpu.tell(cpu.directory().node(node), Messages.RECLAIM_MARK).add(control.target).add(marks).close();
    }
    control.congested |= (marks & WritebackMarks.CONGESTED) != 0;
    control.unmarks |= control.congested;
  }

  /** kswapd sleeps where folios come round sooner than they are written, a task where all that is dirty has come round. */
  private Signal throttle(Cpu cpu) {
    if (control.isKswapd()) {
      return control.tally.immediate > 0 ? cpu.call(new Throttle(node, ThrottleReason.WRITEBACK)) : Signal.RUN;
    }
    return control.congested ? cpu.call(new Throttle(node, ThrottleReason.CONGESTED)) : Signal.RUN;
  }

  /** should_continue_reclaim(): once more, while there is too little room to compact in any zone and enough to reclaim. */
  private Signal lookForRoom(Cpu cpu) {
    int[] zones = cpu.directory().zonesOfNode(node);
    while (zone < zones.length) {
      int asked = zones[zone++];
      if (cpu.directory().zones().get(asked).type().ordinal() <= control.reclaimIdx) {
        at = 6;
        return ReadZone.askRoomToCompact(cpu, asked, control.order, control.reclaimIdx);
      }
    }
    zone = 0;
    at = 7;
    return ShrinkLruVec.read(cpu, control, node, 0, BurstOp.OF_ALL);
  }
}
