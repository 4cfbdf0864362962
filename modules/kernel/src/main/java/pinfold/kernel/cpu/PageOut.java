package pinfold.kernel.cpu;

import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * What a scan at a memory cgroup's limit does to folios of one node that it has isolated, for scripts: they are named by pfn, so that it
 * does not take a scan to come to them. Returns how many were freed.
 */
final class PageOut extends Frame implements HoldsFolios {
  private final int[] pfns;
  private final LongList isolated = new LongList();
  private ShrinkFolioList shrink;

  PageOut(int[] pfns) {
    this.pfns = pfns;
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    int node = cpu.directory().nodeOfPfn(pfns[0]);
    switch (at++) {
      case 0 -> {
        for (int pfn : pfns) {
          cpu.ops().add(BurstOp.ISOLATE.word(pfn, BurstOp.AS_A_SCAN));
        }
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      case 1 -> {
        for (int i = 0; i < cpu.burstResults(); i++) {
          isolated.add(cpu.burstResult(i));
        }
        if (isolated.isEmpty()) {
          return cpu.ret(0);
        }
        int memcg = cpu.rmap().memcg(MigratePages.handle(isolated.get(0)));
        shrink = new ShrinkFolioList(ScanControl.ofMemcg(memcg, pfns.length, false), isolated, node);
        return cpu.call(shrink);
      }
      case 2 -> {
        shrink.addPutbacks(cpu.ops(), cpu.mglru() ? BurstOp.REJECT : 0);
        return cpu.ops().isEmpty() ? Signal.RUN : cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      default -> {
        isolated.clear();
        return cpu.ret(shrink.reclaimed());
      }
    }
  }
}
