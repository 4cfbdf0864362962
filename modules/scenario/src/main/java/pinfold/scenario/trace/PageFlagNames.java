package pinfold.scenario.trace;

import pinfold.kernel.trace.PageFlags;

/** Page flags by the names that the kernel's traces give them (include/trace/events/mmflags.h). */
public final class PageFlagNames {
  /** In the order in which the kernel lists them. */
  private static final long[] FLAGS = {PageFlags.REFERENCED, PageFlags.UPTODATE, PageFlags.DIRTY, PageFlags.LRU, PageFlags.ACTIVE,
      PageFlags.WORKINGSET, PageFlags.OWNER_2, PageFlags.PRIVATE, PageFlags.WRITEBACK, PageFlags.HEAD, PageFlags.RECLAIM,
      PageFlags.SWAPBACKED, PageFlags.UNEVICTABLE, PageFlags.MLOCKED};
  private static final String[] NAMES = {"referenced", "uptodate", "dirty", "lru", "active", "workingset", "owner_2",
      "private", "writeback", "head", "reclaim", "swapbacked", "unevictable", "mlocked"};

  /** All flags that have a name. */
  public static final long ALL = all();

  private PageFlagNames() {}

  private static long all() {
    long all = 0;
    for (long flag : FLAGS) {
      all |= flag;
    }
    return all;
  }

  /** The set flags of a word of {@link PageFlags#word}, joined with {@code |}; {@code none} if there are none. */
  public static String text(long word) {
    StringBuilder flags = new StringBuilder();
    for (int i = 0; i < FLAGS.length; i++) {
      if ((word & FLAGS[i]) != 0) {
        flags.append(flags.isEmpty() ? "" : "|").append(NAMES[i]);
      }
    }
    return flags.isEmpty() ? "none" : flags.toString();
  }
}
