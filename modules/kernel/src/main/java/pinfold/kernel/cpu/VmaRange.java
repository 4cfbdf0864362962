package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.folio.LongList;

/** Asks an address space for its VMAs within a range and keeps the answer, by address. */
final class VmaRange {
  private final int space;
  private final int firstPage;
  private final int pages;
  private final LongList parts = new LongList();

  VmaRange(int space, int firstPage, int pages) {
    this.space = space;
    this.firstPage = firstPage;
    this.pages = pages;
  }

  /** @param mmapLock what to do with mmap_lock first, see {@link pinfold.kernel.mm.AddressSpace#MMAP_READ} and the others */
  void ask(Cpu cpu, int mmapLock) {
    cpu.request(cpu.directory().space(space), Messages.VMAS).add(firstPage).add(pages).add(mmapLock).close();
  }

  void take(Cpu cpu) {
    parts.clear();
    for (int i = 0; i < cpu.replyLength(); i++) {
      parts.add(cpu.reply(i));
    }
  }

  int size() {
    return parts.size() / 2;
  }

  int space() {
    return space;
  }

  /** First page of part {@code i}. */
  int start(int i) {
    return (int) (parts.get(2 * i) >>> 32);
  }

  int pages(int i) {
    return (int) parts.get(2 * i);
  }

  /** Attributes, see {@link pinfold.kernel.mm.Vma#word}. */
  long word(int i) {
    return parts.get(2 * i + 1);
  }
}
