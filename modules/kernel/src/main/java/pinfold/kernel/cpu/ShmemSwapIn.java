package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.Shadow;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * shmem_swapin_folio() (mm/shmem.c, 6.12) of one page that was found in swap. What the swap cache has goes into the page cache, when it is
 * not under writeback any more; else a new page is charged, allocated and read. Others may be faster, and the page may be gone by then:
 * whoever calls looks the page up again. Returns 0 or -ENOMEM.
 */
final class ShmemSwapIn extends Frame implements HoldsFolios {
  private static final int NONE = -1;
  private static final int UNDER_WRITEBACK = 2;

  private final int file;
  private final int page;
  private final int slot;
  private final boolean inFault;
  /** What the swap cache has, or the page that is to be read. */
  private int pfn = NONE;
  private boolean fresh;
  private long shadow;
  private int memcg;

  /** @param inFault a page table missed the page, not a file descriptor */
  ShmemSwapIn(int file, int page, int slot, boolean inFault) {
    this.file = file;
    this.page = page;
    this.slot = slot;
    this.inFault = inFault;
  }

  @Override
  public void report(Holdings to) {
    if (fresh && at == 9) {
      // The burst under way may have put it into the page cache, and reclaim may have taken it since.
      to.perhapsFreed(pfn, 0, false);
    } else if (fresh) {
      to.allocated(pfn, 0, false);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        memcg = cpu.chargesMemcgs() ? cpu.rmap().memcg(handle(cpu)) : 0;
        cpu.request(cpu.directory().swap(), Messages.SWAP_LOOKUP).add(slot).close();
        at = 1;
        yield Signal.BUSY;
      }
      case 1 -> lookedUp(cpu);
      case 2 -> {
        if (cpu.reply(0) == 0) {
          yield cpu.ret(0);
        }
        cpu.ops().add(BurstOp.SHMEM_IN.word(pfn, 0));
        cpu.ops().add(handle(cpu));
        at = 3;
        yield cpu.sendBurst(cpu.directory().nodeOfPfn(pfn), 0, Progress.NONE, 0, 0);
      }
      case 3 -> fromSwapCache(cpu);
      case 4 -> allocate(cpu);
      case 5 -> {
        at = 4;
        yield cpu.result() < 0 ? cpu.ret(-Errno.ENOMEM) : Signal.RUN;
      }
      case 6 -> {
        if (cpu.result() < 0) {
          cpu.addToStock(memcg, 1);
          yield cpu.ret(-Errno.ENOMEM);
        }
        yield have(cpu, (int) cpu.result());
      }
      case 7 -> {
        // Much may have happened meanwhile.
        at = 0;
        yield Signal.RUN;
      }
      case 8 -> tookThePlace(cpu);
      default -> cpu.ret(0);
    };
  }

  private int handle(Cpu cpu) {
    return cpu.rmap().fileHandle(file, page);
  }

  private Signal lookedUp(Cpu cpu) {
    long there = cpu.reply(0);
    shadow = Shadow.isShadow(there) ? there : 0;
    if (there > 0) {
      if (fresh) {
        giveBack(cpu);
        return cpu.ret(0);
      }
      pfn = (int) there;
      return takeThePlace(cpu, 2);
    }
    if (fresh) {
      return takeThePlace(cpu, 8);
    }
    at = 4;
    return Signal.RUN;
  }

  /** The page cache has it in the place of the slot, if that is there still. */
  private Signal takeThePlace(Cpu cpu, int next) {
    cpu.request(cpu.directory().file(file), Messages.FILE_SWAP_IN).add((long) page << 32 | pfn).add(slot).close();
    at = next;
    return Signal.BUSY;
  }

  private Signal fromSwapCache(Cpu cpu) {
    if (cpu.burstResult(0) == 1) {
      return cpu.ret(0);
    }
    cpu.tell(cpu.directory().file(file), Messages.FILE_SWAP_BACK).add(page).add(slot).close();
    at = 9;
    if (cpu.burstResult(0) != UNDER_WRITEBACK) {
      return Signal.PREEMPTIBLE;
    }
    cpu.request(cpu.directory().swap(), Messages.SWAP_AWAIT_WRITE).add(pfn).close();
    return Signal.SLEEP;
  }

  private Signal allocate(Cpu cpu) {
    if (!cpu.consumeStock(memcg, 1)) {
      at = 5;
      return cpu.call(new ChargeMemcg(memcg, 1));
    }
    int taken = cpu.takePage(PageRequest.USER, cpu.node(), 0);
    if (taken < 0) {
      at = 6;
      return cpu.call(new AllocPages(PageRequest.USER, cpu.node(), 0, true));
    }
    return have(cpu, taken);
  }

  private Signal have(Cpu cpu, int taken) {
    pfn = taken;
    fresh = true;
    cpu.count(VmCounter.PGALLOC, 1);
    at = 7;
    if (!cpu.asynchronousSwap()) {
      return Signal.RUN;
    }
    cpu.request(cpu.directory().swap(), Messages.SWAP_READ).add(slot).close();
    return Signal.SLEEP;
  }

  private Signal tookThePlace(Cpu cpu) {
    if (cpu.reply(0) == 0) {
      giveBack(cpu);
      return cpu.ret(0);
    }
    cpu.tell(cpu.directory().swap(), Messages.SWAP_FREE).add(slot).close();
    if (shadow != 0) {
      cpu.ops().add(BurstOp.SHADOW.word(pfn, inFault ? BurstOp.IN_FAULT : 0));
      cpu.ops().add(shadow);
    }
    cpu.ops().add(BurstOp.NEW_FILE.word(pfn, BurstOp.SHMEM | BurstOp.FROM_SWAP));
    cpu.ops().add(handle(cpu));
    if (cpu.asynchronousSwap()) {
      // The end of swap_cluster_readahead().
      cpu.ops().add(BurstOp.DRAIN.word(0, 0));
    }
    at = 9;
    return cpu.sendBurst(cpu.directory().nodeOfPfn(pfn), 0, Progress.NONE, 0, 0);
  }

  private void giveBack(Cpu cpu) {
    PageRequest.USER.giveBack(cpu, pfn, 0);
    cpu.addToStock(memcg, 1);
    fresh = false;
  }
}
