package pinfold.kernel.cpu;

/**
 * pin_user_pages(FOLL_LONGTERM) of a whole range in one call, or pin_user_pages_remote(), which touches what it pins (mm/gup.c,
 * 6.12). Returns 0, and then the pins stay, or a negative errno.
 */
final class PinUserPages extends Frame {
  private final int space;
  private final int firstPage;
  private final int pages;
  private final boolean touch;
  private final PinRecord record = new PinRecord();
  private GupLongterm gup;
  private long startNanos;

  PinUserPages(int space, int firstPage, int pages, boolean touch) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.touch = touch;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 0) {
      startNanos = cpu.clockNanos();
      at = 1;
      gup = new GupLongterm(space, firstPage, pages, touch, false, record);
      return cpu.call(gup);
    }
    long outcome = Math.min(0, cpu.result());
    if (outcome == 0) {
      cpu.handHeld().keepPins(space, gup.pinned());
    }
    record.report(cpu, space, firstPage, pages, outcome, startNanos);
    return cpu.ret(outcome);
  }
}
