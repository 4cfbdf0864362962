package pinfold.kernel.node;

import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.Holdings;

/** What a burst leaves to be done on folios of another node; one long as in {@link BurstOp}. */
enum RemoteWork {
  /** A batch entry is flushed and its reference dropped; argument: kind << 2 | mlock tag. */
  FLUSH,
  /** A migration destination comes to be with the given flags; second long: page-cache references << 32 | rmap handle. */
  ADOPT,
  /** A migration destination is mapped; argument as {@link BurstOp#MIGRATE_REMAP}. */
  MAP,
  /** The reference with which a migration destination came to be is dropped; what was queued on the way may have been flushed before. */
  PUT;

  private static final RemoteWork[] ALL = values();

  long word(int pfn, int argument) {
    return (long) ordinal() << 56 | (long) argument << 30 | pfn;
  }

  /** Says what a list of work holds until the other node has done it. */
  static void report(int cpu, long[] words, int from, int end, Holdings to) {
    for (int at = from; at < end; at++) {
      RemoteWork work = of(words[at]);
      int pfn = BurstOp.pfn(words[at]);
      int argument = BurstOp.argument(words[at]);
      if (work == FLUSH) {
        to.entry(cpu, BatchKind.of(argument >>> 2), argument & 3, pfn);
      } else {
        to.inMotion(pfn);
      }
      at += work == ADOPT ? 1 : 0;
    }
  }

  static RemoteWork of(long word) {
    return ALL[(int) (word >>> 56)];
  }
}
