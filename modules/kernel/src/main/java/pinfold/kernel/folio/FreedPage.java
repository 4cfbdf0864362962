package pinfold.kernel.folio;

/** A freed page as answers of memory nodes carry it: pfn, its pageblock's type from bit 30, order from 34, memory cgroup from 40. */
public final class FreedPage {
  private static final int TYPE_SHIFT = 30;
  private static final int ORDER_SHIFT = 34;
  private static final int MEMCG_SHIFT = 40;

  private FreedPage() {}

  /** @param memcg the memory cgroup that it is to be uncharged from, 0 for none */
  public static long word(int pfn, int order, int blockType, int memcg) {
    return (long) memcg << MEMCG_SHIFT | (long) order << ORDER_SHIFT | (long) blockType << TYPE_SHIFT | pfn;
  }

  public static int pfn(long word) {
    return (int) word & (1 << TYPE_SHIFT) - 1;
  }

  public static int blockType(long word) {
    return (int) (word >>> TYPE_SHIFT) & 0xF;
  }

  public static int order(long word) {
    return (int) (word >>> ORDER_SHIFT) & 0x3F;
  }

  public static int memcg(long word) {
    return (int) (word >>> MEMCG_SHIFT);
  }

  /** The same page, with the type that its pageblock has by now. */
  public static long withBlockType(long word, int blockType) {
    return word & ~(0xFL << TYPE_SHIFT) | (long) blockType << TYPE_SHIFT;
  }

  /** The same page, that stays charged: another has taken its place. */
  public static long stillCharged(long word) {
    return word & (1L << MEMCG_SHIFT) - 1;
  }
}
