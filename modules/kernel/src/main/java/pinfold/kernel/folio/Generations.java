package pinfold.kernel.folio;

import pinfold.engine.StateHash;

/**
 * What MGLRU keeps in the flags of a folio beside the ordinary ones (include/linux/mmzone.h: LRU_GEN_MASK, LRU_REFS_MASK, 6.12): its
 * generation, and accesses beyond the second. A byte per page of every section that was ever on a generation's list.
 */
public final class Generations {
  /** MAX_NR_GENS. */
  public static final int GENERATIONS = 4;

  private static final int SECTION_MASK = (1 << FolioTable.SECTION_SHIFT) - 1;
  private static final int GENERATION_MASK = 7;
  private static final int REFS_SHIFT = 3;
  /** LRU_REFS_WIDTH is 2. */
  private static final int MOST_REFS = 3;

  private final int firstPfn;
  private final byte[][] sections;

  /** @param firstPfn first page of the node, a multiple of a section */
  public Generations(int firstPfn, int pages) {
    this.firstPfn = firstPfn;
    this.sections = new byte[(pages + SECTION_MASK) >>> FolioTable.SECTION_SHIFT][];
  }

  private int get(int pfn) {
    byte[] section = sections[(pfn - firstPfn) >>> FolioTable.SECTION_SHIFT];
    return section == null ? 0 : section[pfn & SECTION_MASK];
  }

  private void put(int pfn, int value) {
    int index = (pfn - firstPfn) >>> FolioTable.SECTION_SHIFT;
    if (sections[index] == null) {
      sections[index] = new byte[SECTION_MASK + 1];
    }
    sections[index][pfn & SECTION_MASK] = (byte) value;
  }

  /** Generation of a folio, -1 while it is on no generation's list. */
  public int of(int pfn) {
    return (get(pfn) & GENERATION_MASK) - 1;
  }

  /** Puts a folio into a generation, -1 for none; its accesses stay. */
  public void set(int pfn, int generation) {
    put(pfn, get(pfn) & ~GENERATION_MASK | generation + 1);
  }

  /** Accesses beyond the second that were noted. */
  public int refs(int pfn) {
    return get(pfn) >>> REFS_SHIFT & MOST_REFS;
  }

  /** Notes one more access. */
  public void incRefs(int pfn) {
    if (refs(pfn) < MOST_REFS) {
      put(pfn, get(pfn) + (1 << REFS_SHIFT));
    }
  }

  /** Notes as many as can be. */
  public void setMostRefs(int pfn) {
    put(pfn, get(pfn) | MOST_REFS << REFS_SHIFT);
  }

  /** Forgets the accesses. */
  public void clearRefs(int pfn) {
    put(pfn, get(pfn) & GENERATION_MASK);
  }

  public void hashState(StateHash hash) {
    for (int section = 0; section < sections.length; section++) {
      for (int i = 0; sections[section] != null && i <= SECTION_MASK; i++) {
        if (sections[section][i] != 0) {
          hash.add((long) section << 32 | i).add(sections[section][i]);
        }
      }
    }
  }
}
