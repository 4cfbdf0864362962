package pinfold.kernel.zone;

/** Sizes of blocks: x86-64 with 4 KiB pages and huge pages (include/linux/mmzone.h, include/linux/pageblock-flags.h). */
public final class BuddyOrders {
  /** MAX_PAGE_ORDER: the largest free block is 1024 pages. */
  public static final int MAX_ORDER = 10;

  /** NR_PAGE_ORDERS. */
  public static final int ORDERS = MAX_ORDER + 1;

  /** pageblock_order: min(HPAGE_PMD_ORDER, MAX_PAGE_ORDER), 512 pages. */
  public static final int PAGEBLOCK_ORDER = 9;

  /** pageblock_nr_pages. */
  public static final int PAGEBLOCK_PAGES = 1 << PAGEBLOCK_ORDER;

  /** Pages of the largest block. */
  public static final int MAX_BLOCK_PAGES = 1 << MAX_ORDER;

  private BuddyOrders() {}
}
