package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.trace.TraceEvent;

/**
 * __gup_longterm_locked() (mm/gup.c, 6.12): pin the whole range, collect what may not be pinned there, migrate it, and begin
 * again until nothing is left to move. Returns the pages pinned (their entries are in {@link #pinned()}), or a negative errno,
 * and then no pin of the call remains.
 *
 * <p>mmap_lock is held for read over all of it, drains and migration included, where the caller does so (VFIO); with
 * FOLL_UNLOCKABLE (pin_user_pages_fast()) by each walk alone (__get_user_pages_locked()).
 */
final class GupLongterm extends Frame implements HoldsFolios {
  /** Rounds that change nothing after which it is given up; a kernel has no limit. */
  private static final int LIVELOCK_ROUNDS = 1000;

  private final int space;
  private final int firstPage;
  private final int pages;
  private final boolean touch;
  private final boolean unlockable;
  private final LongList pinned = new LongList();
  private final LongList isolated = new LongList();
  private final PinRecord record;

  private int collected;
  private int outcome;
  private final GupCircle circle = new GupCircle();
  private boolean holdsMmapLock;

  /** @param unlockable FOLL_UNLOCKABLE: mmap_lock is held by walks only */
  GupLongterm(int space, int firstPage, int pages, boolean touch, boolean unlockable, PinRecord record) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.touch = touch;
    this.unlockable = unlockable;
    this.record = record;
  }

  /** The pinned pages, as page-table entries. */
  LongList pinned() {
    return pinned;
  }

  @Override
  public void report(Holdings to) {
    to.pins(pinned, 0, false);
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> pinAll(cpu);
      case 1 -> pinnedAll(cpu);
      case 2 -> decide(cpu);
      case 3 -> unpinned(cpu);
      case 4 -> migrated(cpu);
      case 5 -> leave(cpu, outcome);
      default -> throw new IllegalStateException(toString());
    };
  }

  private Signal pinAll(Cpu cpu) {
    pinned.clear();
    record.rounds++;
    cpu.count(VmCounter.GUP_ROUNDS, 1);
    if (record.rounds == 1) {
      cpu.trace(TraceEvent.K___GUP_LONGTERM_LOCKED);
    }
    cpu.spend(Cost.GUP_CALL);
    at = 1;
    PageWalk.Mmap mmap = unlockable ? PageWalk.Mmap.TAKE_AND_GIVE : holdsMmapLock ? PageWalk.Mmap.HELD : PageWalk.Mmap.TAKE;
    holdsMmapLock = !unlockable;
    return cpu.call(new PageWalk(space, firstPage, pages, touch ? PageWalk.Purpose.PIN_TOUCH : PageWalk.Purpose.PIN, mmap,
        pinned));
  }

  private Signal leave(Cpu cpu, long result) {
    if (holdsMmapLock) {
      cpu.mmapUnlock(space);
    }
    return cpu.ret(result);
  }

  private Signal pinnedAll(Cpu cpu) {
    if (cpu.result() <= 0) {
      return leave(cpu, cpu.result());
    }
    if (record.rounds == 1) {
      cpu.countHeld(pinned, record);
      cpu.recordOccupancy();
    }
    isolated.clear();
    at = 2;
    return cpu.call(new Collect(pinned, isolated, record));
  }

  private Signal decide(Cpu cpu) {
    collected = (int) cpu.result();
    record.collected = Math.max(record.collected, collected);
    cpu.trace(TraceEvent.GUP_ROUND, 0, pair(record.rounds, pinned.size()), pair(collected, isolated.size()), 0);
    boolean clean = cpu.variant().emptyListIsSuccess() ? isolated.isEmpty() : collected == 0;
    if (clean) {
      record.leftUnpinnable = collected;
      return leave(cpu, pinned.size());
    }
    circle.nextRound(cpu.directory(), pinned, isolated, collected);
    at = 3;
    return cpu.call(new Unpin(pinned));
  }

  private Signal unpinned(Cpu cpu) {
    if (isolated.isEmpty()) {
      return again(cpu);
    }
    at = 4;
    return cpu.call(new MigratePages(isolated, PageRequest.LONGTERM, record));
  }

  private Signal migrated(Cpu cpu) {
    if (cpu.result() == 0) {
      return again(cpu);
    }
    outcome = -Errno.ENOMEM;
    at = 5;
    return cpu.call(new Putback(isolated));
  }

  private Signal again(Cpu cpu) {
    if (circle.sameRounds() >= LIVELOCK_ROUNDS) {
      record.livelock = circle;
      return leave(cpu, -Errno.LIVELOCK);
    }
    at = 0;
    return Signal.PREEMPTIBLE;
  }
}
