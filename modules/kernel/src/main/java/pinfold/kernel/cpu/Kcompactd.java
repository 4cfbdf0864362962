package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.CompactPriority;
import pinfold.kernel.zone.CompactResult;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.ZoneCompaction.Request;

/**
 * kcompactd of one node from when it is woken to when it sleeps (mm/compaction.c: kcompactd(), kcompactd_do_work(), 6.12): compacts
 * each zone of the node until a block of the order is free, where none is and there is room. What it shares with those that wake it is
 * in {@link Reclaim}. Whether any zone is suitable is asked here at the expense of its own CPU, where in the kernel whoever wakes it
 * looks first.
 */
final class Kcompactd extends Frame {
  private final int node;
  private int order = Reclaim.FIRST;
  private int highestZone;
  /** Position of the next zone of the node. */
  private int zone;

  Kcompactd(int node) {
    this.node = node;
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        next(cpu, order);
        yield Signal.BUSY;
      }
      case 1 -> {
        boolean woken = order == Reclaim.FIRST;
        order = (int) cpu.reply(0);
        highestZone = (int) cpu.reply(1);
        zone = 0;
        at = woken ? 2 : 4;
        yield order == 0 ? cpu.ret(0) : Signal.RUN;
      }
      case 2 -> {
        if (!hasZone(cpu)) {
          next(cpu, Reclaim.UNSUITABLE);
          yield Signal.BUSY;
        }
        at = 3;
        yield ReadZone.askSuits(cpu, zones(cpu)[zone], order, highestZone);
      }
      case 3 -> {
        zone = cpu.reply(0) != 0 ? 0 : zone + 1;
        at = cpu.reply(0) != 0 ? 4 : 2;
        yield Signal.RUN;
      }
      case 4 -> {
        cpu.count(VmCounter.COMPACT_DAEMON_WAKE, 1);
        at = 5;
        yield Signal.RUN;
      }
      case 5 -> {
        if (!hasZone(cpu)) {
          at = 0;
          yield Signal.PREEMPTIBLE;
        }
        int type = cpu.directory().zones().get(zones(cpu)[zone]).type().ordinal();
        at = 6;
        yield cpu.call(new CompactZone(zones(cpu)[zone],
            new Request(order, MigrateType.UNMOVABLE.code(), AllocFlags.WMARK_MIN, type, CompactPriority.KCOMPACTD)));
      }
      default -> {
        CompactResult result = CompactResult.of((int) cpu.result());
        boolean met = result == CompactResult.PARTIAL_SKIPPED || result == CompactResult.COMPLETE;
        at = 5;
        // What stays on per-CPU lists could be what a block wants.
        yield met ? cpu.call(new DrainPcps(zones(cpu)[zone++])) : nextZone();
      }
    };
  }

  private Signal nextZone() {
    zone++;
    return Signal.PREEMPTIBLE;
  }

  private void next(Cpu cpu, int done) {
    EventBatch out = cpu.request(cpu.directory().reclaim(node), Messages.KCOMPACTD_NEXT);
    out.add(done).add(highestZone).close();
    at = 1;
  }

  private int[] zones(Cpu cpu) {
    return cpu.directory().zonesOfNode(node);
  }

  private boolean hasZone(Cpu cpu) {
    int[] zones = zones(cpu);
    return zone < zones.length && cpu.directory().zones().get(zones[zone]).type().ordinal() <= highestZone;
  }
}
