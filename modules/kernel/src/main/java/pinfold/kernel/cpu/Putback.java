package pinfold.kernel.cpu;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * putback_movable_pages(): isolated folios go back through this CPU's lru_add batch. Takes results of {@link BurstOp#COLLECT}.
 */
final class Putback extends Frame implements HoldsFolios {
  private final LongList isolated;
  private int cursor;

  Putback(LongList isolated) {
    this.isolated = isolated;
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, cursor, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (cursor == isolated.size()) {
      return cpu.ret(0);
    }
    int node = cpu.directory().nodeOfPfn(MigratePages.pfn(isolated.get(cursor)));
    while (cursor < isolated.size() && cpu.directory().nodeOfPfn(MigratePages.pfn(isolated.get(cursor))) == node) {
      cpu.ops().add(BurstOp.PUTBACK.word(MigratePages.pfn(isolated.get(cursor++)), 0));
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }
}
