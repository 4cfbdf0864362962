package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * The swap device's interrupt on this CPU, for all writes that it has told of (end_swap_bio_write(), mm/page_io.c, 6.12). It uses this
 * CPU's batches, so it waits while a burst has them, as an interrupt waits for the rotate batch's lock_irq; it goes before every task. The
 * end of the write of a file's page is the same.
 */
final class SwapInterrupt extends Frame implements HoldsFolios {
  private final LongList written = new LongList();
  private int ofFiles;

  /** Takes over what the device told of. */
  void take(LongList told) {
    written.addAll(told.words(), 0, told.size());
    told.clear();
  }

  @Override
  public void report(Holdings to) {
    for (int i = 0; i < written.size(); i++) {
      to.writeback((int) written.get(i));
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 0) {
      cpu.spend(Cost.SWAP_INTERRUPT);
      at = 1;
    } else {
      ofFiles += cpu.burstResults();
    }
    if (written.isEmpty()) {
      if (ofFiles > 0) {
        cpu.tell(cpu.directory().writeback(), Messages.FILES_WRITTEN).add(ofFiles).close();
      }
      return cpu.ret(0);
    }
    int node = cpu.directory().nodeOfPfn((int) written.get(0));
    int left = 0;
    for (int i = 0; i < written.size(); i++) {
      int pfn = (int) written.get(i);
      if (cpu.directory().nodeOfPfn(pfn) == node) {
        cpu.ops().add(BurstOp.END_WRITEBACK.word(pfn, 0));
      } else {
        written.set(left++, pfn);
      }
    }
    while (written.size() > left) {
      written.removeLast();
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }
}
