package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * migrate_pages_batch() (mm/migrate.c, 6.12) over folios of one chunk: a destination for each, every mapping replaced by
 * migration entries, then as many move passes as asked for; what did not move is mapped again.
 */
final class MigrateBatch extends Frame implements HoldsFolios {
  private final LongList folios;
  private final MigrateTarget target;
  private final int passes;
  private final boolean late;
  private final int[] destinations;
  private final int[] maps;
  private final boolean[] locked;
  private final boolean[] wasMlocked;
  private final boolean[] moved;
  /** Moved, and in the swap cache. */
  private final boolean[] swapCached;
  /** Mappings to replace, and those that were. */
  private final Mappings mappings = new Mappings();
  private boolean[] replaced;
  private boolean outOfMemory;
  private long blame;
  /** Folios that the move burst under way tries, those that have a destination and did not move yet, and passes that are over. */
  private final LongList tried = new LongList();
  private int unmoved;
  private int pass;
  private int cursor;
  private int segmentEnd;
  /** A folio that a device reads and whose lock is to be waited for, less than 0 for none. */
  private int underRead = -1;
  /** The folio whose lock was waited for, so that somebody may wait behind this one. */
  private int awaited = -1;

  /** @param late the folio has been tried three times before, so that its lock is waited for ("forced" in kernels up to v6.2) */
  MigrateBatch(LongList folios, MigrateTarget target, int passes, boolean late) {
    this.folios = folios;
    this.target = target;
    this.passes = passes;
    this.late = late;
    int size = folios.size();
    this.destinations = new int[size];
    this.maps = new int[size];
    this.locked = new boolean[size];
    this.wasMlocked = new boolean[size];
    this.moved = new boolean[size];
    this.swapCached = new boolean[size];
  }

  boolean outOfMemory() {
    return outOfMemory;
  }

  boolean movedAll() {
    for (boolean one : moved) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  /** Why the last folio that did not move stayed. */
  long blame() {
    return blame;
  }

  /** Leaves in {@code list}, which must hold this batch's folios, those that did not move. */
  void keepFailed(LongList list) {
    int kept = 0;
    for (int i = 0; i < moved.length; i++) {
      if (!moved[i]) {
        list.set(kept++, list.get(i));
      }
    }
    while (list.size() > kept) {
      list.removeLast();
    }
  }

  private int pfn(int i) {
    return MigratePages.pfn(folios.get(i));
  }

  @Override
  public void report(Holdings to) {
    for (int i = 0; i < folios.size(); i++) {
      boolean freed = at == 9 || at == 8 && i < cursor;
      if (destinations[i] != 0 && !moved[i] && !freed) {
        int order = MigratePages.large(folios.get(i)) ? 9 : 0;
        boolean beingTried = at == 7 && i >= tried.get(0) && i < cursor;
        if (beingTried) {
          to.perhapsFreed(destinations[i], order, target.longterm());
        } else {
          to.allocated(destinations[i], order, target.longterm());
        }
      }
      if (!MigratePages.anonymous(folios.get(i))) {
        to.inMotion(pfn(i));
        to.inMotion(destinations[i]);
      }
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> allocate(cpu);
      case 1 -> allocated(cpu);
      case 2 -> unmapPageTables(cpu);
      case 3 -> unmapped(cpu);
      case 4 -> unmapFolios(cpu);
      case 5 -> unmappedFolios(cpu);
      case 6 -> move(cpu);
      case 7 -> movedSegment(cpu);
      case 8 -> remapFolios(cpu);
      case 9 -> remapPageTables(cpu);
      default -> throw new IllegalStateException(toString());
    };
  }

  private Signal allocate(Cpu cpu) {
    for (; cursor < folios.size(); cursor++) {
      int order = MigratePages.large(folios.get(cursor)) ? 9 : 0;
      int node = cpu.directory().nodeOfPfn(pfn(cursor));
      int page = target.take(cpu, node, order);
      if (page < 0) {
        at = 1;
        return cpu.call(target.more(node, order));
      }
      destinations[cursor] = page;
    }
    return haveDestinations(cpu);
  }

  private Signal allocated(Cpu cpu) {
    if (cpu.result() >= 0) {
      destinations[cursor++] = (int) cpu.result();
      at = 0;
      return Signal.RUN;
    }
    outOfMemory = true;
    return haveDestinations(cpu);
  }

  private Signal haveDestinations(Cpu cpu) {
    unmoved = cursor;
    for (int i = 0; i < cursor; i++) {
      mappings.add(cpu, folios.get(i), i);
    }
    replaced = new boolean[mappings.size()];
    cursor = 0;
    at = 2;
    return Signal.RUN;
  }

  private Signal unmapPageTables(Cpu cpu) {
    if (cursor == mappings.size()) {
      cursor = 0;
      at = 4;
      return Signal.RUN;
    }
    segmentEnd = mappings.endOfSpace(cursor);
    EventBatch out = cpu.request(cpu.directory().space(mappings.space(cursor)), Messages.MIGRATE_UNMAP);
    out.room(segmentEnd - cursor);
    for (int m = cursor; m < segmentEnd; m++) {
      out.add((long) mappings.page(m) << 32 | pfn(mappings.folio(m)));
    }
    out.close();
    at = 3;
    return Signal.BUSY;
  }

  private Signal unmapped(Cpu cpu) {
    for (int m = cursor; m < segmentEnd; m++) {
      long result = cpu.reply(m - cursor);
      int i = mappings.folio(m);
      replaced[m] = (result & 1) != 0;
      if (replaced[m]) {
        tracePte(cpu, TraceEvent.SET_MIGRATION_PTE, m, pfn(i));
        maps[i]++;
        locked[i] |= (result & 2) != 0;
      }
    }
    cursor = segmentEnd;
    at = 2;
    return Signal.RUN;
  }

  private void tracePte(Cpu cpu, TraceEvent event, int mapping, int pfn) {
    long address = (mappings.page(mapping) & 0xFFFFFFFFL) << 12;
    cpu.trace(event, pfn, address, MigratePages.large(folios.get(mappings.folio(mapping))) ? 9 : 0, 0);
  }

  private int argument(int i) {
    return maps[i] | (locked[i] ? BurstOp.VMA_LOCKED : 0) | (wasMlocked[i] ? BurstOp.WAS_MLOCKED : 0);
  }

  private int endOfNode(Cpu cpu, int from) {
    int node = cpu.directory().nodeOfPfn(pfn(from));
    int end = from;
    while (end < folios.size() && cpu.directory().nodeOfPfn(pfn(end)) == node) {
      end++;
    }
    return end;
  }

  private Signal unmapFolios(Cpu cpu) {
    if (underRead >= 0) {
      cpu.count(VmCounter.MIGRATE_READ_WAITS, 1);
      cpu.request(cpu.directory().node(cpu.directory().nodeOfPfn(underRead)), Messages.AWAIT_READ).add(underRead).add(1).close();
      awaited = underRead;
      underRead = -1;
      return Signal.SLEEP;
    }
    if (cursor == folios.size()) {
      cursor = 0;
      at = 6;
      return Signal.RUN;
    }
    segmentEnd = endOfNode(cpu, cursor);
    for (int i = cursor; i < segmentEnd; i++) {
      cpu.ops().add(BurstOp.MIGRATE_UNMAP.word(pfn(i), argument(i)));
    }
    at = 5;
    return cpu.sendBurst(cpu.directory().nodeOfPfn(pfn(cursor)), 0, Progress.NONE, 0, 0);
  }

  private Signal unmappedFolios(Cpu cpu) {
    for (int i = cursor; i < segmentEnd; i++) {
      wasMlocked[i] = (cpu.burstResult(i - cursor) & BurstOp.HAD_MLOCKED) != 0;
      boolean read = (cpu.burstResult(i - cursor) & BurstOp.IS_READ) != 0;
      underRead = read && late && target.waitsForReads() ? pfn(i) : underRead;
    }
    cursor = segmentEnd;
    at = 4;
    return Signal.RUN;
  }

  /**
   * A pass goes over all folios before the next begins; where one node has all that are left its burst makes all passes at once.
   */
  private Signal move(Cpu cpu) {
    tried.clear();
    int node = -1;
    for (; cursor < folios.size() && destinations[cursor] != 0; cursor++) {
      if (moved[cursor]) {
        continue;
      }
      int home = cpu.directory().nodeOfPfn(pfn(cursor));
      if (node >= 0 && home != node) {
        break;
      }
      node = home;
      tried.add(cursor);
      cpu.ops().add(BurstOp.MIGRATE_MOVE.word(pfn(cursor), argument(cursor)));
      cpu.ops().add(destinations[cursor]);
    }
    if (tried.isEmpty()) {
      return endOfPass();
    }
    at = 7;
    int burstPasses = tried.size() == unmoved ? passes - pass : 1;
    pass += burstPasses - 1;
    return cpu.sendBurst(node, late ? BurstOp.LATE_OPTION : 0, Progress.NONE, burstPasses, 0);
  }

  private Signal endOfPass() {
    pass++;
    at = pass < passes && unmoved > 0 ? 6 : 8;
    cursor = 0;
    return Signal.RUN;
  }

  private Signal movedSegment(Cpu cpu) {
    for (int t = 0; t < tried.size(); t++) {
      long result = cpu.burstResult(t);
      if ((result & BurstOp.MOVED) != 0) {
        moved[(int) tried.get(t)] = true;
        swapCached[(int) tried.get(t)] = (result & BurstOp.IN_SWAP_CACHE) != 0;
        unmoved--;
      } else {
        blame = result;
      }
    }
    at = 6;
    return Signal.RUN;
  }

  /** The folios that stayed are mapped again; their destinations are freed. */
  private Signal remapFolios(Cpu cpu) {
    int node = -1;
    for (; cursor < folios.size(); cursor++) {
      if (moved[cursor]) {
        continue;
      }
      int home = cpu.directory().nodeOfPfn(pfn(cursor));
      if (node >= 0 && home != node) {
        break;
      }
      node = home;
      cpu.ops().add(BurstOp.MIGRATE_REMAP.word(pfn(cursor), argument(cursor)));
      if (destinations[cursor] != 0) {
        target.giveBack(cpu, destinations[cursor], MigratePages.large(folios.get(cursor)) ? 9 : 0);
      }
    }
    if (cpu.ops().isEmpty()) {
      cursor = 0;
      at = 9;
      return Signal.RUN;
    }
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private Signal remapPageTables(Cpu cpu) {
    replaceInFiles(cpu);
    replaceInSwapCache(cpu);
    for (int m = 0; m < mappings.size(); ) {
      int end = mappings.endOfSpace(m);
      EventBatch out = cpu.tell(cpu.directory().space(mappings.space(m)), Messages.MIGRATE_REMAP);
      out.room(end - m);
      for (; m < end; m++) {
        int i = mappings.folio(m);
        if (replaced[m]) {
          tracePte(cpu, TraceEvent.REMOVE_MIGRATION_PTE, m, moved[i] ? destinations[i] : pfn(i));
          out.add((long) mappings.page(m) << 32 | (moved[i] ? destinations[i] : pfn(i)));
        }
      }
      out.close();
    }
    if (awaited >= 0) {
      cpu.tell(cpu.directory().node(cpu.directory().nodeOfPfn(awaited)), Messages.FOLIO_UNLOCKED).add(awaited).close();
    }
    return cpu.ret(0);
  }

  /** Those of the moved folios that are in the swap cache. */
  private void replaceInSwapCache(Cpu cpu) {
    EventBatch out = null;
    for (int i = 0; i < folios.size(); i++) {
      if (swapCached[i]) {
        out = out == null ? cpu.tell(cpu.directory().swap(), Messages.SWAP_MOVED) : out;
        out.add(folios.get(i) >>> 32 << 32 | pfn(i)).add(destinations[i]);
      }
    }
    if (out != null) {
      out.close();
    }
  }

  /** Those in the page cache take the places of the old ones in their files, a message per run of one file. */
  private void replaceInFiles(Cpu cpu) {
    EventBatch out = null;
    int file = -1;
    for (int i = 0; i < folios.size(); i++) {
      if (!moved[i] || swapCached[i] || MigratePages.anonymous(folios.get(i))) {
        continue;
      }
      int handle = MigratePages.handle(folios.get(i));
      if (out == null || cpu.rmap().owner(handle) != file) {
        if (out != null) {
          out.close();
        }
        file = cpu.rmap().owner(handle);
        out = cpu.tell(cpu.directory().file(file), Messages.FILE_MOVED);
      }
      out.add((long) cpu.rmap().page(handle) << 32 | pfn(i)).add(destinations[i]);
    }
    if (out != null) {
      out.close();
    }
  }
}
