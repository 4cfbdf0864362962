package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.node.BurstOp;

/**
 * folio_referenced() (mm/rmap.c, 6.12) of isolated folios: asks the address spaces of the anonymous ones in turn for the accessed
 * bits, and clears them; then those that map the files of the others, which is tmpfs.
 */
final class References extends Frame {
  private final LongList folios;
  /** By folio: argument of {@link BurstOp#CHECK_REFERENCES}. */
  private final int[] found;
  /** What MGLRU found accessed around them, handle &lt;&lt; 32 | pfn each. */
  private final LongList around = new LongList();
  private final FileMappers mappers;
  private int cursor;
  private int end;

  /** @param folios as {@link BurstOp#COLLECT} makes them */
  References(LongList folios) {
    this.folios = folios;
    this.found = new int[folios.size()];
    this.mappers = new FileMappers(folios);
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
    if (at == 2) {
      return ofFiles(cpu);
    }
    if (at == 1) {
      for (int i = cursor; i < end; i++) {
        note(i, cpu.reply(i - cursor));
      }
      for (int i = end - cursor; i < cpu.replyLength(); i++) {
        around.add(cpu.reply(i));
      }
      cursor = end;
    }
    cursor = MigratePages.nextAnonymous(folios, cursor);
    if (cursor == folios.size()) {
      for (int i = 0; i < folios.size(); i++) {
        mappers.add(cpu, i);
      }
      at = 2;
      return mappers.ask(cpu, Messages.REFERENCED, false) ? Signal.BUSY : cpu.ret(0);
    }
    end = MigratePages.endOfSpace(cpu, folios, cursor);
    EventBatch out = cpu.request(cpu.directory().space(MigratePages.owner(cpu, folios.get(cursor))), Messages.REFERENCED);
    for (int i = cursor; i < end; i++) {
      out.add(place(cpu, folios.get(i)));
    }
    out.close();
    at = 1;
    return Signal.BUSY;
  }

  private Signal ofFiles(Cpu cpu) {
    for (int answer = 0; answer < mappers.answers(); answer++) {
      note(mappers.folioOf(answer), cpu.reply(answer));
    }
    return mappers.ask(cpu, Messages.REFERENCED, false) ? Signal.BUSY : cpu.ret(0);
  }

  private void note(int i, long reply) {
    found[i] += (reply & AddressSpace.PAGE_DONE) != 0 ? 1 : 0;
    found[i] |= (reply & AddressSpace.PAGE_LOCKED_VMA) != 0 ? BurstOp.VMA_LOCKED : 0;
    found[i] |= (reply & AddressSpace.PAGE_PASSED_OVER) != 0 ? BurstOp.PASSED_OVER : 0;
  }

  /** Page &lt;&lt; 32 | pfn of a folio. */
  static long place(Cpu cpu, long folio) {
    return (long) cpu.rmap().page(MigratePages.handle(folio)) << 32 | MigratePages.pfn(folio);
  }
}
