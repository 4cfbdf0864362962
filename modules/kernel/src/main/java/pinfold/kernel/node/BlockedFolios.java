package pinfold.kernel.node;

import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.LongList;

/**
 * The oldest generation of anonymous memory as a scan would find it, for the report of an OOM kill: how many folios are linked there, and
 * which of them nobody can isolate, as their PG_lru is clear, by the batch that holds them.
 */
final class BlockedFolios {
  private BlockedFolios() {}

  /**
   * Adds to {@code results}: generations of anonymous memory; folios linked in the oldest; how many of them have PG_lru clear; then for
   * each batch that holds some of those, (CPU &lt;&lt; 3 | kind) &lt;&lt; 32 | how many, in the order in which a scan meets the batches.
   */
  static void find(GenLruVec lruvec, FolioTable folios, QueuedFolios queued, LongList results) {
    LongList byBatch = new LongList();
    long[] counts = new long[2];
    lruvec.forEachOldestAnon(pfn -> {
      counts[0]++;
      if (!folios.has(pfn, FolioFlags.LRU)) {
        counts[1]++;
        count(byBatch, queued.holder(pfn));
      }
    });
    results.add(lruvec.generations(GenLruVec.ANON));
    results.add(counts[0]);
    results.add(counts[1]);
    results.addAll(byBatch.words(), 0, byBatch.size());
  }

  private static void count(LongList byBatch, int holder) {
    for (int i = 0; holder >= 0 && i < byBatch.size(); i++) {
      if ((int) (byBatch.get(i) >>> 32) == holder) {
        byBatch.set(i, byBatch.get(i) + 1);
        return;
      }
    }
    if (holder >= 0) {
      byBatch.add((long) holder << 32 | 1);
    }
  }
}
