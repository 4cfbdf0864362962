package pinfold.kernel.zone;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.StateHash;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.PfnRange;

/**
 * {@code struct cma}: which pages of a CMA area its users have, one bit per page (mm/cma.c, 6.12). A bit is set from the moment
 * an allocation tries the page. The caller holds cma->lock.
 */
final class CmaArea {
  private final int startPfn;
  private final int pages;
  private final long[] bitmap;
  /** Allocations that succeeded and were not released, in order of time: first pfn << 32 | pages. */
  private final LongList allocated = new LongList();
  private long allocatedPages;

  CmaArea(PfnRange range) {
    this.startPfn = range.startPfn();
    this.pages = range.pages();
    this.bitmap = new long[(pages + 63) >>> 6];
  }

  boolean contains(int pfn) {
    return pfn >= startPfn && pfn < startPfn + pages;
  }

  /**
   * Finds the first run of clear bits and sets them (bitmap_find_next_zero_area_off(), bitmap_set()).
   *
   * @param fromPfn first page to try
   * @param align of the first pfn, in pages, a power of two
   * @return its first pfn, or -1
   */
  int reserve(int fromPfn, int count, int align) {
    int at = alignUp(Math.max(startPfn, fromPfn), align);
    while (at + count <= startPfn + pages) {
      int taken = lastTaken(at, at + count);
      if (taken < 0) {
        mark(at, count, true);
        return at;
      }
      at = alignUp(taken + 1, align);
    }
    return -1;
  }

  private static int alignUp(int pfn, int align) {
    return (pfn + align - 1) & -align;
  }

  /** The last page of a run whose bit is set, -1 when all are clear. */
  private int lastTaken(int from, int end) {
    for (int pfn = end - 1; pfn >= from; pfn--) {
      if (isReserved(pfn)) {
        return pfn;
      }
    }
    return -1;
  }

  private void mark(int from, int count, boolean taken) {
    for (int page = from - startPfn; page < from - startPfn + count; page++) {
      if (taken) {
        bitmap[page >>> 6] |= 1L << page;
      } else {
        bitmap[page >>> 6] &= ~(1L << page);
      }
    }
  }

  /** Pages that {@link #reserve} gave have left the buddy for their user. */
  void taken(int pfn, int count) {
    allocated.add((long) pfn << 32 | count);
    allocatedPages += count;
  }

  /** Bits are cleared: after a failed attempt, or when a user has given its pages back (cma_clear_bitmap()). */
  void clear(int pfn, int count) {
    mark(pfn, count, false);
    for (int i = 0; i < allocated.size(); i++) {
      if (allocated.get(i) == ((long) pfn << 32 | count)) {
        allocated.remove(i);
        allocatedPages -= count;
        return;
      }
    }
  }

  /** Whether a page's bit is set. */
  boolean isReserved(int pfn) {
    int page = pfn - startPfn;
    return (bitmap[page >>> 6] >>> page & 1) != 0;
  }

  /** What users have, in the order in which they got it. */
  List<PfnRange> allocated() {
    List<PfnRange> ranges = new ArrayList<>();
    for (int i = 0; i < allocated.size(); i++) {
      ranges.add(new PfnRange((int) (allocated.get(i) >>> 32), (int) allocated.get(i)));
    }
    return ranges;
  }

  long allocatedPages() {
    return allocatedPages;
  }

  void hashState(StateHash hash) {
    for (long word : bitmap) {
      hash.add(word);
    }
    for (int i = 0; i < allocated.size(); i++) {
      hash.add(allocated.get(i));
    }
  }
}
