package pinfold.kernel.variant;

/** How often migrate_pages() tries a folio (mm/migrate.c). */
public enum MigratePasses {
  /** v6.1: unmap, move and undo per folio, ten times over the list. */
  TEN(0, 10),
  /** v6.12: the batch three times without waiting, then each folio that failed seven times alone. */
  ASYNC3_SYNC7(3, 7);

  private final int batchPasses;
  private final int alonePasses;

  MigratePasses(int batchPasses, int alonePasses) {
    this.batchPasses = batchPasses;
    this.alonePasses = alonePasses;
  }

  /** Move attempts while the batch is unmapped together; 0 = there is no such phase. */
  public int batchPasses() {
    return batchPasses;
  }

  /** Attempts of one folio in the requested mode. */
  public int alonePasses() {
    return alonePasses;
  }
}
