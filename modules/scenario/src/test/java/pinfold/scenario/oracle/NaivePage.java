package pinfold.scenario.oracle;

/** One folio: its flags, its reference count, and where it is mapped. */
final class NaivePage {

  /** 1, or 512 for a folio of 2 MiB. */
  final int pages;
  /** Anonymous, or shmem. */
  final boolean anonymous;
  /** In ZONE_MOVABLE or a CMA area, where nothing may be pinned for long. */
  final boolean movable;

  Flags flags = new Flags(false, false, false, false, false, true, 0);
  int refcount;
  int mapcount;
  boolean inPageCache;
  /** MADV_FREE made the page-table entry clean, and nobody has written through it since. */
  boolean cleanEntry;
  NaiveMapping mapping;
  int index;

  /** What batches change. An immutable value, so that the outcomes of a race can be compared. */
  record Flags(boolean lru, boolean active, boolean unevictable, boolean mlocked, boolean referenced, boolean swapbacked,
      int mlockCount) {

    Flags withLru(boolean to) {
      return new Flags(to, active, unevictable, mlocked, referenced, swapbacked, mlockCount);
    }

    Flags withActive(boolean to) {
      return new Flags(lru, to, unevictable, mlocked, referenced, swapbacked, mlockCount);
    }

    Flags withUnevictable(boolean to) {
      return new Flags(lru, active, to, mlocked, referenced, swapbacked, mlockCount);
    }

    Flags withMlocked(boolean to) {
      return new Flags(lru, active, unevictable, to, referenced, swapbacked, mlockCount);
    }

    Flags withReferenced(boolean to) {
      return new Flags(lru, active, unevictable, mlocked, to, swapbacked, mlockCount);
    }

    Flags withSwapbacked(boolean to) {
      return new Flags(lru, active, unevictable, mlocked, referenced, to, mlockCount);
    }

    Flags withMlockCount(int to) {
      return new Flags(lru, active, unevictable, mlocked, referenced, swapbacked, to);
    }
  }

  NaivePage(int pages, boolean anonymous, boolean movable) {
    this.pages = pages;
    this.anonymous = anonymous;
    this.movable = movable;
  }

  boolean isLarge() {
    return pages > 1;
  }

  void get() {
    refcount++;
  }

  void put(int references) {
    refcount -= references;
    if (refcount < 0) {
      throw new AssertionError("more references dropped than taken: " + refcount);
    }
    if (refcount == 0 && mapcount > 0) {
      throw new AssertionError("freed while mapped");
    }
  }

  /** folio_expected_ref_count: page cache and page tables. */
  int expectedReferences() {
    return (inPageCache ? pages : 0) + mapcount;
  }

  /** PG_lru, active, unevictable, mlocked as the recordings print them. */
  int digit() {
    return (flags.lru() ? 1 : 0) | (flags.active() ? 2 : 0) | (flags.unevictable() ? 4 : 0) | (flags.mlocked() ? 8 : 0);
  }
}
