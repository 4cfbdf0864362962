package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;

/**
 * pin_user_pages_fast(FOLL_LONGTERM) (mm/gup.c, 6.12): gup-fast as far as it gets, the slow path with FOLL_TOUCH for all the
 * rest. Returns the pages pinned, which are in {@link #pinned()}, or a negative errno when there are none.
 */
final class PinUserPagesFast extends Frame implements HoldsFolios {
  private final int space;
  private final int firstPage;
  private final int pages;
  private final LongList pinned = new LongList();
  private final PinRecord record;
  private GupLongterm slow;

  PinUserPagesFast(int space, int firstPage, int pages, PinRecord record) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.record = record;
  }

  LongList pinned() {
    return pinned;
  }

  @Override
  public void report(Holdings to) {
    to.pins(pinned, 0, false);
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.spend(Cost.GUP_CALL);
        at = 1;
        return cpu.call(new PageWalk(space, firstPage, pages, PageWalk.Purpose.PIN_FAST, PageWalk.Mmap.HELD, pinned));
      }
      case 1 -> {
        if (pinned.size() == pages) {
          return cpu.ret(pages);
        }
        slow = new GupLongterm(space, firstPage + pinned.size(), pages - pinned.size(), true, true, record);
        at = 2;
        return cpu.call(slow);
      }
      default -> {
        if (cpu.result() > 0) {
          pinned.addAll(slow.pinned().words(), 0, slow.pinned().size());
          return cpu.ret(pinned.size());
        }
        return cpu.ret(pinned.isEmpty() ? cpu.result() : pinned.size());
      }
    }
  }
}
