package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.node.BurstOp;

/**
 * folio_referenced() (mm/rmap.c, 6.12) of isolated folios: asks the address spaces that may map them in turn for the accessed
 * bits, and clears them.
 */
final class References extends Frame {
  private final LongList folios;
  /** By folio: argument of {@link BurstOp#CHECK_REFERENCES}. */
  private final int[] found;
  private Mappings mappings;
  /** What MGLRU found accessed around them, handle &lt;&lt; 32 | pfn each. */
  private final LongList around = new LongList();
  private int cursor;
  private int end;

  /** @param folios as {@link BurstOp#COLLECT} makes them */
  References(LongList folios) {
    this.folios = folios;
    this.found = new int[folios.size()];
  }

  /** What was found of folio {@code i}, as {@link BurstOp#CHECK_REFERENCES} takes it. */
  int argument(int i) {
    return found[i];
  }

  /**
   * Adds elements for what MGLRU found accessed around them, as far as it is on the node that is scanned.
   *
   * @param hasMmWalk see {@link BurstOp#HAS_MM_WALK}
   */
  void addLookArounds(Cpu cpu, int node, boolean hasMmWalk) {
    LongList ops = cpu.ops();
    for (int i = 0; i < around.size(); i++) {
      if (cpu.directory().nodeOfPfn((int) around.get(i)) != node) {
        continue;
      }
      ops.add(BurstOp.LOOK_AROUND.word((int) around.get(i), hasMmWalk ? BurstOp.HAS_MM_WALK : 0));
      ops.add(around.get(i) >>> 32);
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      for (int i = cursor; i < end; i++) {
        long reply = cpu.reply(i - cursor);
        int folio = mappings.folio(i);
        found[folio] += (reply & AddressSpace.PAGE_DONE) != 0 ? 1 : 0;
        found[folio] |= (reply & AddressSpace.PAGE_LOCKED_VMA) != 0 ? BurstOp.VMA_LOCKED : 0;
        found[folio] |= (reply & AddressSpace.PAGE_PASSED_OVER) != 0 ? BurstOp.PASSED_OVER : 0;
      }
      for (int i = end - cursor; i < cpu.replyLength(); i++) {
        around.add(cpu.reply(i));
      }
      cursor = end;
    }
    if (at == 0) {
      mappings = Mappings.of(cpu, folios);
    }
    if (cursor == mappings.size()) {
      return cpu.ret(0);
    }
    end = mappings.endOfNeighbours(cursor);
    EventBatch out = cpu.request(cpu.directory().space(mappings.space(cursor)), Messages.REFERENCED);
    for (int i = cursor; i < end; i++) {
      out.add((long) mappings.page(i) << 32 | MigratePages.pfn(folios.get(mappings.folio(i))));
    }
    out.close();
    at = 1;
    return Signal.BUSY;
  }

  /** Page &lt;&lt; 32 | pfn of a folio. */
  static long place(Cpu cpu, long folio) {
    return (long) cpu.rmap().page(MigratePages.handle(folio)) << 32 | MigratePages.pfn(folio);
  }
}
