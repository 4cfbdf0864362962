package pinfold.kernel.cpu;

import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * should_reclaim_retry() (mm/page_alloc.c, 6.12) behind its count of rounds: whether some zone would meet its watermark if all that can be
 * reclaimed were free. Returns 1 or 0.
 */
final class ReclaimRetry extends Frame {
  private final int[] zones;
  private final int highestZone;
  private final int order;
  private final int flags;
  private int position;

  /** @param zones of the allocation, by global index */
  ReclaimRetry(int[] zones, int highestZone, int order, int flags) {
    this.zones = zones;
    this.highestZone = highestZone;
    this.order = order;
    this.flags = flags;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        if (position == zones.length) {
          return cpu.ret(0);
        }
        cpu.ops().add(BurstOp.ZONE_LRU_READ.word(0, zones[position]));
        at = 1;
        return cpu.sendBurst(cpu.directory().nodeOfZone(zones[position]), 0, Progress.NONE, 0, 0);
      }
      case 1 -> {
        long anon = cpu.directory().hasSwap() ? cpu.burstResult(0) + cpu.burstResult(1) : 0;
        at = 2;
        return ReadZone.ask(cpu, zones[position++], order, highestZone, flags, anon + cpu.burstResult(2) + cpu.burstResult(3));
      }
      default -> {
        at = 0;
        return cpu.reply(ReadZone.OK) != 0 ? cpu.ret(1) : Signal.PREEMPTIBLE;
      }
    }
  }
}
