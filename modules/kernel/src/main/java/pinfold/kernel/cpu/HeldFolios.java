package pinfold.kernel.cpu;

import pinfold.kernel.folio.LongList;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * Does something to folios one after the other, as kernel code does that holds pointers to them and needs no page table.
 * Returns how many results the operation gave, which for {@link BurstOp#ISOLATE} is how many folios it got.
 */
final class HeldFolios extends Frame {
  private static final int BURST_FOLIOS = 4096;

  private final long[] words;
  private final LongList results;
  private final boolean byHand;
  private int cursor;
  private int segmentStart;

  /**
   * @param words elements of a burst, see {@link BurstOp#word}; none may be followed by a second word
   * @param results receives what the operation answers
   * @param byHand a script does it, so that what it takes stays taken when this call is over
   */
  HeldFolios(long[] words, LongList results, boolean byHand) {
    this.words = words;
    this.results = results;
    this.byHand = byHand;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      for (int i = 0; i < cpu.burstResults(); i++) {
        results.add(cpu.burstResult(i));
      }
      remember(cpu);
    }
    if (cursor == words.length) {
      return cpu.ret(results.size());
    }
    segmentStart = cursor;
    int node = node(cpu, cursor);
    int end = Math.min(words.length, cursor + BURST_FOLIOS);
    while (cursor < end && node(cpu, cursor) == node) {
      cpu.ops().add(words[cursor++]);
    }
    at = 1;
    return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
  }

  private void remember(Cpu cpu) {
    for (int i = segmentStart; byHand && i < cursor; i++) {
      cpu.handHeld().did(words[i]);
    }
    for (int i = 0; byHand && i < cpu.burstResults(); i++) {
      cpu.handHeld().isolated(MigratePages.pfn(cpu.burstResult(i)));
    }
  }

  private int node(Cpu cpu, int element) {
    return cpu.directory().nodeOfPfn(BurstOp.pfn(words[element]));
  }
}
