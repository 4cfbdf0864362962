package pinfold.kernel.variant;

/**
 * What collect_longterm_unpinnable_folios() (mm/gup.c) drains before it isolates a folio that may not be pinned
 * long-term. Asked again for the same folio after each drain that it ordered, until it says {@link Action#ISOLATE}.
 *
 * <p>A rule is a pure function; one instance serves every CPU. A reader's own patch is one more class behind this
 * interface, named by its class name in a variant file.
 */
public interface DrainRule {
  /** What to do next for this folio. */
  Action decide(FolioView folio, Progress progress);

  /** Name in variant files. */
  String name();

  /** The commits or mails that the rule stands for. */
  String source();

  /** What one collect call has drained so far; starts at {@link #NONE} in every call, never goes back. */
  enum Progress {
    NONE,
    /** lru_add_drain() on the pinning CPU. */
    LOCAL,
    /** The one CPU that queued the folio last. */
    OWNER,
    /** lru_add_drain_all(). */
    ALL
  }

  /** Next step for a folio. */
  enum Action {
    ISOLATE,
    DRAIN_LOCAL,
    /** Drain {@link FolioView#lastQueuedOnCpu()} only. */
    DRAIN_OWNER,
    DRAIN_ALL
  }
}
