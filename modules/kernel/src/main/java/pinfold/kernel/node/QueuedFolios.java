package pinfold.kernel.node;

import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Distributions;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.IntMap;

/**
 * Who queued a folio last, and since when its PG_lru is clear for it. A folio on no list keeps both where its links would
 * be; one that stays linked while a batch holds it is in a side table, which the batch slots bound.
 */
final class QueuedFolios {
  private static final int TIME_SHIFT = 4;

  private final FolioTable folios;
  private final Counters counters;
  private final Distributions distributions;
  private final IntMap holders = new IntMap();
  private final IntMap clearedAt = new IntMap();

  QueuedFolios(FolioTable folios, Counters counters, Distributions distributions) {
    this.folios = folios;
    this.counters = counters;
    this.distributions = distributions;
  }

  private static boolean unlinked(BatchKind kind, int tag) {
    return kind == BatchKind.LRU_ADD || kind == BatchKind.MLOCK && tag == FolioBatches.TAG_NEW;
  }

  private static int holder(BatchKind kind, int cpu) {
    return cpu << 3 | kind.ordinal();
  }

  /** The last two holders of a folio as one int: the last + 1, and the one before + 1 in the upper half. */
  private static int push(int holders, int holder) {
    int last = holders & 0xFFFF;
    return last == holder + 1 ? holders : last << 16 | holder + 1;
  }

  private static int drop(int holders, int holder) {
    int last = holders & 0xFFFF;
    return last == holder + 1 ? holders >>> 16 : holders >>> 16 == holder + 1 ? last : holders;
  }

  void note(int pfn, BatchKind kind, int tag, int cpu, long nowNanos) {
    int holder = holder(kind, cpu);
    if (unlinked(kind, tag)) {
      folios.link(pfn, holder, (int) (nowNanos >>> TIME_SHIFT));
      return;
    }
    holders.put(pfn, push(holders.get(pfn), holder));
    if (kind != BatchKind.MLOCK && !folios.has(pfn, FolioFlags.LRU)) {
      clearedAt.put(pfn, (int) (nowNanos >>> TIME_SHIFT));
    }
  }

  /** The entry is about to be flushed. */
  void forget(int pfn, BatchKind kind, int tag, int cpu, long nowNanos) {
    if (unlinked(kind, tag)) {
      countClear(folios.older(pfn), nowNanos);
      return;
    }
    int left = drop(holders.get(pfn), holder(kind, cpu));
    if (left == 0) {
      holders.remove(pfn);
    } else {
      holders.put(pfn, left);
    }
    if (kind != BatchKind.MLOCK) {
      int since = clearedAt.getOrDefault(pfn, -1);
      if (since != -1) {
        countClear(since, nowNanos);
        clearedAt.remove(pfn);
      }
    }
  }

  private void countClear(int since, long nowNanos) {
    long nanos = (((int) (nowNanos >>> TIME_SHIFT) - since) & 0xFFFFFFFFL) << TIME_SHIFT;
    distributions.record(Distribution.LRU_CLEAR, nanos);
    counters.add(VmCounter.LRU_CLEAR_NANOS, nanos);
    counters.increment(VmCounter.LRU_CLEAR_ENDED);
  }

  /** CPU that queued the folio last, -1 when none is known. */
  int cpu(int pfn) {
    int holder = holder(pfn);
    return holder < 0 ? -1 : holder >>> 3;
  }

  /** That CPU << 3 | the kind of its batch, -1 when none is known. */
  int holder(int pfn) {
    int last = holders.get(pfn) & 0xFFFF;
    if (last != 0) {
      return last - 1;
    }
    boolean linked = folios.has(pfn, FolioFlags.LRU | FolioFlags.ISOLATED) || clearedAt.getOrDefault(pfn, -1) != -1;
    return linked ? -1 : folios.newer(pfn);
  }
}
