package pinfold.kernel.cpu;

import java.util.Arrays;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.variant.DrainRule.Progress;

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

  private int cursor;
  private int node;
  /** Positions in {@link #pinned} of the current node's distinct folios. */
  private final LongList positions = new LongList();
  private int collected;
  private Progress progress;
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
      case 2 -> collect(cpu);
      case 3 -> collectDone(cpu);
      case 5 -> decide(cpu);
      case 6 -> unpinned(cpu);
      case 7 -> migrated(cpu);
      case 8 -> cpu.ret(outcome);
      default -> throw new IllegalStateException(toString());
    };
  }

  private Signal pinAll(Cpu cpu) {
    pinned.clear();
    record.rounds++;
    cpu.count(VmCounter.GUP_ROUNDS, 1);
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
    cursor = 0;
    node = 0;
    collected = 0;
    isolated.clear();
    progress = Progress.NONE;
    at = 2;
    return Signal.RUN;
  }

  /**
   * Sends one node's distinct consecutive folios to be collected, node after node: what a folio's turn does to others is a drain, and
   * those are spent once per call whoever asks first. The list of the isolated is then put into page order.
   */
  private Signal collect(Cpu cpu) {
    for (; node < cpu.directory().nodes(); node++) {
      if (cursor == 0) {
        positions.clear();
        for (int i = 0; i < pinned.size(); i++) {
          int pfn = Pte.pfn(pinned.get(i));
          if ((i == 0 || pfn != Pte.pfn(pinned.get(i - 1))) && cpu.directory().nodeOfPfn(pfn) == node) {
            positions.add(i);
          }
        }
      }
      if (cursor < positions.size()) {
        for (int i = cursor; i < positions.size(); i++) {
          cpu.ops().add(BurstOp.COLLECT.word(Pte.pfn(pinned.get((int) positions.get(i))), 0));
        }
        at = 3;
        return cpu.sendBurst(node, 0, progress, 0, 0);
      }
      cursor = 0;
    }
    inPageOrder();
    at = 5;
    return Signal.RUN;
  }

  private void inPageOrder() {
    if (isolated.size() < 2) {
      return;
    }
    IntMap positionOf = new IntMap();
    for (int i = 0; i < pinned.size(); i++) {
      if (positionOf.getOrDefault(Pte.pfn(pinned.get(i)), -1) < 0) {
        positionOf.put(Pte.pfn(pinned.get(i)), i);
      }
    }
    long[] folios = Arrays.copyOf(isolated.words(), isolated.size());
    LongList order = new LongList();
    for (int i = 0; i < folios.length; i++) {
      order.add((long) positionOf.get(MigratePages.pfn(folios[i])) << 32 | i);
    }
    order.sort();
    for (int i = 0; i < folios.length; i++) {
      isolated.set(i, folios[(int) order.get(i)]);
    }
  }

  private Signal collectDone(Cpu cpu) {
    for (int i = 0; i < cpu.burstResults(); i++) {
      isolated.add(cpu.burstResult(i));
    }
    collected += cpu.burstCollected();
    Progress before = progress;
    progress = cpu.burstProgress();
    record.noteProgress(before, progress);
    cursor += cpu.burstStoppedAt();
    at = 2;
    if (cpu.burstStatus() == BurstStatus.DONE) {
      return Signal.RUN;
    }
    collected--;
    if (cpu.burstStatus() == BurstStatus.WANTS_DRAIN_OWNER) {
      record.ownerDrains++;
      cpu.request(Directory.LRU_DRAIN, Messages.DRAIN_OWNER).add(cpu.burstArgument()).close();
      return Signal.SLEEP;
    }
    assert before != Progress.ALL : "a second drain of all CPUs in one collect call";
    record.allDrains++;
    return cpu.call(new DrainAllCpus());
  }

  private Signal decide(Cpu cpu) {
    record.collected = Math.max(record.collected, collected);
    boolean clean = cpu.variant().emptyListIsSuccess() ? isolated.isEmpty() : collected == 0;
    if (clean) {
      record.leftUnpinnable = collected;
      return cpu.ret(pinned.size());
    }
    at = 6;
    return cpu.call(new Unpin(pinned));
  }

  private Signal unpinned(Cpu cpu) {
    if (isolated.isEmpty()) {
      return again(cpu);
    }
    at = 7;
    return cpu.call(new MigratePages(isolated, PageRequest.LONGTERM, record));
  }

  private Signal migrated(Cpu cpu) {
    if (cpu.result() == 0) {
      return again(cpu);
    }
    outcome = -Errno.ENOMEM;
    at = 8;
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
