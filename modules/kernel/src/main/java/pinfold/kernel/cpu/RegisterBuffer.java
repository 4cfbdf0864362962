package pinfold.kernel.cpu;

import pinfold.kernel.cost.Cost;

/**
 * IORING_REGISTER_BUFFERS of one buffer (io_uring/rsrc.c: io_pin_pages(), 6.12): one pin call over all of it. A partial result is
 * given back and becomes -EFAULT. Returns 0 or a negative errno.
 */
final class RegisterBuffer extends Frame {
  private final int space;
  private final int firstPage;
  private final int pages;
  private final boolean release;
  private final PinRecord record = new PinRecord();
  private final PinUserPagesFast pin;
  private long startNanos;
  private long outcome;

  /** @param release unregister at once when it succeeded */
  RegisterBuffer(int space, int firstPage, int pages, boolean release) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.release = release;
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
        return got > 0 && (got < pages || release) ? cpu.call(new Unpin(pin.pinned())) : Signal.RUN;
      }
      default -> {
        return cpu.ret(outcome);
      }
    }
  }
}
