package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;

/**
 * drain_all_pages() of one zone (mm/page_alloc.c, 6.12): every CPU's pcp list is emptied, under its lock and by the caller, so no
 * other CPU has to run anything for it.
 */
final class DrainPcps extends Frame {
  private final int zone;

  DrainPcps(int zone) {
    this.zone = zone;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      return cpu.ret(0);
    }
    at = 1;
    int cpus = cpu.directory().cpus();
    for (int other = 0; other < cpus; other++) {
      cpu.spend(Cost.DRAIN_PCP);
      if (other == cpu.number()) {
        cpu.drainOwnPcp(zone);
      } else {
        cpu.askToDrainPcp(other, zone);
      }
    }
    return cpus == 1 ? Signal.RUN : cpu.joinRequests();
  }
}
