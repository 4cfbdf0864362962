package pinfold.kernel.cpu;

/**
 * A read or a write of whole pages of a file in tmpfs (mm/shmem.c, 6.12). Where there is swap it goes on in pieces, as the kernel does page
 * by page: the file may be larger than memory. Returns 0 or -ENOMEM.
 */
final class ShmemAccess extends Frame {
  private static final int PIECE_PAGES = 15;

  private final int file;
  private final int firstPage;
  private final int pages;
  private int done;

  ShmemAccess(int file, int firstPage, int pages) {
    this.file = file;
    this.firstPage = firstPage;
    this.pages = pages;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at == 1 && cpu.result() < 0 || done == pages) {
      return cpu.ret(at == 1 ? cpu.result() : 0);
    }
    at = 1;
    int first = firstPage + done;
    int piece = cpu.directory().hasSwap() ? Math.min(PIECE_PAGES, pages - done) : pages;
    done += piece;
    return cpu.call(new FileAccess(file, first, piece, FileAccess.Kind.SHMEM));
  }
}
