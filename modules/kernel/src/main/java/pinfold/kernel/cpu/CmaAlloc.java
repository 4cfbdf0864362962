package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.machine.PfnRange;

/**
 * cma_alloc() (mm/cma.c, 6.12): finds free bits of the area, empties their pages under cma_mutex, and where that answers -EBUSY
 * goes on behind. Returns 0 or a negative errno.
 */
final class CmaAlloc extends Frame {
  private final int zone;
  private final int area;
  private final int pages;
  private final int align;
  private int from;
  private int pfn;
  private int outcome = -Errno.ENOMEM;

  /**
   * @param zone index of the zone in the machine
   * @param area index of the area in the zone
   * @param align of the first pfn, in pages, a power of two
   */
  CmaAlloc(int zone, int area, int pages, int align) {
    this.zone = zone;
    this.area = area;
    this.pages = pages;
    this.align = align;
  }

  /** What it got, once it has succeeded. */
  PfnRange allocated() {
    return new PfnRange(pfn, pages);
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        from = cpu.directory().zones().get(zone).cmaAreas().get(area).startPfn();
        cpu.spend(Cost.SYSCALL);
        at = 1;
        yield Signal.RUN;
      }
      case 1 -> {
        at = 2;
        cpu.request(cpu.directory().zone(zone), Messages.CMA_RESERVE).add(area).add(pages).add(align).add(from).close();
        yield Signal.BUSY;
      }
      case 2 -> {
        pfn = (int) cpu.reply(0);
        if (pfn < 0) {
          yield finish(cpu);
        }
        at = 3;
        cpu.request(cpu.directory().cmaMutex(), Messages.CMA_LOCK).close();
        yield Signal.SLEEP;
      }
      case 3 -> {
        at = 4;
        yield cpu.call(new AllocContigRange(zone, new PfnRange(pfn, pages)));
      }
      default -> {
        cpu.tell(cpu.directory().cmaMutex(), Messages.CMA_UNLOCK).close();
        outcome = (int) cpu.result();
        if (outcome == 0) {
          yield finish(cpu);
        }
        cpu.tell(cpu.directory().zone(zone), Messages.CMA_CLEAR).add(pfn).add(pages).close();
        if (outcome != -Errno.EBUSY) {
          yield finish(cpu);
        }
        cpu.count(VmCounter.CMA_BUSY_RETRIES, 1);
        from = pfn + align;
        outcome = -Errno.ENOMEM;
        at = 1;
        yield Signal.PREEMPTIBLE;
      }
    };
  }

  private Signal finish(Cpu cpu) {
    cpu.count(outcome == 0 ? VmCounter.CMA_ALLOC_SUCCESS : VmCounter.CMA_ALLOC_FAIL, 1);
    return cpu.ret(outcome);
  }
}
