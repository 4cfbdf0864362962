package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.PerCpuPages;

/**
 * __alloc_pages() when the pcp lists have nothing (mm/page_alloc.c, 6.12): asks the zones of the zonelist in order down to the low
 * watermark; then, where nodes reclaim, wakes their kswapds, goes down to min, reclaims, and drains the pcp lists of all CPUs, again
 * and again while there is any hope, and then as long as the OOM killer finds somebody or waits for one. A block of 2 MiB is not waited
 * for: where that may be, {@link AllocThp} asks. Returns a pfn, or -1: -ENOMEM.
 *
 * <p>A task that the OOM killer has taken may have half of what the min watermark keeps, and does not reclaim; in the kernel it does before
 * it gives up.
 */
final class AllocPages extends Frame {
  private final PageRequest request;
  private final int node;
  private final int order;
  private final boolean mayReclaim;
  private Stage stage = Stage.LOW;
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
    LAST(AllocFlags.WMARK_HIGH, false),
    /** After that, before it reclaims again. */
    RETRY(AllocFlags.WMARK_MIN, false),
    /** That of an OOM victim (__gfp_pfmemalloc_flags()). */
    VICTIM(AllocFlags.WMARK_MIN | AllocFlags.OOM, false);

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

  private int[] zones(Cpu cpu) {
    return cpu.directory().zonelist(node, request.movableZone());
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        at = 1;
        int flags = stage.watermark | (reclaims(cpu) ? AllocFlags.KSWAPD : 0);
        yield cpu.call(new GetPageFromFreelist(request, zones(cpu), order, flags, stage.believesDenials));
      }
      case 1 -> {
        if (cpu.result() < 0) {
          yield nothingFound(cpu);
        }
        if (stage == Stage.LAST) {
          OutOfMemory.unlock(cpu);
        }
        yield cpu.ret(cpu.result());
      }
      case 2 -> {
        progress = cpu.result();
        yield attempt(Stage.RECLAIMED);
      }
      case 3 -> attempt(Stage.RECLAIMED);
      case 4 -> {
        if (cpu.result() == 0) {
          yield outOfMemory(cpu);
        }
        wakeAllKswapds(cpu);
        yield reclaim(cpu);
      }
      case 5 -> {
        if (cpu.reply(0) != 0) {
          yield attempt(Stage.LAST);
        }
        at = 6;
        yield cpu.sleepFor(cpu.cost(Cost.OOM_LOCK_TAKEN));
      }
      case 6 -> retry(cpu);
      default -> {
        OutOfMemory.unlock(cpu);
        yield cpu.result() == 0 ? failed(cpu) : retry(cpu);
      }
    };
  }

  private Signal attempt(Stage next) {
    stage = next;
    at = 0;
    return Signal.RUN;
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
      case MIN, RETRY -> {
        if (!mayReclaim || !reclaims(cpu)) {
          yield failed(cpu);
        }
        yield cpu.isKilled() ? attempt(Stage.VICTIM) : reclaim(cpu);
      }
      case RECLAIMED -> {
        if (progress > 0 && !drained) {
          drained = true;
          at = 3;
          yield cpu.call(new DrainAllPages());
        }
        futileRounds = progress > 0 ? 0 : futileRounds + 1;
        if (futileRounds > Reclaim.MAX_RECLAIM_RETRIES) {
          yield outOfMemory(cpu);
        }
        at = 4;
        yield cpu.call(new ReclaimRetry(zones(cpu), cpu.pcps().highestZone(request), order, request.flags(AllocFlags.WMARK_MIN)));
      }
      case LAST -> {
        at = 7;
        yield cpu.call(new OutOfMemory(0));
      }
      case VICTIM -> failed(cpu);
    };
  }

  /** __alloc_pages_may_oom(): who finds oom_lock taken sleeps, and takes that for progress. */
  private Signal outOfMemory(Cpu cpu) {
    at = 5;
    return OutOfMemory.lock(cpu, false);
  }

  private Signal retry(Cpu cpu) {
    futileRounds = 0;
    wakeAllKswapds(cpu);
    return attempt(Stage.RETRY);
  }

  private Signal failed(Cpu cpu) {
    cpu.traceAlloc(-1, request, order);
    return cpu.ret(-1);
  }

  private void wakeAllKswapds(Cpu cpu) {
    if (reclaims(cpu)) {
      Kswapd.wakeAll(cpu, nodes(cpu), request, order);
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
}
