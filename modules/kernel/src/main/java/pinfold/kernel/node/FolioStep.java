package pinfold.kernel.node;

/** What happened to a folio, as a {@link FolioLog} keeps it. */
public enum FolioStep {
  /** An element of a burst was begun; argument: the {@link BurstOp}. */
  OPERATION,
  /** Pinned by a call; argument: pages of it. */
  PINNED,
  UNPINNED,
  /** An entry went into a batch, with its reference; argument: kind << 2 | mlock tag. */
  QUEUED,
  /** An entry was flushed and its reference is dropped; argument as for {@link #QUEUED}. */
  FLUSHED,
  /** A flush cleared PG_lru of its first entry and waits for lru_lock. */
  TAKEN,
  /** Taken off its list; the isolator has a reference now. */
  ISOLATED,
  /** The isolator's reference is dropped. */
  ISOLATION_ENDED,
  /** A migration's destination came to be. */
  BORN_BY_MIGRATION,
  /** The drain rule was asked by collect; argument: large << 4 | progress << 2 | action. */
  DECIDED,
  FREED
}
