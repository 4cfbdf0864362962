package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.LongList;

/**
 * VFIO_IOMMU_MAP_DMA (drivers/vfio/vfio_iommu_type1.c: vfio_pin_map_dma(), 6.12): pins and maps 512 pages a call; an error gives
 * back all that this mapping had pinned. Returns 0 or a negative errno.
 */
final class VfioMap extends Frame {
  /** VFIO_BATCH_MAX_CAPACITY: a page of page pointers. */
  static final int BATCH_PAGES = 512;

  private final int space;
  private final int firstPage;
  private final int pages;
  private final LongList pinned;
  private int done;
  private PinRecord record;
  private GupLongterm gup;
  private long startNanos;
  private long outcome;

  /** @param pinned receives what is pinned; empty again after an error */
  VfioMap(int space, int firstPage, int pages, LongList pinned) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.pinned = pinned;
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        if (done == pages) {
          return cpu.ret(0);
        }
        if (cpu.isKilled()) {
          outcome = -Errno.EINTR;
          at = 2;
          return cpu.call(new Unpin(pinned));
        }
        record = new PinRecord();
        startNanos = cpu.clockNanos();
        gup = new GupLongterm(space, firstPage + done, Math.min(BATCH_PAGES, pages - done), true, false, record);
        at = 1;
        return cpu.call(gup);
      }
      case 1 -> {
        long got = cpu.result();
        int wanted = Math.min(BATCH_PAGES, pages - done);
        record.report(cpu, space, firstPage + done, wanted, got > 0 ? 0 : got, startNanos);
        if (got <= 0) {
          outcome = got;
          at = 2;
          return cpu.call(new Unpin(pinned));
        }
        pinned.addAll(gup.pinned().words(), 0, gup.pinned().size());
        cpu.handHeld().keepPins(space, pinned);
        cpu.spend(got * cpu.cost(Cost.VFIO_MAP_PAGE));
        done += (int) got;
        at = 0;
        return Signal.PREEMPTIBLE;
      }
      default -> {
        cpu.handHeld().dropPins(pinned);
        return cpu.ret(outcome);
      }
    }
  }
}
