package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;

/**
 * try_charge_memcg() (mm/memcontrol.c, 6.12): fills this CPU's stock of a memory cgroup, and reclaims from the cgroup while its limit
 * does not allow it. Returns 0, or -ENOMEM when the kernel would call the OOM killer.
 */
final class ChargeMemcg extends Frame {
  /** MEMCG_CHARGE_BATCH. */
  static final int BATCH = 64;

  /** MAX_RECLAIM_RETRIES (mm/internal.h). */
  private static final int RETRIES = 16;

  private final int memcg;
  private final int pages;
  private int retries = RETRIES;

  ChargeMemcg(int memcg, int pages) {
    this.memcg = memcg;
    this.pages = pages;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.request(cpu.directory().memcg(memcg), Messages.MEMCG_CHARGE).add(Math.max(BATCH, pages)).add(pages).close();
        at = 1;
        return Signal.BUSY;
      }
      case 1 -> {
        if (cpu.reply(0) > 0) {
          cpu.addToStock(memcg, cpu.reply(0));
          return cpu.ret(0);
        }
        cpu.count(VmCounter.MEMCG_MAX, 1);
        at = 2;
        return cpu.call(TryToFreePages.ofMemcg(cpu, memcg, pages));
      }
      default -> {
        if (cpu.result() == 0 && retries-- == 0) {
          cpu.count(VmCounter.MEMCG_OOM, 1);
          return cpu.ret(-Errno.ENOMEM);
        }
        at = 0;
        return Signal.PREEMPTIBLE;
      }
    }
  }
}
