package pinfold.kernel.cpu;

/** A walk and nothing else: a user's writes, or reads through /proc/pid/mem, which touch each page. */
final class Touch extends Frame {
  private static final int CHUNK = 512;

  private final int space;
  private final int firstPage;
  private final int pages;
  private final PageWalk.Purpose purpose;
  private int done;

  Touch(int space, int firstPage, int pages, PageWalk.Purpose purpose) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
    this.purpose = purpose;
  }

  @Override
  protected boolean mayDie() {
    return true;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1) {
      if (cpu.result() == -Errno.ENOMEM && purpose == PageWalk.Purpose.FAULT && cpu.directory().reclaimSpec().isOn() && !cpu.isKilled()) {
        // pagefault_out_of_memory(): the access is tried again.
        at = 0;
        return Signal.PREEMPTIBLE;
      }
      if (cpu.result() <= 0) {
        return cpu.ret(cpu.result());
      }
      done += (int) cpu.result();
      at = 0;
      return Signal.PREEMPTIBLE;
    }
    if (done == pages) {
      return cpu.ret(0);
    }
    if (cpu.isKilled()) {
      return cpu.ret(-Errno.EINTR);
    }
    at = 1;
    return cpu.call(new PageWalk(space, firstPage + done, Math.min(CHUNK, pages - done), purpose,
        purpose == PageWalk.Purpose.FAULT ? PageWalk.Mmap.HELD : PageWalk.Mmap.TAKE_AND_GIVE, null));
  }
}
