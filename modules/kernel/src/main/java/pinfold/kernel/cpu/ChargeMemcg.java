package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.zone.PerCpuPages;

/**
 * try_charge_memcg() (mm/memcontrol.c, 6.12): fills this CPU's stock of a memory cgroup, and reclaims from the cgroup while its limit
 * or that of a cgroup above does not allow it. When that is in vain the OOM killer takes a task of the cgroup at its limit, and it goes
 * on as long as it finds one or waits for one; not for 2 MiB. Returns 0 or -ENOMEM.
 */
final class ChargeMemcg extends Frame {
  /** MEMCG_CHARGE_BATCH. */
  static final int BATCH = 64;
  private static final int COSTLY_PAGES = 1 << PerCpuPages.COSTLY_ORDER;

  private final int memcg;
  private final int pages;
  /** The memory cgroup whose limit was in the way last: this one or one above it. */
  private int overLimit;
  private int retries = Reclaim.MAX_RECLAIM_RETRIES;
  private boolean reclaimed;
  private long freed;
  private boolean drained;
  /** The OOM killer has found somebody, or is waiting for him. */
  private boolean passedOom;
  private boolean holdsOomLock;

  ChargeMemcg(int memcg, int pages) {
    this.memcg = memcg;
    this.pages = pages;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        EventBatch out = cpu.request(cpu.directory().memcg(memcg), Messages.MEMCG_CHARGE).add(Math.max(BATCH, pages)).add(pages);
        cpu.nameCounter(out, memcg).close();
        at = 1;
        return Signal.BUSY;
      }
      case 1 -> {
        if (cpu.reply(0) > 0) {
          cpu.addToStock(memcg, cpu.reply(0));
          return leave(cpu, 0);
        }
        overLimit = cpu.replyLength() > 1 ? (int) cpu.reply(1) : memcg;
        return full(cpu);
      }
      case 2 -> {
        reclaimed = true;
        freed = cpu.result();
        at = 0;
        return Signal.PREEMPTIBLE;
      }
      case 3 -> {
        // mem_cgroup_out_of_memory() looks once more whether there is room.
        holdsOomLock = true;
        at = 0;
        return Signal.RUN;
      }
      default -> {
        if (cpu.result() == 0) {
          return leave(cpu, -Errno.ENOMEM);
        }
        giveLockBack(cpu);
        passedOom = true;
        retries = Reclaim.MAX_RECLAIM_RETRIES;
        at = 0;
        return Signal.PREEMPTIBLE;
      }
    }
  }

  private Signal full(Cpu cpu) {
    if (holdsOomLock) {
      at = 4;
      return cpu.call(new OutOfMemory(overLimit));
    }
    if (reclaimed && !mayGoOn(cpu)) {
      reclaimed = false;
      if (pages > COSTLY_PAGES || passedOom && cpu.isKilled()) {
        return cpu.ret(-Errno.ENOMEM);
      }
      cpu.count(VmCounter.MEMCG_OOM, 1);
      at = 3;
      return OutOfMemory.lock(cpu, true);
    }
    cpu.count(VmCounter.MEMCG_MAX, 1);
    at = 2;
    return cpu.call(TryToFreePages.ofMemcg(cpu, overLimit, pages, false));
  }

  private boolean mayGoOn(Cpu cpu) {
    if (!drained) {
      drained = true;
      cpu.drainStocks(overLimit);
      return true;
    }
    return freed > 0 && pages <= COSTLY_PAGES || retries-- > 0;
  }

  private Signal leave(Cpu cpu, long result) {
    giveLockBack(cpu);
    return cpu.ret(result);
  }

  private void giveLockBack(Cpu cpu) {
    if (holdsOomLock) {
      OutOfMemory.unlock(cpu);
      holdsOomLock = false;
    }
  }
}
