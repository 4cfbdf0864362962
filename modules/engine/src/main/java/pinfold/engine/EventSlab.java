package pinfold.engine;

import java.util.Arrays;

/**
 * The pending events of one queue by slot: small ones with their payload, close together and reused, so that a queue's
 * memory is what it holds now and not where its events came from; a longer payload stays in its batch's words.
 *
 * <p>Four longs per slot: kind and length; origin and arrival; two of payload, or the offset of a longer one.
 */
final class EventSlab {
  /** Longest payload that is copied, in longs. */
  static final int INLINE_WORDS = 2;

  private static final int STRIDE = 4;
  private static final int HEADER = 0;
  private static final int ORIGIN_AND_ARRIVAL = 1;
  private static final int PAYLOAD = 2;
  private static final int NO_SLOT = -1;

  private final long seed;
  private long[] slots = new long[0];
  private long[][] longPayloads = new long[0][];
  private int firstFree = NO_SLOT;
  private int nextArrival;

  EventSlab(long seed) {
    this.seed = seed;
  }

  /** Takes in the event whose header is at {@code at} of a batch's words; returns its slot. */
  int add(int origin, long[] words, int at) {
    int slot = firstFree == NO_SLOT ? grow() : firstFree;
    int base = slot * STRIDE;
    long[] into = slots;
    firstFree = (int) into[base];
    long header = words[at + 1];
    into[base + HEADER] = header;
    into[base + ORIGIN_AND_ARRIVAL] = (long) origin << 32 | (nextArrival++ & 0xFFFF_FFFFL);
    int length = (int) header;
    int payload = at + EventBatch.HEADER_WORDS;
    if (length > INLINE_WORDS) {
      addLong(slot, words, payload);
    } else {
      if (length > 0) {
        into[base + PAYLOAD] = words[payload];
      }
      if (length > 1) {
        into[base + PAYLOAD + 1] = words[payload + 1];
      }
    }
    return slot;
  }

  private void addLong(int slot, long[] words, int payload) {
    if (longPayloads.length <= slot) {
      longPayloads = Arrays.copyOf(longPayloads, slots.length / STRIDE);
    }
    longPayloads[slot] = words;
    slots[slot * STRIDE + PAYLOAD] = payload;
  }

  /** Lets {@code into} show the event in {@code slot}, until the slot is freed. */
  void show(int slot, Event into) {
    int base = slot * STRIDE;
    long header = slots[base + HEADER];
    int length = (int) header;
    into.kind = (int) (header >>> 32);
    into.origin = (int) (slots[base + ORIGIN_AND_ARRIVAL] >>> 32);
    into.length = length;
    if (length > INLINE_WORDS) {
      into.words = longPayloads[slot];
      into.offset = (int) slots[base + PAYLOAD];
    } else {
      into.words = slots;
      into.offset = base + PAYLOAD;
    }
  }

  /**
   * Reads from each of the slots, so that they are in the cache when their turn comes: these reads do not wait for each
   * other, one per event would. The sum is there to be kept, or else the compiler drops the reads.
   */
  long touch(int[] soon, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += slots[soon[i] * STRIDE];
    }
    return sum;
  }

  void free(int slot) {
    int base = slot * STRIDE;
    if ((int) slots[base + HEADER] > INLINE_WORDS) {
      longPayloads[slot] = null;
    }
    slots[base + HEADER] = firstFree;
    firstFree = slot;
  }

  /** Which of two different events of the same time comes first: by rank of the origin, then as they arrived. */
  boolean isBefore(int slot, int other) {
    long mine = slots[slot * STRIDE + ORIGIN_AND_ARRIVAL];
    long its = slots[other * STRIDE + ORIGIN_AND_ARRIVAL];
    if (mine >>> 32 == its >>> 32) {
      // Arrivals wrap around; fewer than 2^31 events are pending.
      return (int) mine - (int) its < 0;
    }
    return EventQueue.rank(seed, (int) (mine >>> 32)) < EventQueue.rank(seed, (int) (its >>> 32));
  }

  /** Doubles the slots; the old array stays as it is, as an event may show it. Returns the first free slot. */
  private int grow() {
    int before = slots.length / STRIDE;
    int count = Math.max(4, before * 2);
    slots = Arrays.copyOf(slots, count * STRIDE);
    for (int slot = before; slot < count; slot++) {
      slots[slot * STRIDE] = slot + 1 < count ? slot + 1 : NO_SLOT;
    }
    return before;
  }
}
