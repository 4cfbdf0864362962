package pinfold.kernel.node;

/**
 * What an element of a burst does to its folio. An element is one long: pfn in bits 0–29, 26 bits of argument, the
 * operation in bits 56–63; {@link #takesSecondWord} operations are followed by a second long.
 */
public enum BurstOp {
  /** New anonymous folio, mapped once; argument {@link #VMA_LOCKED}, {@link #LARGE}; second word: rmap handle. */
  NEW_ANON,
  /** New shmem folio: in the page cache, then mapped once. Second word: rmap handle. */
  NEW_SHMEM,
  /** New page-cache folio that is not mapped. Second word: rmap handle. */
  NEW_FILE,
  /** A page-cache folio is mapped once more. */
  MAP,
  /** folio_mark_accessed(). */
  TOUCH,
  /** A long-term pin of the slow path; argument: pages of a large folio, or 0 for a small one. */
  PIN,
  /** A long-term pin of gup-fast: stops the burst at the first folio that may not be pinned. */
  PIN_FAST,
  UNPIN,
  /** One folio of collect_longterm_unpinnable_folios(): result word for each folio isolated. */
  COLLECT,
  /**
   * Whether the drain rule wants no drain for the folio; stops the burst at the first for which it does. Changes nothing, costs
   * nothing.
   */
  ASK,
  /** MADV_COLD. */
  COLD,
  /** MADV_FREE. */
  LAZYFREE,
  MLOCK,
  MUNLOCK,
  /** Unmapped by munmap, exit or MADV_DONTNEED; the reference stays until {@link #PUT}. */
  ZAP,
  PUT,
  /** An extra reference, as a pipe or a driver takes one. */
  GET,
  /** lru_add_drain(); no folio. */
  DRAIN,
  /** The PTE became a migration entry. */
  MIGRATE_UNMAP,
  /** Move to the folio of the second word, in as many passes as the burst says. */
  MIGRATE_MOVE,
  /** The migration entry became a PTE to the old folio again. */
  MIGRATE_REMAP,
  /** folio_isolate_lru(): result word for each folio isolated, as {@link #COLLECT} makes it. */
  ISOLATE,
  /** Back to the LRU after an isolation. */
  PUTBACK,
  /**
   * What a deferred burst could not do: an entry goes into a batch; its reference was taken already. Argument: kind << 2 | tag.
   */
  ENQUEUE,
  /** folio_activate(), folio_rotate_reclaimable(), deactivate_file_folio(), for scripts. */
  ROTATE,
  DEACTIVATE_FILE,
  /**
   * isolate_migratepages_block() for alloc_contig_range(), from a page up to the one of the second word. Result words as
   * {@link #COLLECT} makes them, each followed by {@link #CLEAN_FILE} if the folio could be dropped instead of moved. The burst
   * stops when it has 32 pages, with those of the argument; its own argument is then the page where to go on.
   */
  ISOLATE_RANGE,
  /**
   * An isolated clean folio of the file lists is dropped if nobody else holds it. Argument: as for {@link #MIGRATE_UNMAP}, and
   * {@link #PTE_DIRTY}. Result word 1 if it is gone, 0 if it stays.
   */
  DISCARD,
  /**
   * pread() of one page of the page cache, which is held while it is copied. Second word: the rmap handle that the folio must
   * have; if it has not, somebody moved or dropped it since the cache was looked up, and the result word is the pfn.
   */
  READ;

  /** Argument: the VMA is VM_LOCKED. */
  public static final int VMA_LOCKED = 1 << 25;
  /** Argument: a 2 MiB folio. */
  public static final int LARGE = 1 << 24;
  /** Argument of MIGRATE_MOVE: the source had PG_mlocked when it was unmapped. */
  public static final int WAS_MLOCKED = 1 << 23;
  /** Argument of NEW_FILE: the file lives in tmpfs or is a memfd. */
  public static final int SHMEM = 1 << 22;
  /** Argument of ZAP, MIGRATE_UNMAP, MIGRATE_MOVE, MIGRATE_REMAP: number of page tables that map the folio. */
  public static final int MAPS_MASK = 0xFFFF;

  /** Argument of DISCARD: an entry that mapped the folio was dirty. */
  public static final int PTE_DIRTY = 1 << 21;
  /** Result word of ISOLATE_RANGE, see there. */
  public static final long CLEAN_FILE = -1;

  /** Option of a burst: see {@link Burst#LATE}. */
  public static final int LATE_OPTION = Burst.LATE;

  /** Option of a burst: see {@link Burst#DEFER}. */
  public static final int DEFER_OPTION = Burst.DEFER;

  private static final BurstOp[] ALL = values();

  public boolean takesSecondWord() {
    return switch (this) {
      case NEW_ANON, NEW_SHMEM, NEW_FILE, MIGRATE_MOVE, ISOLATE_RANGE, READ -> true;
      default -> false;
    };
  }

  /** Whether a {@link FolioLog} says that it began; the others show as steps of their own or are about no folio. */
  boolean isLogged() {
    return switch (this) {
      case PIN, PIN_FAST, UNPIN, DRAIN, ASK, ENQUEUE, ISOLATE_RANGE -> false;
      default -> true;
    };
  }

  public long word(int pfn, int argument) {
    return (long) ordinal() << 56 | (long) argument << 30 | pfn;
  }

  /** The operation of an element. */
  public static BurstOp of(long word) {
    return ALL[(int) (word >>> 56)];
  }

  /** The folio of an element. */
  public static int pfn(long word) {
    return (int) word & (1 << 30) - 1;
  }

  /** The argument of an element. */
  public static int argument(long word) {
    return (int) (word >>> 30) & (1 << 26) - 1;
  }
}
