package pinfold.scenario.litmus;

import java.util.List;
import pinfold.kernel.folio.FolioFlags;

/** What can be said about a folio, as a number. Flags are 1 when set. */
public enum FolioProperty {
  /** In a page table or, of a file that nobody maps, in the page cache. */
  PRESENT("present"),
  /** A swap entry is in its place in the page table or, of a file in tmpfs, in the page cache. */
  SWAPPED("swapped"),
  LRU("lru", FolioFlags.LRU),
  ACTIVE("active", FolioFlags.ACTIVE),
  UNEVICTABLE("unevictable", FolioFlags.UNEVICTABLE),
  MLOCKED("mlocked", FolioFlags.MLOCKED),
  REFERENCED("referenced", FolioFlags.REFERENCED),
  DIRTY("dirty", FolioFlags.DIRTY),
  SWAPBACKED("swapbacked", FolioFlags.SWAPBACKED),
  WORKINGSET("workingset", FolioFlags.WORKINGSET),
  SWAPCACHE("swapcache", FolioFlags.SWAPCACHE),
  WRITEBACK("writeback", FolioFlags.WRITEBACK),
  /** PG_reclaim. */
  RECLAIM("reclaim", FolioFlags.RECLAIM),
  ISOLATED("isolated", FolioFlags.ISOLATED),
  LARGE("large", FolioFlags.LARGE),
  REFCOUNT("refcount"),
  MAPCOUNT("mapcount"),
  PINS("pins"),
  MLOCK_COUNT("mlock-count"),
  /** Entries of all batches of all CPUs that hold it. */
  ENTRIES("entries"),
  /** The list that its flags call for, {@code none} while PG_lru is clear. */
  LIST("list", List.of("none", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable")),
  /** How many folios of its list are newer. */
  FROM_HEAD("from-head"),
  /** How many folios of its list are older. */
  FROM_TAIL("from-tail"),
  /** What memory it is in, as far as long-term pins care. */
  PLACE("place", List.of("normal", "cma", "movable")),
  NODE("node"),
  /** Not the folio that the name meant at the last mark. */
  MOVED("moved"),
  /** Pinned where it may not be pinned long-term. */
  TRAPPED("trapped");

  private final String word;
  private final int flag;
  private final List<String> names;

  FolioProperty(String word) {
    this(word, 0, List.of());
  }

  FolioProperty(String word, int flag) {
    this(word, flag, List.of());
  }

  FolioProperty(String word, List<String> names) {
    this(word, 0, names);
  }

  FolioProperty(String word, int flag, List<String> names) {
    this.word = word;
    this.flag = flag;
    this.names = names;
  }

  /** As files write it. */
  public String word() {
    return word;
  }

  /** The page flag that it stands for, 0 if it is none. */
  int flag() {
    return flag;
  }

  /** Names of its values, from 0; empty if they are just numbers. */
  List<String> names() {
    return names;
  }

  /** A value as files write it. */
  String show(long value) {
    return names.isEmpty() ? Long.toString(value) : names.get((int) value);
  }
}
