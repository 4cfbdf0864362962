package pinfold.kernel.zone;

import java.util.Arrays;

/**
 * What a zone knows about each pageblock, in two bytes: its migratetype, how many of its pages are in the buddy, and whether
 * it is the first of a MAX_ORDER block that has been free and whole since boot ("untouched"). Such blocks need nothing else.
 */
final class Pageblocks {
  private static final int TYPE_MASK = 7;
  private static final int FREE_SHIFT = 3;
  private static final int FREE_ONE = 1 << FREE_SHIFT;
  private static final int FREE_MASK = 1023;
  private static final int UNTOUCHED = 1 << 13;

  private final int basePfn;
  private final short[] blocks;

  Pageblocks(int startPfn, int spannedPages) {
    basePfn = startPfn & -BuddyOrders.MAX_BLOCK_PAGES;
    long pages = (long) startPfn + spannedPages - basePfn;
    blocks = new short[(int) ((pages + BuddyOrders.MAX_BLOCK_PAGES - 1) / BuddyOrders.MAX_BLOCK_PAGES) * 2];
    Arrays.fill(blocks, (short) MigrateType.MOVABLE.code());
  }

  int count() {
    return blocks.length;
  }

  int index(int pfn) {
    return (pfn - basePfn) >> BuddyOrders.PAGEBLOCK_ORDER;
  }

  int pfn(int index) {
    return basePfn + (index << BuddyOrders.PAGEBLOCK_ORDER);
  }

  int type(int pfn) {
    return blocks[index(pfn)] & TYPE_MASK;
  }

  void setType(int pfn, int type) {
    int index = index(pfn);
    blocks[index] = (short) (blocks[index] & ~TYPE_MASK | type);
  }

  int freePages(int pfn) {
    return blocks[index(pfn)] >> FREE_SHIFT & FREE_MASK;
  }

  /** Counts pages, at most two whole pageblocks, as free (positive) or taken (negative). */
  void addFree(int pfn, int pages, int sign) {
    int index = index(pfn);
    int inFirst = Math.min(pages, pfn(index + 1) - pfn);
    blocks[index] += (short) (sign * inFirst * FREE_ONE);
    if (inFirst < pages) {
      blocks[index + 1] += (short) (sign * (pages - inFirst) * FREE_ONE);
    }
  }

  boolean isUntouched(int maxBlockPfn) {
    return (blocks[index(maxBlockPfn)] & UNTOUCHED) != 0;
  }

  void setUntouched(int maxBlockPfn, boolean untouched) {
    int index = index(maxBlockPfn);
    blocks[index] = (short) (untouched ? blocks[index] | UNTOUCHED : blocks[index] & ~UNTOUCHED);
  }

  /** First untouched block of a type at or after the pageblock of an even index, as an index; there must be one. */
  int nextUntouched(int fromIndex, int type) {
    for (int index = fromIndex; index < blocks.length; index += 2) {
      if ((blocks[index] & (UNTOUCHED | TYPE_MASK)) == (UNTOUCHED | type)) {
        return index;
      }
    }
    throw new IllegalStateException("no untouched block of type " + MigrateType.of(type) + " from pfn " + pfn(fromIndex)
        + " on, though some are counted");
  }

  long word(int index) {
    return blocks[index];
  }
}
