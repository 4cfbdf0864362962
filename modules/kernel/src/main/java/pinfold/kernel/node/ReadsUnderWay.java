package pinfold.kernel.node;

import java.util.function.LongConsumer;
import pinfold.engine.StateHash;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;

/**
 * Folios of the page cache that a device reads: locked and not yet uptodate, on the LRU like others (page_cache_ra_unbounded(),
 * mm/readahead.c, 6.12). The device holds no reference, so nothing but the lock keeps such a folio where it is. Whoever wants the lock
 * is told when the read is over; nobody is told twice.
 */
final class ReadsUnderWay {
  private final IntMap read = new IntMap();
  /** Two words for each who waits, in order of arrival: pfn, entity &lt;&lt; 32 | task. */
  private final LongList waiters = new LongList();

  void begin(int pfn) {
    assert !has(pfn) : "pfn " + pfn + " is read twice at a time";
    read.put(pfn, 1);
  }

  boolean has(int pfn) {
    return read.size() > 0 && read.get(pfn) != 0;
  }

  void await(int pfn, int entity, int task) {
    waiters.add(pfn);
    waiters.add((long) entity << 32 | task);
  }

  /** The read is over; {@code told} gets who waited for it, as {@code entity << 32 | task}. */
  void end(int pfn, LongConsumer told) {
    assert has(pfn) : "the end of a read of pfn " + pfn + ", which nobody reads";
    read.remove(pfn);
    int kept = 0;
    for (int i = 0; i < waiters.size(); i += 2) {
      if (waiters.get(i) == pfn) {
        told.accept(waiters.get(i + 1));
      } else {
        waiters.set(kept++, waiters.get(i));
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

  void hashState(StateHash hash) {
    if (read.size() > 0) {
      for (int pfn : read.sortedKeys()) {
        hash.add(pfn);
      }
      hash.addAll(waiters.words(), 0, waiters.size());
    }
  }
}
