package pinfold.scenario.oracle;

import pinfold.scenario.oracle.NaivePage.Flags;

/** What a batch entry asks for. The order is that of a drain; the mlock kinds share one batch. */
enum NaiveRequest {
  LRU_ADD,
  DEACTIVATE,
  LAZYFREE,
  ACTIVATE,
  /** Locked while on the LRU, or off it for a moment. */
  MLOCK_LRU,
  /** Locked and never yet on the LRU. */
  MLOCK_NEW,
  MUNLOCK;

  boolean isMlock() {
    return this == MLOCK_LRU || this == MLOCK_NEW || this == MUNLOCK;
  }

  /** PG_lru is taken at flush time; if it is gone the request is lost. */
  boolean takesLruAtFlush(NaiveRules rules) {
    return switch (this) {
      case LRU_ADD, MLOCK_NEW -> false;
      case DEACTIVATE, LAZYFREE, ACTIVATE -> !rules.clearLruAtQueue;
      case MLOCK_LRU, MUNLOCK -> true;
    };
  }

  /** The flags after the request has been carried out on a folio whose PG_lru this flush holds. */
  Flags carryOut(NaivePage page, NaiveCounters counters) {
    Flags f = page.flags;
    return switch (this) {
      case LRU_ADD -> insert(f, 0, page.pages, counters).withLru(true);
      case MLOCK_NEW -> insert(f, 1, page.pages, counters).withLru(true);
      case ACTIVATE -> {
        if (f.active() || f.unevictable()) {
          yield f.withLru(true);
        }
        counters.add(NaiveCounter.PGACTIVATE, page.pages);
        yield f.withActive(true).withLru(true);
      }
      case DEACTIVATE -> {
        if (f.unevictable() || !f.active()) {
          yield f.withLru(true);
        }
        counters.add(NaiveCounter.PGDEACTIVATE, page.pages);
        yield f.withActive(false).withReferenced(false).withLru(true);
      }
      case LAZYFREE -> {
        if (!page.anonymous || !f.swapbacked() || f.unevictable()) {
          yield f.withLru(true);
        }
        counters.add(NaiveCounter.PGLAZYFREE, page.pages);
        yield f.withActive(false).withReferenced(false).withSwapbacked(false).withLru(true);
      }
      case MLOCK_LRU -> mlock(f, page.pages, counters).withLru(true);
      case MUNLOCK -> munlock(f, page.pages, true, counters).withLru(true);
    };
  }

  /** The flags after a flush that found PG_lru gone. */
  Flags giveUp(NaivePage page, NaiveCounters counters) {
    return this == MUNLOCK ? munlock(page.flags, page.pages, false, counters) : page.flags;
  }

  private static Flags insert(Flags f, int mlockCount, int pages, NaiveCounters counters) {
    if (!f.mlocked()) {
      if (f.unevictable()) {
        counters.add(NaiveCounter.UNEVICTABLE_RESCUED, pages);
      }
      return f.withUnevictable(false);
    }
    if (!f.unevictable()) {
      counters.add(NaiveCounter.UNEVICTABLE_CULLED, pages);
    }
    return f.withActive(false).withUnevictable(true).withMlockCount(mlockCount);
  }

  private static Flags mlock(Flags f, int pages, NaiveCounters counters) {
    if (!f.mlocked()) {
      if (f.unevictable()) {
        counters.add(NaiveCounter.UNEVICTABLE_RESCUED, pages);
      }
      return f.withUnevictable(false);
    }
    if (f.unevictable()) {
      return f.withMlockCount(f.mlockCount() + 1);
    }
    counters.add(NaiveCounter.UNEVICTABLE_CULLED, pages);
    return f.withActive(false).withUnevictable(true).withMlockCount(1);
  }

  private static Flags munlock(Flags f, int pages, boolean isolated, NaiveCounters counters) {
    if (isolated && f.unevictable()) {
      f = f.withMlockCount(Math.max(0, f.mlockCount() - 1));
      if (f.mlockCount() > 0) {
        return f;
      }
    }
    if (f.mlocked()) {
      boolean stranded = !isolated && f.unevictable();
      counters.add(stranded ? NaiveCounter.UNEVICTABLE_STRANDED : NaiveCounter.UNEVICTABLE_MUNLOCKED, pages);
      f = f.withMlocked(false);
    }
    if (isolated && f.unevictable()) {
      counters.add(NaiveCounter.UNEVICTABLE_RESCUED, pages);
      f = f.withUnevictable(false);
    }
    return f;
  }
}
