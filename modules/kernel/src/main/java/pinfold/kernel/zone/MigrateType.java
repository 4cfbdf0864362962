package pinfold.kernel.zone;

/** {@code enum migratetype} (include/linux/mmzone.h) with CONFIG_CMA and CONFIG_MEMORY_ISOLATION; tracepoints print the code. */
public enum MigrateType {
  UNMOVABLE, MOVABLE, RECLAIMABLE, HIGHATOMIC, CMA, ISOLATE;

  /** How many types there are. */
  public static final int COUNT = 6;

  /** MIGRATE_PCPTYPES: types 0, 1 and 2 have per-CPU lists and take part in fallback. */
  public static final int PCP_TYPES = 3;

  private static final MigrateType[] BY_CODE = values();

  /** The kernel's number for the type. */
  public int code() {
    return ordinal();
  }

  /**
   * The type with the kernel's number.
   *
   * @throws IllegalArgumentException if no type has that number
   */
  public static MigrateType of(int code) {
    if (code < 0 || code >= COUNT) {
      throw new IllegalArgumentException("migratetype " + code + " does not exist: the kernel numbers them 0 to " + (COUNT - 1));
    }
    return BY_CODE[code];
  }
}
