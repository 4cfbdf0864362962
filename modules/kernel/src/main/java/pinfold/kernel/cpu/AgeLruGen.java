package pinfold.kernel.cpu;

import java.util.List;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.variant.DrainRule.Progress;

/**
 * MGLRU's aging (mm/vmscan.c: try_to_inc_max_seq(), walk_mm(), 6.12): walks the page tables of the memory cgroup, promotes what was
 * accessed to the youngest generation, and begins the next. Every page table is walked; the kernel's Bloom filters, which spare it those
 * where it found little, are left out.
 */
final class AgeLruGen extends Frame {
  private static final int WALK_PAGES = 1 << 14;
  private static final int BURST_FOLIOS = 4096;

  private final ScanControl control;
  private final int memcg;
  private final int node;
  private final long seq;
  private final boolean canSwap;
  private final LongList accessed = new LongList();
  private int space;
  private int page;
  private int cursor;

  /** @param seq the youngest generation when the caller looked */
  AgeLruGen(ScanControl control, int node, long seq, boolean canSwap) {
    this.control = control;
    this.memcg = control.memcg;
    this.node = node;
    this.seq = seq;
    this.canSwap = canSwap;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        List<Integer> spaces = cpu.rmap().spacesOf(memcg);
        if (space == spaces.size()) {
          at = 3;
          cpu.ops().add(BurstOp.GEN_NEXT.word(0, control.argument(canSwap ? 1 : 0)));
          cpu.ops().add(seq);
          return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
        }
        cpu.request(cpu.directory().space(spaces.get(space)), Messages.AGE).add(page).add(WALK_PAGES).close();
        at = 1;
        return Signal.BUSY;
      }
      case 1 -> {
        page = (int) cpu.reply(0);
        if (page == 0) {
          space++;
        }
        accessed.clear();
        cursor = 0;
        for (int i = 1; i < cpu.replyLength(); i++) {
          if (cpu.directory().nodeOfPfn(Pte.pfn(cpu.reply(i))) == node) {
            accessed.add(Pte.pfn(cpu.reply(i)));
          }
        }
        at = 2;
        return Signal.RUN;
      }
      case 2 -> {
        if (cursor == accessed.size()) {
          at = 0;
          return Signal.PREEMPTIBLE;
        }
        int end = Math.min(accessed.size(), cursor + BURST_FOLIOS);
        for (; cursor < end; cursor++) {
          cpu.ops().add(BurstOp.GEN_PROMOTE.word((int) accessed.get(cursor), 0));
          cpu.ops().add(seq);
        }
        return cpu.sendBurst(node, 0, Progress.NONE, 0, 0);
      }
      default -> {
        return cpu.ret(0);
      }
    }
  }
}
