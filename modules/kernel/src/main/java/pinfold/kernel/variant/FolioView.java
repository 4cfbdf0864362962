package pinfold.kernel.variant;

/** What a rule may ask about the folio in front of it; read at the instant of the question, without a lock. */
public interface FolioView {
  /** PG_lru. */
  boolean lru();

  /** PG_mlocked. */
  boolean mlocked();

  /** PG_unevictable. */
  boolean unevictable();

  /** A folio of more than one page. */
  boolean large();

  /** Raw reference count: plain references plus 1024 per pin of a small folio, plus one per pin of a large one. */
  int refcount();

  /** folio_expected_ref_count() of include/linux/mm.h: cache, private data and mapcount; no batches, isolation or pins. */
  int expectedRefcount();

  /** CPU that put this folio into a batch last, -1 when no batch is known to hold it. Only kernels that keep it may ask. */
  int lastQueuedOnCpu();
}
