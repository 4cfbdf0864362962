package pinfold.kernel.cpu;

import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.trace.TraceEvent;

/** The work item lru_add_drain_per_cpu() (mm/swap.c, 6.12), as often as it was queued on this CPU. */
final class DrainWorker extends Frame {
  private long caller;

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        Long work = cpu.pollDrainWork();
        if (work == null) {
          return cpu.ret(0);
        }
        caller = work;
        at = 1;
        cpu.trace(TraceEvent.K_LRU_ADD_DRAIN_PER_CPU);
        if (cpu.batchesEmpty()) {
          cpu.trace(TraceEvent.K_LRU_ADD_DRAIN_CPU);
          return Signal.RUN;
        }
        return cpu.call(new DrainBatches(false));
      }
      default -> {
        cpu.tell(Directory.LRU_DRAIN, Messages.DRAIN_WORK_DONE).add(caller).close();
        at = 0;
        return Signal.RUN;
      }
    }
  }
}
