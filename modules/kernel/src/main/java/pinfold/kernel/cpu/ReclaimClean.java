package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * reclaim_clean_pages_from_list() (mm/vmscan.c, 6.12): isolated folios of the file lists that are clean are dropped, lazily freed
 * anonymous ones and page cache, mapped or not. What somebody else holds stays isolated; a lazyfree folio that was written to
 * stays for good. All folios are of one node and small.
 */
final class ReclaimClean extends Frame implements HoldsFolios {
  private final LongList isolated;
  private final LongList clean;
  private final Mappings mappings = new Mappings();
  private boolean[] replaced;
  private final int[] maps;
  private final int[] flags;
  private int cursor;
  private int segmentEnd;

  /**
   * @param isolated what is dropped leaves this list
   * @param clean those that may be dropped; what may not be tried again leaves this list as well
   */
  ReclaimClean(LongList isolated, LongList clean) {
    this.isolated = isolated;
    this.clean = clean;
    this.maps = new int[clean.size()];
    this.flags = new int[clean.size()];
  }

  @Override
  public void report(Holdings to) {
    for (int i = 0; i < clean.size(); i++) {
      to.inMotion(MigratePages.pfn(clean.get(i)));
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        for (int i = 0; i < clean.size(); i++) {
          mappings.add(cpu, clean.get(i), i);
        }
        replaced = new boolean[mappings.size()];
        at = 4;
        yield Signal.RUN;
      }
      case 4 -> unmap(cpu);
      case 1 -> unmapped(cpu);
      case 2 -> {
        for (int i = 0; i < clean.size(); i++) {
          cpu.ops().add(BurstOp.DISCARD.word(MigratePages.pfn(clean.get(i)), maps[i] | flags[i]));
        }
        at = 3;
        yield cpu.sendBurst(cpu.directory().nodeOfPfn(MigratePages.pfn(clean.get(0))), 0, Progress.NONE, 0, 0);
      }
      default -> discarded(cpu);
    };
  }

  /** try_to_unmap(), one request per run of one address space. */
  private Signal unmap(Cpu cpu) {
    if (cursor == mappings.size()) {
      at = 2;
      return Signal.RUN;
    }
    segmentEnd = mappings.endOfNeighbours(cursor);
    EventBatch out = cpu.request(cpu.directory().space(mappings.space(cursor)), Messages.MIGRATE_UNMAP);
    for (int i = cursor; i < segmentEnd; i++) {
      out.add((long) mappings.page(i) << 32 | MigratePages.pfn(clean.get(mappings.folio(i))));
    }
    out.close();
    at = 1;
    return Signal.BUSY;
  }

  private Signal unmapped(Cpu cpu) {
    for (int i = cursor; i < segmentEnd; i++) {
      long result = cpu.reply(i - cursor);
      int folio = mappings.folio(i);
      replaced[i] = (result & 1) != 0;
      if (replaced[i]) {
        maps[folio]++;
        boolean dirty = (result & 4) == 0 && MigratePages.anonymous(clean.get(folio));
        flags[folio] |= ((result & 2) != 0 ? BurstOp.VMA_LOCKED : 0) | (dirty ? BurstOp.PTE_DIRTY : 0);
      }
    }
    cursor = segmentEnd;
    at = 4;
    return Signal.RUN;
  }

  /** Entries of what is gone are cleared, those of what stays come back; the page cache forgets what is gone. */
  private Signal discarded(Cpu cpu) {
    for (int m = mappings.size() - 1; m >= 0; m--) {
      int folio = mappings.folio(m);
      if (replaced[m]) {
        cpu.tell(cpu.directory().space(mappings.space(m)), Messages.MIGRATE_REMAP)
            .add((long) mappings.page(m) << 32 | (cpu.burstResult(folio) == 1 ? 0 : MigratePages.pfn(clean.get(folio)))).close();
      }
    }
    for (int i = clean.size() - 1; i >= 0; i--) {
      long folio = clean.get(i);
      boolean gone = cpu.burstResult(i) == 1;
      boolean anonymous = MigratePages.anonymous(folio);
      if (!anonymous && gone) {
        MigratePages.removeFromCache(cpu, folio, 0);
      }
      if (gone) {
        removeIsolated(folio);
      }
      if (gone || anonymous) {
        clean.remove(i);
      }
    }
    return cpu.ret(0);
  }

  private void removeIsolated(long folio) {
    for (int i = 0; i < isolated.size(); i++) {
      if (isolated.get(i) == folio) {
        isolated.remove(i);
        return;
      }
    }
  }
}
