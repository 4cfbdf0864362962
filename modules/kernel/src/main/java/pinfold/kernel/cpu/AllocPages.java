package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.PerCpuPages;

/**
 * __alloc_pages() when the pcp lists have nothing (mm/page_alloc.c, 6.12): asks the zones of the zonelist in order down to the low
 * watermark; then, where nodes reclaim, wakes their kswapds, goes down to min, reclaims, and drains the pcp lists of all CPUs, again
 * and again while there is any hope. A block of 2 MiB is not waited for. Returns a pfn, or -1: -ENOMEM, and where nodes reclaim the
 * OOM killer was called. Its victim is the task that allocates, as with vm.oom_kill_allocating_task.
 */
final class AllocPages extends Frame {
  private final PageRequest request;
  private final int node;
  private final int order;
  private final boolean mayReclaim;
  private Stage stage = Stage.LOW;
  private int position;
  private boolean drained;
  /** Rounds in a row that have reclaimed nothing. */
  private int futileRounds;
  private long progress;

  /** Which attempt to find a page comes next. */
  enum Stage {
    /** The fast path. */
    LOW(AllocFlags.WMARK_LOW, true),
    /** The first of the slow path. */
    MIN(AllocFlags.WMARK_MIN, true),
    /** After reclaim: whatever a zone said a short while ago. */
    RECLAIMED(AllocFlags.WMARK_MIN, false),
    /** A last one before the OOM killer, in case somebody else was faster. */
    LAST(AllocFlags.WMARK_HIGH, false);

    private final int watermark;
    private final boolean believesDenials;

    Stage(int watermark, boolean believesDenials) {
      this.watermark = watermark;
      this.believesDenials = believesDenials;
    }
  }

  /** @param mayReclaim where nodes reclaim; who holds a lock for which others spin may not */
  AllocPages(PageRequest request, int node, int order, boolean mayReclaim) {
    this.request = request;
    this.node = node;
    this.order = order;
    this.mayReclaim = mayReclaim;
  }

  int order() {
    return order;
  }

  /** The zone that it asks or asked last. */
  int zone(Cpu cpu) {
    return zones(cpu)[position];
  }

  private int[] zones(Cpu cpu) {
    return cpu.directory().zonelist(node, request.movableZone());
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> getPageFromFreelist(cpu);
      case 1 -> {
        int pfn = accept(cpu, zones(cpu)[position]);
        cpu.refilled(zones(cpu)[position]);
        if (pfn >= 0) {
          yield got(cpu, pfn);
        }
        position++;
        at = 0;
        yield Signal.RUN;
      }
      case 2 -> {
        progress = cpu.result();
        yield attempt(Stage.RECLAIMED);
      }
      case 3 -> drainAllPages(cpu);
      default -> {
        if (cpu.result() == 0) {
          yield attempt(Stage.LAST);
        }
        wakeAllKswapds(cpu);
        yield reclaim(cpu);
      }
    };
  }

  private Signal got(Cpu cpu, int pfn) {
    cpu.traceAlloc(pfn, request, order);
    return cpu.ret(pfn);
  }

  private Signal attempt(Stage next) {
    stage = next;
    position = 0;
    at = 0;
    return Signal.RUN;
  }

  private Signal getPageFromFreelist(Cpu cpu) {
    int[] zones = zones(cpu);
    boolean minWatermark = stage != Stage.LOW;
    for (; position < zones.length; position++) {
      int zone = zones[position];
      PerCpuPages pcp = cpu.pcps().of(zone);
      int pfn = pcp.take(order, request.migratetype());
      if (pfn >= 0) {
        return got(cpu, pfn);
      }
      if (!stage.believesDenials || !cpu.pcps().denied(request, minWatermark, zone, cpu.clockNanos())) {
        at = 1;
        cpu.request(cpu.directory().zone(zone), Messages.ZONE_REFILL).add(order).add(request.migratetype())
            .add(request.flags(stage.watermark) | (reclaims(cpu) ? AllocFlags.KSWAPD : 0)).add(pcp.refillCount(order))
            .add(cpu.pcps().highestZone(request)).close();
        return Signal.BUSY;
      }
    }
    return nothingFound(cpu);
  }

  private boolean reclaims(Cpu cpu) {
    return cpu.directory().hasReclaim() && order <= PerCpuPages.COSTLY_ORDER;
  }

  /** __alloc_pages_slowpath(), by what was tried last. */
  private Signal nothingFound(Cpu cpu) {
    return switch (stage) {
      case LOW -> {
        wakeAllKswapds(cpu);
        yield attempt(Stage.MIN);
      }
      case MIN -> mayReclaim && reclaims(cpu) && !cpu.isKilled() ? reclaim(cpu) : failed(cpu);
      case RECLAIMED -> {
        if (progress > 0 && !drained) {
          drained = true;
          position = 0;
          at = 3;
          yield Signal.RUN;
        }
        futileRounds = progress > 0 ? 0 : futileRounds + 1;
        if (futileRounds > Reclaim.MAX_RECLAIM_RETRIES) {
          yield attempt(Stage.LAST);
        }
        at = 4;
        yield cpu.call(new ReclaimRetry(zones(cpu), cpu.pcps().highestZone(request), order, request.flags(AllocFlags.WMARK_MIN)));
      }
      case LAST -> {
        cpu.count(VmCounter.OOM_KILL, 1);
        cpu.tellOomKill(0, false);
        yield failed(cpu);
      }
    };
  }

  private Signal failed(Cpu cpu) {
    cpu.traceAlloc(-1, request, order);
    return cpu.ret(-1);
  }

  private void wakeAllKswapds(Cpu cpu) {
    if (reclaims(cpu)) {
      for (int owner : nodes(cpu)) {
        cpu.tell(cpu.directory().reclaim(owner), Messages.WAKE_KSWAPD).add(order).add(cpu.pcps().highestZone(request)).close();
      }
    }
  }

  private int[] nodes(Cpu cpu) {
    return cpu.directory().nodesFrom(node, request.movableZone());
  }

  private Signal reclaim(Cpu cpu) {
    cpu.count(VmCounter.ALLOCSTALL, 1);
    drained = false;
    at = 2;
    return cpu.call(TryToFreePages.direct(nodes(cpu), cpu.pcps().highestZone(request), order));
  }

  /** drain_all_pages() of every zone, and once more from the start. */
  private Signal drainAllPages(Cpu cpu) {
    if (position == cpu.directory().zones().size()) {
      return attempt(Stage.RECLAIMED);
    }
    return cpu.call(new DrainPcps(position++));
  }

  private int accept(Cpu cpu, int zone) {
    int got = cpu.replyLength();
    if (got == 0) {
      cpu.pcps().deny(request, stage != Stage.LOW, zone, cpu.clockNanos() + cpu.cost(Cost.ZONE_RETRY));
      return -1;
    }
    int[] pfns = new int[got];
    for (int i = 0; i < got; i++) {
      pfns[i] = (int) cpu.reply(i);
    }
    PerCpuPages pcp = cpu.pcps().of(zone);
    pcp.addRefill(order, request.migratetype(), pfns, 0, got);
    return pcp.takeRefilled(order, request.migratetype());
  }
}
