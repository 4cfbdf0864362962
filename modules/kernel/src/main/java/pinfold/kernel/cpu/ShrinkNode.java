package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.zone.AllocFlags;

/**
 * shrink_node() (mm/vmscan.c, 6.12): reclaims from the lruvecs of one node. A task leaves when it has enough; in the kernel it begins
 * the next time with the memory cgroup at which it left, here with the root.
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
      default -> {
        boolean leaves = !control.isKswapd() && control.nrReclaimed >= control.nrToReclaim;
        if (control.target == 0 && control.memcg < cpu.memcgs() && !leaves) {
          control.memcg++;
          at = 3;
          return Signal.PREEMPTIBLE;
        }
        if (control.nrReclaimed > reclaimedBefore && cpu.directory().hasReclaim()) {
          cpu.tell(cpu.directory().reclaim(node), Messages.RECLAIM_PROGRESS).close();
        }
        return cpu.ret(0);
      }
    }
  }
}
