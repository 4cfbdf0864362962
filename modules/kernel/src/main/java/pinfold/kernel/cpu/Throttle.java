package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.node.ThrottleReason;

/** reclaim_throttle() (mm/vmscan.c, 6.12): sleeps until the node has what the task waits for, or some time has passed. */
final class Throttle extends Frame {
  private final int node;
  private final ThrottleReason reason;
  private long beginNanos;

  Throttle(int node, ThrottleReason reason) {
    this.node = node;
    this.reason = reason;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 0) {
      at = 1;
      beginNanos = cpu.clockNanos();
      cpu.request(cpu.directory().node(node), Messages.RECLAIM_THROTTLE).add(reason.ordinal()).close();
      return Signal.BUSY;
    }
    if (cpu.reply(0) != 0) {
      cpu.count(counter(), 1);
      cpu.count(VmCounter.RECLAIM_THROTTLED_NANOS, cpu.clockNanos() - beginNanos);
    }
    return cpu.ret(0);
  }

  private VmCounter counter() {
    return switch (reason) {
      case WRITEBACK -> VmCounter.THROTTLED_WRITEBACK;
      case ISOLATED -> VmCounter.THROTTLED_ISOLATED;
      case NOPROGRESS -> VmCounter.THROTTLED_NOPROGRESS;
      case CONGESTED -> VmCounter.THROTTLED_CONGESTED;
    };
  }
}
