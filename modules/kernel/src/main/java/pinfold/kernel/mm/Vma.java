package pinfold.kernel.mm;

/**
 * A run of an address space with one set of attributes, in pages.
 *
 * @param file number of the file that it maps shared, -1 for private anonymous memory
 * @param filePage page of the file at {@code start}
 * @param locked VM_LOCKED
 * @param onFault VM_LOCKONFAULT
 * @param huge a fault may map 2 MiB at once
 * @param copiesFile a fault for a write copies a page of the page cache (MAP_PRIVATE of a file): anonymous memory but for that. The file's
 * own pages are taken to be in the page cache all the time, and are not modelled
 */
public record Vma(int start, int pages, int file, int filePage, boolean locked, boolean onFault, boolean huge, boolean copiesFile) {
  static final int LOCKED = 1;
  static final int ON_FAULT = 2;
  static final int HUGE = 4;
  static final int COPIES_FILE = 8;

  public static Vma anonymous(int start, int pages, boolean huge) {
    return new Vma(start, pages, -1, 0, false, false, huge, false);
  }

  public static Vma privateFile(int start, int pages) {
    return new Vma(start, pages, -1, 0, false, false, false, true);
  }

  public static Vma shared(int start, int pages, int file, int filePage) {
    return new Vma(start, pages, file, filePage, false, false, false, false);
  }

  public int end() {
    return start + pages;
  }

  boolean contains(int page) {
    return page >= start && page < start + pages;
  }

  /** The part [from, to) of it. */
  Vma part(int from, int to) {
    return new Vma(from, to - from, file, filePage + from - start, locked, onFault, huge, copiesFile);
  }

  Vma withLock(boolean nowLocked, boolean nowOnFault) {
    return new Vma(start, pages, file, filePage, nowLocked, nowOnFault, huge, copiesFile);
  }

  /** Whether the next one begins where this one ends, in memory and in the file, and has the same attributes. */
  boolean continuesIn(Vma next) {
    return next.start == end() && next.word() == word() && (file < 0 || next.filePage == filePage + pages);
  }

  /** This one and the next, see {@link #continuesIn}, as one. */
  Vma with(Vma next) {
    return new Vma(start, pages + next.pages, file, filePage, locked, onFault, huge, copiesFile);
  }

  /** Attributes as messages carry them: flags, file + 1 in the upper half. */
  long word() {
    return (long) (file + 1) << 32 | (locked ? LOCKED : 0) | (onFault ? ON_FAULT : 0) | (huge ? HUGE : 0)
        | (copiesFile ? COPIES_FILE : 0);
  }

  public static boolean locked(long word) {
    return (word & LOCKED) != 0;
  }

  public static boolean onFault(long word) {
    return (word & ON_FAULT) != 0;
  }

  public static boolean huge(long word) {
    return (word & HUGE) != 0;
  }

  public static boolean copiesFile(long word) {
    return (word & COPIES_FILE) != 0;
  }

  /** File of a {@link #word()}, -1 for anonymous memory. */
  public static int file(long word) {
    return (int) (word >>> 32) - 1;
  }
}
