package pinfold.kernel.folio;

/** The seven per-CPU folio batches (mm/swap.c: struct cpu_fbatches, mm/mlock.c: mlock_fbatch), in the order of a drain. */
public enum BatchKind {
  LRU_ADD("lru_add"),
  MOVE_TAIL("lru_move_tail"),
  DEACTIVATE_FILE("lru_deactivate_file"),
  DEACTIVATE("lru_deactivate"),
  LAZYFREE("lru_lazyfree"),
  ACTIVATE("lru_activate"),
  MLOCK("mlock");

  private static final BatchKind[] ALL = values();

  private final String kernelName;

  BatchKind(String kernelName) {
    this.kernelName = kernelName;
  }

  public String kernelName() {
    return kernelName;
  }

  public static BatchKind of(int ordinal) {
    return ALL[ordinal];
  }
}
