package pinfold.kernel.cpu;

import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.trace.TraceEvent;

/**
 * lru_cache_disable() and lru_cache_enable() (mm/swap.c, include/linux/swap.h, 6.12) in the variant's form. Disabling waits for the
 * grace period, if there is one, and for the forced drain behind it; enabling only until its own CPU has seen it. Where batches
 * cannot be disabled it is one drain of all CPUs.
 */
final class LruCacheSwitch extends Frame {
  private final boolean disable;

  LruCacheSwitch(boolean disable) {
    this.disable = disable;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      return cpu.ret(0);
    }
    at = 1;
    if (!cpu.variant().lruCacheDisable().disables()) {
      return disable ? cpu.call(new DrainAllCpus()) : Signal.RUN;
    }
    if (disable) {
      cpu.trace(TraceEvent.MM_LRU_ADD_DRAIN_ALL, 0, 1, 0, 0);
      cpu.request(Directory.LRU_DRAIN, Messages.LRU_CACHE_DISABLE).close();
      return Signal.SLEEP;
    }
    cpu.request(Directory.LRU_DRAIN, Messages.LRU_CACHE_ENABLE).close();
    return Signal.BUSY;
  }
}
