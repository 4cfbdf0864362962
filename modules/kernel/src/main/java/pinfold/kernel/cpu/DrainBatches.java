package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/** lru_add_drain_cpu() and mlock_drain_local() on this CPU; as lru_add_drain() it is counted. */
final class DrainBatches extends Frame {
  private final boolean counted;

  DrainBatches(boolean counted) {
    this.counted = counted;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      if (!counted) {
        cpu.count(VmCounter.LRU_ADD_DRAIN, -1);
      }
      return cpu.ret(0);
    }
    if (counted) {
      cpu.trace(TraceEvent.K_LRU_ADD_DRAIN);
    }
    cpu.trace(TraceEvent.K_LRU_ADD_DRAIN_CPU);
    if (cpu.batchesEmpty()) {
      if (counted) {
        cpu.count(VmCounter.LRU_ADD_DRAIN, 1);
      }
      cpu.spend(Cost.DRAIN_EMPTY);
      return cpu.ret(0);
    }
    at = 1;
    cpu.ops().add(BurstOp.DRAIN.word(0, 0));
    return cpu.sendBurst(cpu.nodeOfFirstBatched(), 0, Progress.NONE, 0, 0);
  }
}
