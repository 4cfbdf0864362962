package pinfold.kernel.cpu;

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
 */
final class GupLongterm extends Frame implements HoldsFolios {
  private static final int LIVELOCK_ROUNDS = 1000;

  private final int space;
  private final int firstPage;
  private final int pages;
  private final boolean touch;
  private final LongList pinned = new LongList();
  private final LongList isolated = new LongList();
  private final PinRecord record;

  private int collected;
  private int outcome;
  private long lastSet;
  private int sameRounds;

  GupLongterm(int space, int firstPage, int pages, boolean touch, PinRecord record) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.touch = touch;
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
      case 5 -> cpu.ret(outcome);
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
    return cpu.call(new PageWalk(space, firstPage, pages, touch ? PageWalk.Purpose.PIN_TOUCH : PageWalk.Purpose.PIN, pinned));
  }

  private Signal pinnedAll(Cpu cpu) {
    if (cpu.result() <= 0) {
      return cpu.ret(cpu.result());
    }
    if (record.rounds == 1) {
      cpu.countHeld(pinned, record);
    }
    isolated.clear();
    at = 2;
    return cpu.call(new Collect(pinned, isolated, record));
  }

  private Signal decide(Cpu cpu) {
    collected = (int) cpu.result();
    record.collected = Math.max(record.collected, collected);
    boolean clean = cpu.variant().emptyListIsSuccess() ? isolated.isEmpty() : collected == 0;
    if (clean) {
      record.leftUnpinnable = collected;
      return cpu.ret(pinned.size());
    }
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
    long set = collected * 31L + isolated.size();
    sameRounds = set == lastSet && isolated.isEmpty() ? sameRounds + 1 : 0;
    lastSet = set;
    if (sameRounds >= LIVELOCK_ROUNDS) {
      return cpu.ret(-Errno.LIVELOCK);
    }
    at = 0;
    return Signal.PREEMPTIBLE;
  }
}
