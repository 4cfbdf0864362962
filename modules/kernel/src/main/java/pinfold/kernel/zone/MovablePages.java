package pinfold.kernel.zone;

/** Tells how many pages in use are movable: on an LRU list (PG_lru) or with movable operations. */
@FunctionalInterface
public interface MovablePages {
  /**
   * Counts the movable pages of a pageblock, see mm/page_alloc.c:prep_move_freepages_block.
   *
   * @param pfn first page of the pageblock
   * @param migratetype the pageblock's type
   * @param pagesInUse pages of it that are not in the buddy, the most that the answer can be
   */
  int count(int pfn, int migratetype, int pagesInUse);

  /** Without a look at the pages: all of them in MOVABLE blocks, none in others. Assumed. */
  MovablePages BY_BLOCK_TYPE = (pfn, migratetype, pagesInUse) -> migratetype == MigrateType.MOVABLE.code() ? pagesInUse : 0;
}
