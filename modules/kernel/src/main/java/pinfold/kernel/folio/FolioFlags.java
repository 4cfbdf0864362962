package pinfold.kernel.folio;

/** Page flags as bits of one short (include/linux/page-flags.h), and the ones of our own that say what a folio is. */
public final class FolioFlags {
  public static final int LRU = 1;
  public static final int ACTIVE = 1 << 1;
  public static final int UNEVICTABLE = 1 << 2;
  public static final int MLOCKED = 1 << 3;
  public static final int REFERENCED = 1 << 4;
  public static final int SWAPBACKED = 1 << 5;
  public static final int DIRTY = 1 << 6;
  public static final int WORKINGSET = 1 << 7;
  public static final int RECLAIM = 1 << 8;
  public static final int WRITEBACK = 1 << 9;
  public static final int PRIVATE = 1 << 10;
  /** Anonymous: its rmap handle belongs to an address space, not to a file. */
  public static final int ANON = 1 << 11;
  /** Head of a 2 MiB folio. */
  public static final int LARGE = 1 << 12;
  public static final int SWAPCACHE = 1 << 13;
  /** Not a page flag: somebody took the folio off the LRU and holds it on a private list. */
  public static final int ISOLATED = 1 << 14;
  /** Not a page flag: the folio is allocated. */
  public static final int ALLOCATED = 1 << 15;

  /** What the test scripts of a recorded kernel show of a folio, in their bit order: lru, active, unevictable, mlocked. */
  public static final int RECORDED = LRU | ACTIVE | UNEVICTABLE | MLOCKED;

  private static final String[] NAMES = {
    "lru", "active", "unevictable", "mlocked", "referenced", "swapbacked", "dirty", "workingset", "reclaim", "writeback",
    "private", "anon", "large", "swapcache", "isolated", "allocated"
  };

  private FolioFlags() {}

  /** Names of the set flags, joined with {@code |}. */
  public static String text(int flags) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < NAMES.length; bit++) {
      if ((flags & 1 << bit) != 0) {
        text.append(text.isEmpty() ? "" : "|").append(NAMES[bit]);
      }
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
