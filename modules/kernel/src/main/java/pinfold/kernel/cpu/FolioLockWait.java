package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * Waits for the lock of a folio that a device reads, <em>with a reference</em> in hand, as a fault does (filemap_fault(), mm/filemap.c,
 * 6.12) and a write (__filemap_get_folio() with FGP_LOCK, the same). The kernel goes on with the lock; here it is given back with the
 * reference, and the caller tries anew. Returns 1 if there was something to wait for, else 0.
 */
final class FolioLockWait extends Frame implements HoldsFolios {
  private final int pfn;
  private final int handle;
  private boolean held;

  /** @param handle what the folio is in the page cache, in case it is another one by now */
  FolioLockWait(int pfn, int handle) {
    this.pfn = pfn;
    this.handle = handle;
  }

  @Override
  public void report(Holdings to) {
    if (held) {
      to.references(pfn, 1);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    int home = cpu.directory().nodeOfPfn(pfn);
    switch (at) {
      case 0 -> {
        cpu.ops().add(BurstOp.GET_IF_READ.word(pfn, 0));
        cpu.ops().add(handle);
        at = 1;
        return cpu.sendBurst(home, 0, Progress.NONE, 0, 0);
      }
      case 1 -> {
        if (cpu.burstStatus() != BurstStatus.UNDER_READ) {
          return cpu.ret(0);
        }
        held = true;
        cpu.request(cpu.directory().node(home), Messages.AWAIT_READ).add(pfn).add(1).close();
        at = 2;
        return Signal.SLEEP;
      }
      case 2 -> {
        cpu.ops().add(BurstOp.PUT.word(pfn, 0));
        at = 3;
        return cpu.sendBurst(home, 0, Progress.NONE, 0, 0);
      }
      default -> {
        held = false;
        cpu.tell(cpu.directory().node(home), Messages.FOLIO_UNLOCKED).add(pfn).close();
        return cpu.ret(1);
      }
    }
  }
}
