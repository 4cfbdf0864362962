package pinfold.scenario.recorded;

/**
 * One operation of a recorded script. {@link #text()} is exactly what the file says, so a parsed script prints back unchanged.
 */
public sealed interface Op {

  /** The operation as the script writes it. */
  String text();

  /** CPU {@code cpu} writes one byte to every page of the mapping. */
  record FaultAll(int cpu) implements Op {
    @Override
    public String text() {
      return "F" + cpu;
    }
  }

  /** CPU {@code cpu} writes one byte to each of these pages; absent ones are faulted in. */
  record Fault(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "F" + cpu + ":" + pages;
    }
  }

  /** CPU {@code cpu} reads these pages through /proc/self/mem: one folio_mark_accessed per page. */
  record Touch(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "T" + cpu + ":" + pages;
    }
  }

  /** madvise(MADV_FREE). */
  record Free(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "L" + cpu + ":" + pages;
    }
  }

  /** madvise(MADV_COLD). */
  record Cold(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "C" + cpu + ":" + pages;
    }
  }

  /** lru_add_drain on one CPU. */
  record DrainCpu(int cpu) implements Op {
    @Override
    public String text() {
      return "D" + cpu;
    }
  }

  /** lru_add_drain on every CPU in turn, lowest first. */
  record DrainAll() implements Op {
    @Override
    public String text() {
      return "DA";
    }
  }

  /** madvise(MADV_POPULATE_WRITE). */
  record Populate(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "P" + cpu + ":" + pages;
    }
  }

  /** mlock. */
  record Mlock(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "M" + cpu + ":" + pages;
    }
  }

  /** mlock2(MLOCK_ONFAULT). */
  record MlockOnFault(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "N" + cpu + ":" + pages;
    }
  }

  /** munlock. */
  record Munlock(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "U" + cpu + ":" + pages;
    }
  }

  /** CPU {@code cpu} writes to {@code count} fresh small pages of another private anonymous mapping, which is not locked. */
  record FaultElsewhere(int cpu, int count) implements Op {
    @Override
    public String text() {
      return "E" + cpu + ":" + count;
    }
  }

  /** madvise(MADV_DONTNEED). */
  record DontNeed(int cpu, PageRange pages) implements Op {
    @Override
    public String text() {
      return "X" + cpu + ":" + pages;
    }
  }

  /**
   * A long-term pin through io_uring, released at once if it succeeds.
   *
   * @param expectedRc what the recorded pin returned: 0 or a negative errno
   */
  record Pin(int cpu, PageRange pages, int expectedRc) implements Op {
    @Override
    public String text() {
      return "G" + cpu + ":" + pages + "=" + expectedRc;
    }
  }
}
