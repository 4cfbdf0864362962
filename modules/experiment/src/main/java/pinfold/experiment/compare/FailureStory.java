package pinfold.experiment.compare;

import pinfold.kernel.Observer.Livelock;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.variant.DrainRule;
import pinfold.kernel.variant.DrainRules;
import pinfold.kernel.variant.KernelVariant;

/** Tells in a few sentences why a pin failed: which folio, which CPU's which batch held it, and why nobody drained it. */
public final class FailureStory {
  private FailureStory() {}

  /** The story of a call that failed. */
  public static String of(KernelVariant variant, String vm, long seed, PinCall call) {
    if (call.livelock() != null) {
      return livelock(variant, vm, seed, call);
    }
    StringBuilder story = new StringBuilder();
    story.append("%s, seed %d: VM %s failed with %s at %.6f s, in the pin of pages %d to %d on CPU %d.%n"
        .formatted(variant.name(), seed, vm, Errno.text(call.outcome()), call.endNanos() / 1e9, call.firstPage(),
            call.firstPage() + call.pages() - 1, call.cpu()));
    if (call.blamedPfn() < 0) {
      return story.append(call.failed() > 0
          ? "  No page was left outside CMA and ZONE_MOVABLE to migrate to.\n" : "  No page could be allocated.\n").toString();
    }
    story.append("  %d of its pages had to leave CMA or ZONE_MOVABLE; %d moved, %d did not.%n"
        .formatted(call.migrated() + call.failed(), call.migrated(), call.failed()));
    story.append("  To blame: folio 0x%x with %d unexpected reference%s".formatted(call.blamedPfn(), call.unexpectedReferences(),
        call.unexpectedReferences() == 1 ? "" : "s"));
    if (call.blamedCpu() < 0) {
      story.append(", of no batch: somebody else holds it.\n");
      return story.toString();
    }
    BatchKind kind = BatchKind.of(call.blamedKind());
    story.append(", held by the %s batch of CPU %d%s.%n".formatted(kind.kernelName(), call.blamedCpu(),
        call.blamedCpu() == call.cpu() ? ", the CPU that pins" : ""));
    return story.append("  ").append(why(variant, kind, call)).append('\n').toString();
  }

  private static String livelock(KernelVariant variant, String vm, long seed, PinCall call) {
    Livelock livelock = call.livelock();
    String story = "%s, seed %d: livelock: task %d of CPU %d (VM %s) has gone round %d times in __gup_longterm_locked() by %.6f s, for "
        .formatted(variant.name(), seed, livelock.task(), call.cpu(), vm, call.rounds(), call.endNanos() / 1e9)
        + "pages %d to %d; a kernel never ends that.%n".formatted(call.firstPage(), call.firstPage() + call.pages() - 1);
    if (livelock.movedPages() == 0) {
      return story + "  Pages that may not be pinned where they are were never on the LRU, so there was nothing to move.\n";
    }
    story += "  The same %d pages moved in each of the last %d rounds, each time %s, the last time from 0x%x to 0x%x.%n"
        .formatted(livelock.movedPages(), livelock.sameRounds(), livelock.inCma() ? "from CMA to CMA"
            : "to where they may not be pinned", livelock.fromPfn(), livelock.toPfn());
    return livelock.inCma() && variant.thpPcpLists() == 1
        ? story + "  Each CPU has one list of free THPs, so that a request that may not have CMA gets the THP that was freed last, and "
            + "that is the one it came from (bf14ed81f571 gave unmovable requests a list of their own).\n" : story;
  }

  private static String why(KernelVariant variant, BatchKind kind, PinCall call) {
    String drains = call.allDrains() > 0 ? "The call had spent its one drain of all CPUs before that folio was queued. " : "";
    DrainRule rule = variant.drainRule();
    if (rule instanceof DrainRules.LruFlag) {
      if (kind == BatchKind.MLOCK) {
        return drains + "The rule drains only for a folio with PG_lru clear; a folio in an mlock batch keeps PG_lru set, so "
            + "nobody drained it, and isolation worked but migration did not.";
      }
      return drains + "The rule drains only for a folio with PG_lru clear; in this kernel a folio keeps PG_lru set while "
          + "it waits in that batch, so nobody drained it, and isolation worked but migration did not.";
    }
    return drains.isEmpty() ? "The rule " + rule.name() + " (" + rule.source() + ") saw no reason to drain." : drains;
  }
}
