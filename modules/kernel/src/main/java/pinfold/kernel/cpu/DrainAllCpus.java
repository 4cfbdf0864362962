package pinfold.kernel.cpu;

import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.trace.TraceEvent;

/** lru_add_drain_all() (mm/swap.c): from v6.18 on it drains the caller's CPU before it takes the mutex. */
final class DrainAllCpus extends Frame {
  private long generation = -1;

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.trace(TraceEvent.K_LRU_ADD_DRAIN_ALL);
        cpu.trace(TraceEvent.MM_LRU_ADD_DRAIN_ALL);
        if (!cpu.variant().drainAllDrainsLocalFirst()) {
          at = 2;
          return Signal.RUN;
        }
        at = 1;
        cpu.request(Directory.LRU_DRAIN, Messages.DRAIN_GENERATION).close();
        return Signal.BUSY;
      }
      case 1 -> {
        generation = cpu.reply(0);
        at = 2;
        return cpu.call(new DrainBatches(true));
      }
      case 2 -> {
        at = 3;
        cpu.request(Directory.LRU_DRAIN, Messages.DRAIN_ALL).add(0).add(generation).close();
        return Signal.SLEEP;
      }
      default -> {
        return cpu.ret(cpu.reply(0));
      }
    }
  }
}
