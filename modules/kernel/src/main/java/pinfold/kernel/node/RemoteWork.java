package pinfold.kernel.node;

/** What a burst leaves to be done on folios of another node; one long as in {@link BurstOp}. */
enum RemoteWork {
  /** A batch entry is flushed and its reference dropped; argument: kind << 2 | mlock tag. */
  FLUSH,
  /** A migration destination comes to be with the given flags; second long: page-cache references << 32 | rmap handle. */
  ADOPT,
  /** A migration destination is mapped; argument as {@link BurstOp#MIGRATE_REMAP}. */
  MAP;

  private static final RemoteWork[] ALL = values();

  long word(int pfn, int argument) {
    return (long) ordinal() << 56 | (long) argument << 30 | pfn;
  }

  static RemoteWork of(long word) {
    return ALL[(int) (word >>> 56)];
  }
}
