package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.zone.CompactMessages;

/** isolate_freepages() by the zone, on behalf of compaction_alloc() (mm/compaction.c, 6.12). Returns a page, or -1. */
final class IsolateFreePages extends Frame {
  private final CompactionPages pages;
  private final int order;

  IsolateFreePages(CompactionPages pages, int order) {
    this.pages = pages;
    this.order = order;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 0) {
      at = 1;
      CompactMessages.add(cpu.request(cpu.directory().zone(pages.zone), Messages.COMPACT_FREE), pages.request)
          .add(pages.migratePfn).add(pages.freePfn).add(Math.max(1, pages.wanted)).close();
      return Signal.BUSY;
    }
    pages.freePfn = (int) cpu.reply(0);
    for (int i = 1; i < cpu.replyLength(); i++) {
      pages.add(cpu.reply(i));
    }
    return cpu.ret(pages.take(cpu, cpu.node(), order));
  }
}
