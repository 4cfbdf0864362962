package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.machine.PfnRange;

/** cma_release() (mm/cma.c, 6.12): every page goes to this CPU's pcp list, as a page freed alone does, then the bits are cleared. */
final class CmaRelease extends Frame {
  private final PfnRange range;

  CmaRelease(PfnRange range) {
    this.range = range;
  }

  @Override
  protected Signal step(Cpu cpu) {
    cpu.spend(range.pages() * cpu.cost(Cost.PUT_PAGE));
    cpu.freeContig(range.startPfn(), range.pages());
    int zone = cpu.directory().zone(cpu.directory().zoneOfPfn(range.startPfn()));
    cpu.tell(zone, Messages.CMA_CLEAR).add(range.startPfn()).add(range.pages()).close();
    return cpu.ret(0);
  }
}
