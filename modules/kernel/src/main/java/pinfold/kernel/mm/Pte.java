package pinfold.kernel.mm;

/**
 * A page-table entry as an int: pfn in bits 0–29, present in bit 30, migration entry in bit 31; 0 is no entry. With
 * neither bit it is a swap entry, its slot + 1 where the pfn would be. In
 * messages bit 32 says that a 2 MiB entry maps the page; the pfn is then that of the folio's head.
 */
public final class Pte {
  static final int PRESENT = 1 << 30;
  static final int MIGRATION = 1 << 31;
  private static final int PFN = PRESENT - 1;
  /** In messages: a 2 MiB entry. */
  public static final long LARGE = 1L << 32;

  /** In the answer to a ZAP: the page of a file was accessed. */
  public static final long YOUNG = 1L << 63;

  private Pte() {}

  public static int pfn(long pte) {
    return (int) pte & PFN;
  }

  public static boolean present(long pte) {
    return (pte & PRESENT) != 0;
  }

  public static boolean migration(long pte) {
    return ((int) pte & MIGRATION) != 0;
  }

  /** Whether an entry that a page table has, not one that is to be installed, is a swap entry. */
  public static boolean swap(long pte) {
    return (int) pte != 0 && ((int) pte & (PRESENT | MIGRATION)) == 0;
  }

  /** The slot of a swap entry. */
  public static int slot(long pte) {
    return pfn(pte) - 1;
  }

  public static boolean large(long pte) {
    return (pte & LARGE) != 0;
  }
}
