package pinfold.kernel.folio;

import pinfold.engine.StateHash;

/**
 * The folios of one node: 16 bytes per page of every section that was ever touched, nothing for the others (sections of
 * 128 MiB, allocated on first use, as sparsemem does).
 *
 * <p>A folio's record is four ints, so that one cache line holds all of it: two list links (while the folio is on no
 * list, the first says which CPU queued it; on the unevictable list it is mlock_count, as in the kernel), a word of flags,
 * plain references, mapcount and pins, and the rmap handle. Small fields that overflow spill to a side table.
 *
 * <p>Refcount as the kernel counts it = references + 1024 per pin of a small folio, + 1 per pin of a large one.
 */
public final class FolioTable {
  /** Pages per section, as a power of two: 128 MiB, SECTION_SIZE_BITS 27 on x86-64. */
  public static final int SECTION_SHIFT = 15;

  private static final int SECTION_MASK = (1 << SECTION_SHIFT) - 1;
  private static final int NEWER = 0;
  private static final int OLDER = 1;
  private static final int STATE = 2;
  private static final int HANDLE = 3;
  private static final int REFS_SHIFT = 16;
  private static final int MAPS_SHIFT = 24;
  private static final int PINS_SHIFT = 28;
  private static final int REFS_SPILL = 0xFF;
  private static final int SMALL_SPILL = 0xF;

  private final int firstPfn;
  private final int[][] sections;
  private final IntMap spilledRefs = new IntMap();
  private final IntMap spilledMaps = new IntMap();
  private final IntMap spilledPins = new IntMap();
  /** Null when nobody traces folios. */
  private final ReferenceListener listener;

  /** @param firstPfn first page of the node, a multiple of a section */
  public FolioTable(int firstPfn, int pages) {
    this(firstPfn, pages, null);
  }

  /** @param listener hears of reference counts and flags, null if nobody does */
  public FolioTable(int firstPfn, int pages, ReferenceListener listener) {
    if ((firstPfn & SECTION_MASK) != 0) {
      throw new IllegalArgumentException("node starts at pfn " + firstPfn + ", not at a section of " + (1 << SECTION_SHIFT)
          + " pages");
    }
    this.firstPfn = firstPfn;
    this.sections = new int[(pages + SECTION_MASK) >>> SECTION_SHIFT][];
    this.listener = listener;
  }

  public boolean contains(int pfn) {
    int page = pfn - firstPfn;
    return page >= 0 && page >>> SECTION_SHIFT < sections.length;
  }

  /** Section of a page that is or was in use; null where none ever was. */
  private int[] section(int pfn) {
    return sections[(pfn - firstPfn) >>> SECTION_SHIFT];
  }

  private int[] sectionForNew(int pfn) {
    int index = (pfn - firstPfn) >>> SECTION_SHIFT;
    if (sections[index] == null) {
      sections[index] = new int[4 << SECTION_SHIFT];
    }
    return sections[index];
  }

  private static int at(int pfn, int field) {
    return (pfn & SECTION_MASK) << 2 | field;
  }

  public int newer(int pfn) {
    return section(pfn)[at(pfn, NEWER)];
  }

  public int older(int pfn) {
    return section(pfn)[at(pfn, OLDER)];
  }

  /** Both links at once: newer << 32 | older. */
  public long links(int pfn) {
    int[] section = section(pfn);
    int at = at(pfn, NEWER);
    return (long) section[at] << 32 | section[at + OLDER] & 0xFFFFFFFFL;
  }

  public void setNewer(int pfn, int value) {
    section(pfn)[at(pfn, NEWER)] = value;
  }

  public void setOlder(int pfn, int value) {
    section(pfn)[at(pfn, OLDER)] = value;
  }

  /** Whether there is a folio. Everything else here may be asked only of a page that had one. */
  public boolean isAllocated(int pfn) {
    int[] section = section(pfn);
    return section != null && (section[at(pfn, STATE)] & FolioFlags.ALLOCATED) != 0;
  }

  /** Sets both links at once. */
  public void link(int pfn, int newer, int older) {
    int[] section = section(pfn);
    int at = at(pfn, NEWER);
    section[at] = newer;
    section[at + OLDER] = older;
  }

  public int flags(int pfn) {
    return section(pfn)[at(pfn, STATE)] & 0xFFFF;
  }

  public boolean has(int pfn, int flag) {
    return (section(pfn)[at(pfn, STATE)] & flag) != 0;
  }

  public void set(int pfn, int flags) {
    int[] section = section(pfn);
    int at = at(pfn, STATE);
    int before = section[at];
    section[at] = before | flags;
    tellFlagged(pfn, before, section[at]);
  }

  public void clear(int pfn, int flags) {
    int[] section = section(pfn);
    int at = at(pfn, STATE);
    int before = section[at];
    section[at] = before & ~flags;
    tellFlagged(pfn, before, section[at]);
  }

  private void tellFlagged(int pfn, int before, int after) {
    if (listener != null && before != after) {
      listener.flagged(pfn, before & 0xFFFF);
    }
  }

  /** Clears {@code flag} and says whether it was set. */
  public boolean testAndClear(int pfn, int flag) {
    int[] section = section(pfn);
    int at = at(pfn, STATE);
    int state = section[at];
    section[at] = state & ~flag;
    tellFlagged(pfn, state, section[at]);
    return (state & flag) != 0;
  }

  /** Makes a fresh folio: no links, {@code references} references, mapped {@code maps} times, no pin. */
  public void create(int pfn, int flags, int references, int maps, int handle) {
    int[] section = sectionForNew(pfn);
    assert (section[at(pfn, STATE)] & FolioFlags.ALLOCATED) == 0 : "pfn " + pfn + " allocated twice: " + describe(pfn);
    section[at(pfn, NEWER)] = -1;
    section[at(pfn, OLDER)] = -1;
    section[at(pfn, STATE)] = flags | FolioFlags.ALLOCATED | references << REFS_SHIFT | maps << MAPS_SHIFT;
    section[at(pfn, HANDLE)] = handle;
    if (listener != null) {
      listener.created(pfn, references);
    }
  }

  /** Forgets the folio; all its references must be gone. */
  public void destroy(int pfn) {
    section(pfn)[at(pfn, STATE)] = 0;
  }

  /** Where the folio is mapped: its place in the machine's {@link pinfold.kernel.mm.RmapSpace}. */
  public int handle(int pfn) {
    return section(pfn)[at(pfn, HANDLE)];
  }

  /** Plain references, without what pins add. */
  public int references(int pfn) {
    int small = section(pfn)[at(pfn, STATE)] >>> REFS_SHIFT & REFS_SPILL;
    return small == REFS_SPILL ? spilledRefs.get(pfn) : small;
  }

  public int mapcount(int pfn) {
    int small = section(pfn)[at(pfn, STATE)] >>> MAPS_SHIFT & SMALL_SPILL;
    return small == SMALL_SPILL ? spilledMaps.get(pfn) : small;
  }

  public int pins(int pfn) {
    int small = section(pfn)[at(pfn, STATE)] >>> PINS_SHIFT & SMALL_SPILL;
    return small == SMALL_SPILL ? spilledPins.get(pfn) : small;
  }

  public void addReferences(int pfn, int delta) {
    int[] section = section(pfn);
    int at = at(pfn, STATE);
    int small = section[at] >>> REFS_SHIFT & REFS_SPILL;
    int value = small + delta;
    if (small != REFS_SPILL && value < REFS_SPILL) {
      assert value >= 0 : "reference count of pfn " + pfn + " fell below 0: " + describe(pfn);
      section[at] += delta << REFS_SHIFT;
    } else {
      spill(spilledRefs, section, at, pfn, REFS_SHIFT, REFS_SPILL, references(pfn) + delta);
    }
    if (listener != null) {
      listener.changed(pfn, delta);
    }
  }

  /** Drops one plain reference; true when that was the last and no pin is left. */
  public boolean dropReference(int pfn) {
    int[] section = section(pfn);
    int at = at(pfn, STATE);
    if ((section[at] >>> REFS_SHIFT & REFS_SPILL) != 1 || listener != null) {
      addReferences(pfn, -1);
    } else {
      section[at] -= 1 << REFS_SHIFT;
    }
    return (section[at] & (REFS_SPILL << REFS_SHIFT | SMALL_SPILL << PINS_SHIFT)) == 0;
  }

  public void addMapcount(int pfn, int delta) {
    int[] section = section(pfn);
    int at = at(pfn, STATE);
    int small = section[at] >>> MAPS_SHIFT & SMALL_SPILL;
    if (small != SMALL_SPILL && small + delta >= 0 && small + delta < SMALL_SPILL) {
      section[at] += delta << MAPS_SHIFT;
    } else {
      spill(spilledMaps, section, at, pfn, MAPS_SHIFT, SMALL_SPILL, mapcount(pfn) + delta);
    }
  }

  public void addPins(int pfn, int delta) {
    spill(spilledPins, section(pfn), at(pfn, STATE), pfn, PINS_SHIFT, SMALL_SPILL, pins(pfn) + delta);
    if (listener != null) {
      listener.changed(pfn, has(pfn, FolioFlags.LARGE) ? delta : delta << 10);
    }
  }

  private static void spill(IntMap spilled, int[] section, int at, int pfn, int shift, int mask, int value) {
    assert value >= 0 : "a count of pfn " + pfn + " fell below 0";
    if (value >= mask) {
      spilled.put(pfn, value);
      section[at] |= mask << shift;
    } else {
      if ((section[at] >>> shift & mask) == mask) {
        spilled.remove(pfn);
      }
      section[at] = section[at] & ~(mask << shift) | value << shift;
    }
  }

  /** The count that the kernel shows: references plus the bias of the pins (GUP_PIN_COUNTING_BIAS 1024, include/linux/mm.h). */
  public int refcount(int pfn) {
    int pins = pins(pfn);
    return references(pfn) + (has(pfn, FolioFlags.LARGE) ? pins : pins << 10);
  }

  /** Pages of the folio: 512 for a large one, else 1. */
  public int pages(int pfn) {
    return has(pfn, FolioFlags.LARGE) ? 512 : 1;
  }

  /** All there is to know, for messages. */
  public String describe(int pfn) {
    return "pfn 0x" + Integer.toHexString(pfn) + " flags " + FolioFlags.text(flags(pfn)) + " refcount " + refcount(pfn)
        + " mapcount " + mapcount(pfn) + " pins " + pins(pfn);
  }

  /** First folio at or after a page, {@code end} if there is none below it; both must be pages of the node. */
  public int nextAllocated(int from, int end) {
    for (int pfn = from; pfn < end; pfn++) {
      int[] section = section(pfn);
      if (section == null) {
        pfn |= SECTION_MASK;
      } else if ((section[at(pfn, STATE)] & FolioFlags.ALLOCATED) != 0) {
        return pfn;
      }
    }
    return end;
  }

  /** Calls {@code visitor} for every allocated folio in ascending order. */
  public void forEachAllocated(PfnVisitor visitor) {
    for (int s = 0; s < sections.length; s++) {
      if (sections[s] == null) {
        continue;
      }
      for (int i = 0; i <= SECTION_MASK; i++) {
        if ((sections[s][i << 2 | STATE] & FolioFlags.ALLOCATED) != 0) {
          visitor.visit(firstPfn + (s << SECTION_SHIFT) + i);
        }
      }
    }
  }

  /** Bytes of table in use. */
  public long bytes() {
    long bytes = 0;
    for (int[] section : sections) {
      bytes += section == null ? 0 : 4L * section.length;
    }
    return bytes;
  }

  public void hashState(StateHash hash) {
    forEachAllocated(pfn -> hash.add(pfn).add((long) references(pfn) << 32 | flags(pfn))
        .add((long) mapcount(pfn) << 32 | pins(pfn)).add((long) newer(pfn) << 32 | older(pfn) & 0xFFFFFFFFL).add(handle(pfn)));
  }

  /** Takes a page frame number. */
  @FunctionalInterface
  public interface PfnVisitor {
    void visit(int pfn);
  }
}
