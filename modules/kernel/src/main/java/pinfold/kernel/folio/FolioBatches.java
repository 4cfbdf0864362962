package pinfold.kernel.folio;

import java.util.Arrays;
import pinfold.engine.EventBatch;

/**
 * One CPU's seven batches. They belong to the CPU; while a burst is under way they are lent to the memory node that
 * executes it and come back with the answer, so there is always exactly one owner.
 *
 * <p>An entry is a pfn; in the mlock batch its two top bits carry the tag (mm/mlock.c: LRU_FOLIO, NEW_FOLIO).
 */
public final class FolioBatches {
  /** mlock entry: the folio was mlocked while on, or for a moment off, the LRU. */
  public static final int TAG_LRU = 1;
  /** mlock entry: the folio was never on the LRU yet. */
  public static final int TAG_NEW = 2;

  private static final int PFN_MASK = (1 << 30) - 1;
  private static final int KINDS = BatchKind.values().length;

  private final int capacity;
  private final int[][] entries;
  private final int[] counts = new int[KINDS];

  public FolioBatches(int capacity) {
    this.capacity = capacity;
    this.entries = new int[KINDS][capacity];
  }

  public int count(BatchKind kind) {
    return counts[kind.ordinal()];
  }

  /** Entries over all kinds. */
  public int total() {
    int total = 0;
    for (int count : counts) {
      total += count;
    }
    return total;
  }

  public boolean isEmpty() {
    return total() == 0;
  }

  public int pfn(BatchKind kind, int index) {
    return entries[kind.ordinal()][index] & PFN_MASK;
  }

  /** Tag of an mlock entry, 0 for munlock. */
  public int tag(int index) {
    return entries[BatchKind.MLOCK.ordinal()][index] >>> 30;
  }

  /** Stores an entry and says whether the batch is now full (folio_batch_add() returned 0). */
  public boolean add(BatchKind kind, int pfn, int tag) {
    int k = kind.ordinal();
    entries[k][counts[k]++] = pfn | tag << 30;
    return counts[k] == capacity;
  }

  public void clear(BatchKind kind) {
    counts[kind.ordinal()] = 0;
  }

  /** Whether this CPU's lru_add batch holds the folio, searched newest entry first as __lru_cache_activate_folio() does. */
  public boolean lruAddHolds(int pfn) {
    int[] add = entries[0];
    for (int i = counts[0] - 1; i >= 0; i--) {
      if (add[i] == pfn) {
        return true;
      }
    }
    return false;
  }

  /** How many entries of this CPU, of any kind, hold the folio. */
  public int holds(int pfn) {
    int found = 0;
    for (int k = 0; k < KINDS; k++) {
      for (int i = 0; i < counts[k]; i++) {
        found += (entries[k][i] & PFN_MASK) == pfn ? 1 : 0;
      }
    }
    return found;
  }

  /** Appends the content: one word of counts, then the entries, two a word. */
  public void writeTo(EventBatch out) {
    long header = 0;
    for (int k = 0; k < KINDS; k++) {
      header |= (long) counts[k] << 8 * k;
    }
    out.add(header);
    for (int k = 0; k < KINDS; k++) {
      for (int i = 0; i < counts[k]; i += 2) {
        long high = i + 1 < counts[k] ? entries[k][i + 1] : 0;
        out.add(high << 32 | entries[k][i] & 0xFFFFFFFFL);
      }
    }
  }

  /** Replaces the content by what {@link #writeTo} wrote at {@code words[at]}; returns the index behind it. */
  public int readFrom(long[] words, int at) {
    long header = words[at++];
    for (int k = 0; k < KINDS; k++) {
      counts[k] = (int) (header >>> 8 * k) & 0xFF;
      for (int i = 0; i < counts[k]; i += 2) {
        long pair = words[at++];
        entries[k][i] = (int) pair;
        if (i + 1 < counts[k]) {
          entries[k][i + 1] = (int) (pair >>> 32);
        }
      }
    }
    return at;
  }

  /** Entries of one kind, oldest first. */
  public int[] entries(BatchKind kind) {
    return Arrays.stream(entries[kind.ordinal()], 0, count(kind)).map(entry -> entry & PFN_MASK).toArray();
  }
}
