package pinfold.kernel.variant;

/** How often migrate_pages() tries a folio (mm/migrate.c). */
public enum MigratePasses {
  /** v6.1: unmap, move and undo per folio, ten times over the list. */
  TEN(0, 10, 1),
  /** v6.12: the batch three times without waiting, then each folio that failed seven times alone. */
  ASYNC3_SYNC7(3, 1, 7);

  private final int batchPasses;
  private final int rounds;
  private final int alonePasses;

  MigratePasses(int batchPasses, int rounds, int alonePasses) {
    this.batchPasses = batchPasses;
    this.rounds = rounds;
    this.alonePasses = alonePasses;
  }

  /** Move attempts while the batch is unmapped together; 0 = there is no such phase. */
  public int batchPasses() {
    return batchPasses;
  }

  /** How often the folios that are left are gone through one by one, each unmapped and, if it stays, mapped again. */
  public int rounds() {
    return rounds;
  }

  /** Attempts of one folio while it is unmapped alone. */
  public int alonePasses() {
    return alonePasses;
  }
}
