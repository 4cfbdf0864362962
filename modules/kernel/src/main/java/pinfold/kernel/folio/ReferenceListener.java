package pinfold.kernel.folio;

/** Hears of every change of a folio's reference count and flags, after it was made. */
public interface ReferenceListener {
  /** A folio came to be with so many references. */
  void created(int pfn, int count);

  /** References were added or, with a negative change, dropped; a pin of a small folio is 1024 of them. */
  void changed(int pfn, int change);

  /** Flags were set or cleared; {@code before} are those that it had. */
  void flagged(int pfn, int before);
}
