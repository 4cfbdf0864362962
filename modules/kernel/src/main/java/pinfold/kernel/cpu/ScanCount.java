package pinfold.kernel.cpu;

/**
 * How much of each list a round of classic reclaim scans (mm/vmscan.c: get_scan_count(), inactive_is_low(), 6.12; kernel-model.md 6.3,
 * 6.7).
 */
final class ScanCount {
  private static final int MAX_SWAPPINESS = 200;
  private static final int GIB_SHIFT = 30 - 12;

  private ScanCount() {}

  /** What a list is scanned for. */
  private enum Balance {
    FILE,
    ANON,
    EQUAL,
    FRACTION
  }

  /**
   * Pages to scan, by enum lru_list.
   *
   * @param sizes pages of the four lists
   * @param swappiness vm.swappiness
   * @param maySwap whether anonymous pages can go anywhere
   */
  static int[] of(ScanControl control, long[] sizes, int swappiness, boolean maySwap) {
    int[] scan = new int[sizes.length];
    Balance balance = balance(control, swappiness, maySwap);
    long total = control.anonCost + control.fileCost;
    long anonCost = total + control.anonCost;
    long fileCost = total + control.fileCost;
    long anon = swappiness * (anonCost + fileCost + 1) / (anonCost + 1);
    long file = (MAX_SWAPPINESS - swappiness) * (anonCost + fileCost + 1) / (fileCost + 1);
    for (int list = 0; list < sizes.length; list++) {
      boolean isFile = list >= 2;
      long pages = sizes[list] >> control.priority;
      scan[list] = (int) switch (balance) {
        case FILE -> isFile ? pages : 0;
        case ANON -> isFile ? 0 : pages;
        case EQUAL -> pages;
        case FRACTION -> pages * (isFile ? file : anon) / (anon + file);
      };
    }
    return scan;
  }

  private static Balance balance(ScanControl control, int swappiness, boolean maySwap) {
    if (!maySwap || !control.isGlobal() && swappiness == 0) {
      return Balance.FILE;
    }
    if (control.priority == 0 && swappiness != 0) {
      return Balance.EQUAL;
    }
    if (control.fileIsTiny) {
      return Balance.ANON;
    }
    return control.cacheTrimMode ? Balance.FILE : Balance.FRACTION;
  }

  /** Whether a type's inactive list is too short for its active one. */
  static boolean inactiveIsLow(long inactive, long active) {
    long gib = inactive + active >> GIB_SHIFT;
    long ratio = gib > 0 ? (long) Math.sqrt(10.0 * gib) : 1;
    return inactive * ratio < active;
  }
}
