package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;
import pinfold.kernel.folio.LongList;

/**
 * IORING_REGISTER_BUFFERS of one buffer (io_uring/rsrc.c: io_pin_pages(), 6.12): one pin call over all of it. A partial result is
 * given back and becomes -EFAULT. Returns 0 or a negative errno.
 */
final class RegisterBuffer extends Frame {
  private final int space;
  private final int firstPage;
  private final int pages;
  /** Receives what was pinned; null: unregistered at once when it succeeded. */
  private final LongList keep;
  private final PinRecord record = new PinRecord();
  private final PinUserPagesFast pin;
  private long startNanos;
  private long outcome;

  /** @param keep receives what was pinned; null to unregister at once */
  RegisterBuffer(int space, int firstPage, int pages, LongList keep) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.keep = keep;
    this.pin = new PinUserPagesFast(space, firstPage, pages, record);
  }

  @Override
  protected Signal step(Cpu cpu) {
    switch (at) {
      case 0 -> {
        cpu.spend(Cost.SYSCALL);
        startNanos = cpu.clockNanos();
        at = 1;
        return cpu.call(pin);
      }
      case 1 -> {
        long got = cpu.result();
        outcome = got == pages ? 0 : got > 0 ? -Errno.EFAULT : got;
        record.report(cpu, space, firstPage, pages, outcome, startNanos);
        at = 2;
        if (got == pages && keep != null) {
          keep.addAll(pin.pinned().words(), 0, pin.pinned().size());
          cpu.handHeld().keepPins(space, keep);
          return Signal.RUN;
        }
        return got > 0 ? cpu.call(new Unpin(pin.pinned())) : Signal.RUN;
      }
      default -> {
        return cpu.ret(outcome);
      }
    }
  }
}
