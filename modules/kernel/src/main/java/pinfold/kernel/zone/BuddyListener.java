package pinfold.kernel.zone;

/** Who wants to know what an allocation did to the zone besides returning pages. */
public interface BuddyListener {
  /** Hears nothing. */
  BuddyListener NOBODY = new BuddyListener() {
    @Override public void extfrag(int pfn, int order, int fallbackOrder, int migratetype, int fallbackType) {}

    @Override public void pageblockTypeChanged(int pfn, int migratetype) {}
  };

  /**
   * A page came out of another type's block (event mm_page_alloc_extfrag).
   *
   * @param pfn first page handed out
   * @param order order of the request
   * @param fallbackOrder order of the free block it came from
   * @param migratetype type of the request
   * @param fallbackType type the block had
   */
  void extfrag(int pfn, int order, int fallbackOrder, int migratetype, int fallbackType);

  /** The pageblock that begins at pfn has a new type; whoever keeps a copy of the types updates it. */
  void pageblockTypeChanged(int pfn, int migratetype);
}
