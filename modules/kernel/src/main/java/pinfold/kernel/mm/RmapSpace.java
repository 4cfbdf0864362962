package pinfold.kernel.mm;

import java.util.ArrayList;
import java.util.List;

/**
 * Folio to mapping, in 32 bits: every address space and every file owns a range of one linear space of pages, so a
 * folio's handle says to whom it belongs and at which page, as mapping and index do together in struct folio. Fixed
 * before the run.
 */
public final class RmapSpace {
  private final List<Range> ranges = new ArrayList<>();
  private final List<FileView> fileViews = new ArrayList<>();
  private long next;

  /** One owner's range. */
  private record Range(long base, int pages, boolean file, int index, int memcg) {}

  /** A file's pages as one address space maps them. */
  public record FileView(int file, int fileFirstPage, int space, int firstPage, int pages) {}

  /**
   * Gives an address space room for {@code pages} pages; returns the handle of its page 0.
   *
   * @param memcg the memory cgroup that its pages are charged to, 0 for the root
   */
  public int addSpace(int space, int pages, int memcg) {
    return add(pages, false, space, memcg);
  }

  /** Gives a file of the root cgroup room for {@code pages} pages; returns the handle of its page 0. */
  public int addFile(int file, int pages) {
    return addFile(file, pages, 0);
  }

  /** The same of a file whose pages are charged to a memory cgroup. */
  public int addFile(int file, int pages, int memcg) {
    return add(pages, true, file, memcg);
  }

  /** Records who maps a file where. */
  public void addFileView(FileView view) {
    fileViews.add(view);
  }

  private int add(int pages, boolean file, int index, int memcg) {
    long base = next;
    next += pages;
    if (next > 1L << 32) {
      throw new IllegalArgumentException("address spaces and files together have more than 2^32 pages (16 TiB)");
    }
    ranges.add(new Range(base, pages, file, index, memcg));
    return (int) base;
  }

  private Range range(int handle) {
    long at = handle & 0xFFFFFFFFL;
    int low = 0;
    int high = ranges.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (ranges.get(middle).base <= at) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return ranges.get(low);
  }

  /** Whether the handle belongs to a file. */
  public boolean isFile(int handle) {
    return range(handle).file;
  }

  /** Number of the address space or file that owns the handle. */
  public int owner(int handle) {
    return range(handle).index;
  }

  /** The memory cgroup that the owner's pages are charged to, 0 for the root. */
  public int memcg(int handle) {
    return range(handle).memcg;
  }

  /** Pages of an address space. */
  public int spacePages(int space) {
    return range(spaceHandle(space, 0)).pages;
  }

  /** The address spaces whose pages are charged to a memory cgroup, in the order in which they were declared. */
  public List<Integer> spacesOf(int memcg) {
    return ranges.stream().filter(range -> !range.file && range.memcg == memcg).map(Range::index).toList();
  }

  /** Page within its owner. */
  public int page(int handle) {
    return (int) ((handle & 0xFFFFFFFFL) - range(handle).base);
  }

  /** Handle of page {@code page} of a file. */
  public int fileHandle(int file, int page) {
    return handle(true, file, page);
  }

  /** Pages that a file has. */
  public int filePages(int file) {
    return range(fileHandle(file, 0)).pages;
  }

  /** Handle of page {@code page} of an address space. */
  public int spaceHandle(int space, int page) {
    return handle(false, space, page);
  }

  private int handle(boolean file, int index, int page) {
    for (Range range : ranges) {
      if (range.file == file && range.index == index) {
        return (int) (range.base + page);
      }
    }
    throw new IllegalArgumentException("there is no " + (file ? "file " : "address space ") + index);
  }

  /** Whether anybody maps a file. */
  public boolean mapsFiles() {
    return !fileViews.isEmpty();
  }

  /** Those who map page {@code page} of a file, in the order in which they were declared. */
  public List<FileView> mappers(int file, int page) {
    List<FileView> mappers = new ArrayList<>();
    for (FileView view : fileViews) {
      if (view.file == file && page >= view.fileFirstPage && page < view.fileFirstPage + view.pages) {
        mappers.add(view);
      }
    }
    return mappers;
  }
}
