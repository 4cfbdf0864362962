package pinfold.kernel.cpu;

import java.util.Arrays;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * collect_longterm_unpinnable_folios() (mm/gup.c, 6.12): each distinct consecutive folio in page order is drained for, as the
 * variant's rule says, and isolated. Returns how many may not be pinned where they are.
 *
 * <p>Isolations commute, drains do not: a folio that is isolated before a drain loses what batches hold for it. So with several
 * nodes
 * everybody is first asked how far the rule wants no drain; that much is collected node by node, the folio that wants one alone.
 */
final class Collect extends Frame implements HoldsFolios {
  private final LongList pinned;
  private final LongList isolated;
  private final PinRecord record;
  /** Positions in {@link #pinned} of distinct consecutive folios: the turns. */
  private final LongList turns = new LongList();
  /** Turns of one node, and how many of them are over. */
  private final LongList positions = new LongList();
  private int over;
  private boolean oneNode;
  private int cursor;
  private int limit;
  private int node;
  private int collected;
  private Progress progress = Progress.NONE;

  /** @param isolated receives what could be isolated, in page order, as {@link BurstOp#COLLECT} tells it */
  Collect(LongList pinned, LongList isolated, PinRecord record) {
    this.pinned = pinned;
    this.isolated = isolated;
    this.record = record;
  }

  @Override
  public void report(Holdings to) {
    MigratePages.reportIsolated(isolated, 0, to);
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> takeTurns(cpu);
      case 1 -> nextRun(cpu);
      case 2 -> ask(cpu);
      case 3 -> asked(cpu);
      case 4 -> collect(cpu);
      case 5 -> collectDone(cpu);
      default -> throw new IllegalStateException(toString());
    };
  }

  private int pfn(int turn) {
    return Pte.pfn(pinned.get((int) turns.get(turn)));
  }

  private Signal takeTurns(Cpu cpu) {
    oneNode = true;
    for (int i = 0; i < pinned.size(); i++) {
      int pfn = Pte.pfn(pinned.get(i));
      if (i == 0 || pfn != Pte.pfn(pinned.get(i - 1))) {
        turns.add(i);
        oneNode &= cpu.directory().nodeOfPfn(pfn) == cpu.directory().nodeOfPfn(Pte.pfn(pinned.get(0)));
      }
    }
    at = 1;
    return Signal.RUN;
  }

  private Signal nextRun(Cpu cpu) {
    if (cursor == turns.size()) {
      inPageOrder();
      return cpu.ret(collected);
    }
    node = 0;
    over = 0;
    positions.clear();
    limit = turns.size();
    if (oneNode || progress == Progress.ALL) {
      at = 4;
      return Signal.RUN;
    }
    limit = firstRepeat();
    at = 2;
    return Signal.RUN;
  }

  /** A folio that comes again after others finds itself isolated, so its second turn is not asked for beforehand. */
  private int firstRepeat() {
    IntMap seen = new IntMap();
    for (int turn = 0; turn < turns.size(); turn++) {
      if (seen.getOrDefault(pfn(turn), -1) >= 0 && turn >= cursor) {
        return turn;
      }
      seen.put(pfn(turn), turn);
    }
    return turns.size();
  }

  private Signal ask(Cpu cpu) {
    for (; node < cpu.directory().nodes(); node++) {
      if (takePositions(cpu)) {
        addOps(cpu, BurstOp.ASK);
        at = 3;
        return cpu.sendBurst(node, 0, progress, 0, 0);
      }
    }
    node = 0;
    limit = Math.max(limit, cursor + 1);
    positions.clear();
    at = 4;
    return Signal.RUN;
  }

  private Signal asked(Cpu cpu) {
    if (cpu.burstStatus() != BurstStatus.DONE) {
      limit = (int) positions.get(cpu.burstStoppedAt());
    }
    node++;
    at = 2;
    return Signal.RUN;
  }

  /** Notes the turns of this node before the limit; false when there are none. */
  private boolean takePositions(Cpu cpu) {
    positions.clear();
    over = 0;
    for (int turn = cursor; turn < limit; turn++) {
      if (cpu.directory().nodeOfPfn(pfn(turn)) == node) {
        positions.add(turn);
      }
    }
    return !positions.isEmpty();
  }

  private void addOps(Cpu cpu, BurstOp op) {
    for (int i = over; i < positions.size(); i++) {
      cpu.ops().add(op.word(pfn((int) positions.get(i)), 0));
    }
  }

  private Signal collect(Cpu cpu) {
    for (; node < cpu.directory().nodes(); node++) {
      if (over < positions.size() || positions.isEmpty() && takePositions(cpu)) {
        addOps(cpu, BurstOp.COLLECT);
        at = 5;
        return cpu.sendBurst(node, 0, progress, 0, 0);
      }
      positions.clear();
    }
    cursor = limit;
    at = 1;
    return Signal.RUN;
  }

  private Signal collectDone(Cpu cpu) {
    for (int i = 0; i < cpu.burstResults(); i++) {
      isolated.add(cpu.burstResult(i));
    }
    collected += cpu.burstCollected();
    Progress before = progress;
    progress = cpu.burstProgress();
    record.noteProgress(before, progress);
    over += cpu.burstStoppedAt();
    at = 4;
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

  private void inPageOrder() {
    if (oneNode || isolated.size() < 2) {
      return;
    }
    IntMap turnOf = new IntMap();
    for (int turn = turns.size() - 1; turn >= 0; turn--) {
      turnOf.put(pfn(turn), turn);
    }
    long[] folios = Arrays.copyOf(isolated.words(), isolated.size());
    LongList order = new LongList();
    for (int i = 0; i < folios.length; i++) {
      order.add((long) turnOf.get(MigratePages.pfn(folios[i])) << 32 | i);
    }
    order.sort();
    for (int i = 0; i < folios.length; i++) {
      isolated.set(i, folios[(int) order.get(i)]);
    }
  }
}
