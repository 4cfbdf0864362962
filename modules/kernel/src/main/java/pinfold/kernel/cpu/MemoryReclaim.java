package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.reclaim.Reclaim;

/**
 * A write to a memory cgroup's memory.reclaim (mm/memcontrol.c: memory_reclaim(), 6.12): asks for a quarter of what is missing, again
 * and again. Returns 0, or -EAGAIN when nothing could be reclaimed for too long.
 */
final class MemoryReclaim extends Frame {
  private final int memcg;
  private final int pages;
  private int reclaimed;
  private int retries = Reclaim.MAX_RECLAIM_RETRIES;

  MemoryReclaim(int memcg, int pages) {
    this.memcg = memcg;
    this.pages = pages;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        at = 1;
        return Signal.RUN;
      }
      case 1 -> {
        if (reclaimed >= pages) {
          return cpu.ret(0);
        }
        at = 2;
        return retries == 0 ? cpu.call(new DrainAllCpus()) : Signal.RUN;
      }
      case 2 -> {
        at = 3;
        return cpu.call(TryToFreePages.ofMemcg(cpu, memcg, (pages - reclaimed) / 4, true));
      }
      default -> {
        if (cpu.result() == 0 && retries-- == 0) {
          return cpu.ret(-Errno.EAGAIN);
        }
        reclaimed += (int) cpu.result();
        at = 1;
        return Signal.PREEMPTIBLE;
      }
    }
  }
}
