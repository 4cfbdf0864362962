package pinfold.kernel.node;

import java.util.function.LongConsumer;
import pinfold.engine.StateHash;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;

/**
 * Folios of the page cache that a device reads: locked and not yet uptodate, on the LRU like others (page_cache_ra_unbounded(),
 * mm/readahead.c, 6.12). The device holds no reference, so nothing but the lock keeps such a folio where it is.
 *
 * <p>Who waits stands in line, and is told once. The end of the read tells all up to the first who wants the lock, and his unlock the next
 * (folio_wake_bit() and wake_page_function(), mm/filemap.c, 6.12).
 */
final class ReadsUnderWay {
  private static final long LOCKS = 1L << 32;

  private final IntMap read = new IntMap();
  /** Two words for each who waits, in order of arrival: pfn, with {@link #LOCKS} if he wants the lock; entity &lt;&lt; 32 | task. */
  private final LongList waiters = new LongList();

  void begin(int pfn) {
    assert !has(pfn) : "pfn " + pfn + " is read twice at a time";
    read.put(pfn, 1);
  }

  boolean has(int pfn) {
    return read.size() > 0 && read.get(pfn) != 0;
  }

  /** @param locks he takes the lock then, and says when he has given it back */
  void await(int pfn, int entity, int task, boolean locks) {
    waiters.add(pfn | (locks ? LOCKS : 0));
    waiters.add((long) entity << 32 | task);
  }

  /** The read is over; {@code told} gets whom that wakes, as {@code entity << 32 | task}. */
  void end(int pfn, LongConsumer told) {
    assert has(pfn) : "the end of a read of pfn " + pfn + ", which nobody reads";
    read.remove(pfn);
    unlocked(pfn, told);
  }

  /** Nobody has the lock any more, unless the pfn is another folio by now, which is being read. */
  void unlocked(int pfn, LongConsumer told) {
    if (has(pfn)) {
      return;
    }
    boolean taken = false;
    int kept = 0;
    for (int i = 0; i < waiters.size(); i += 2) {
      long word = waiters.get(i);
      if (!taken && (int) word == pfn) {
        taken = (word & LOCKS) != 0;
        told.accept(waiters.get(i + 1));
      } else {
        waiters.set(kept++, word);
        waiters.set(kept++, waiters.get(i + 1));
      }
    }
    while (waiters.size() > kept) {
      waiters.removeLast();
    }
  }

  int size() {
    return read.size();
  }

  /** Who waits for a folio that is read, or for one whose lock somebody has. */
  int waiting() {
    return waiters.size() / 2;
  }

  void hashState(StateHash hash) {
    if (read.size() > 0) {
      for (int pfn : read.sortedKeys()) {
        hash.add(pfn);
      }
    }
    if (!waiters.isEmpty()) {
      hash.addAll(waiters.words(), 0, waiters.size());
    }
  }
}
