package pinfold.scenario.litmus;

import java.util.Locale;

/**
 * Folios under one name, side by side.
 *
 * @param count how many folios, at least 1
 * @param start the state in which they are when the first step runs
 */
public record NamedPages(String name, Backing backing, int count, Start start) {
  /** What the memory is. */
  public enum Backing {
    /** Private anonymous memory in 4 KiB pages. */
    ANON(1, true),
    /** A memfd, mapped shared. Each name is a file of its own. */
    MEMFD(1, true),
    /** Private anonymous memory in folios of 2 MiB. */
    THP(512, true),
    /** The page cache of a file that nobody maps. Each name is a file of its own. */
    FILE(1, false),
    /** A file in tmpfs that nobody maps. Each name is one of its own. */
    TMPFS(1, false);

    private final int folioPages;
    private final boolean mapped;

    Backing(int folioPages, boolean mapped) {
      this.folioPages = folioPages;
      this.mapped = mapped;
    }

    /** Pages of a folio. */
    public int folioPages() {
      return folioPages;
    }

    /** Whether there is an address range for it. */
    public boolean mapped() {
      return mapped;
    }

    /** Whether a file holds the pages. */
    public boolean inFile() {
      return this == MEMFD || this == FILE || this == TMPFS;
    }

    /** Whether that file is one of tmpfs. */
    public boolean shmem() {
      return this == MEMFD || this == TMPFS;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The state at the start: made by CPU 0, which leaves nothing on any batch. */
  public enum Start {
    /** Not there yet. */
    ABSENT,
    /** On an inactive list. */
    INACTIVE,
    /** The same with PG_referenced. */
    REFERENCED,
    /** On an active list, PG_referenced clear. */
    ACTIVE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a folio is called: {@code P} when there is only one, else {@code R[3]}. */
  public String nameOf(int folio) {
    return count == 1 ? name : name + "[" + folio + "]";
  }
}
