package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.machine.PfnRange;

/**
 * alloc_contig_range(MIGRATE_CMA) (mm/page_alloc.c, 6.12): isolates the pageblocks, empties all pcp lists of the zone, migrates
 * what is in the range, and takes the range out of the buddy if all of it is free then. Returns 0 or a negative errno; the
 * pageblocks are CMA again either way.
 */
final class AllocContigRange extends Frame implements HoldsFolios {
  private final int zone;
  private final PfnRange range;
  private int outcome;

  AllocContigRange(int zone, PfnRange range) {
    this.zone = zone;
    this.range = range;
  }

  @Override
  public void report(Holdings to) {
    if (at <= 2) {
      to.isolating(zone);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        at = 1;
        cpu.request(cpu.directory().zone(zone), Messages.ISOLATE_RANGE).add(range.startPfn()).add(range.pages()).close();
        yield Signal.BUSY;
      }
      case 1 -> {
        at = 2;
        yield cpu.call(new DrainPcps(zone));
      }
      case 2 -> {
        at = 3;
        yield cpu.call(new MigrateContigRange(range));
      }
      case 3 -> {
        outcome = (int) cpu.result();
        // What would not move may be gone by now: only the free lists tell.
        boolean take = outcome == 0 || outcome == -Errno.EBUSY;
        at = 4;
        cpu.request(cpu.directory().zone(zone), Messages.END_ISOLATION).add(range.startPfn()).add(range.pages())
            .add(take ? 1 : 0).close();
        yield Signal.BUSY;
      }
      default -> {
        boolean tested = outcome == 0 || outcome == -Errno.EBUSY;
        yield cpu.ret(!tested ? outcome : cpu.reply(0) < 0 ? 0 : -Errno.EBUSY);
      }
    };
  }
}
