package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * try_charge_memcg() (mm/memcontrol.c, 6.12): fills this CPU's stock of a memory cgroup, and reclaims from the cgroup while its limit
 * does not allow it. Returns 0, or -ENOMEM: the OOM killer takes the task that asks (the kernel takes the largest one of the cgroup).
 */
final class ChargeMemcg extends Frame {
  /** MEMCG_CHARGE_BATCH. */
  static final int BATCH = 64;

  private final int memcg;
  private final int pages;
  private int retries = Reclaim.MAX_RECLAIM_RETRIES;
  private boolean reclaimed;
  private long freed;
  private boolean drained;
  private boolean outOfMemory;

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
        return full(cpu);
      }
      case 2 -> {
        reclaimed = true;
        freed = cpu.result();
        at = 0;
        return Signal.PREEMPTIBLE;
      }
      default -> {
        cpu.tellOomKill(memcg, cpu.mglru());
        return cpu.ret(-Errno.ENOMEM);
      }
    }
  }

  private Signal full(Cpu cpu) {
    if (outOfMemory) {
      // mem_cgroup_out_of_memory() has looked once more, and there is still no room.
      cpu.count(VmCounter.MEMCG_OOM, 1);
      at = 3;
      return cpu.mglru() ? findBlocked(cpu) : Signal.RUN;
    }
    if (reclaimed && !mayGoOn(cpu)) {
      outOfMemory = true;
      at = 0;
      return Signal.RUN;
    }
    cpu.count(VmCounter.MEMCG_MAX, 1);
    at = 2;
    return cpu.call(TryToFreePages.ofMemcg(cpu, memcg, pages, false));
  }

  private boolean mayGoOn(Cpu cpu) {
    if (!drained) {
      drained = true;
      cpu.drainStocks(memcg);
      return true;
    }
    return freed > 0 || retries-- > 0;
  }

  /** What stood in the way, for the report; the kernel does not look. */
  private Signal findBlocked(Cpu cpu) {
    cpu.ops().add(BurstOp.GEN_BLOCKED.word(0, memcg));
    return cpu.sendBurst(cpu.directory().nodesFrom(cpu.node())[0], 0, Progress.NONE, 0, 0);
  }
}
