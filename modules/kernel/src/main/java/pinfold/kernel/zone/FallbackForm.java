package pinfold.kernel.zone;

/** How an empty free list is filled from other types' pageblocks. */
public enum FallbackForm {
  /** 6.12.117 (90abee6d7895, v6.15): claim, then steal; a bulk refill remembers which step worked. */
  CLAIM_THEN_STEAL,

  /**
   * Up to v6.14: one function; if the largest foreign block cannot be claimed, the page is split off that block, except for
   * MOVABLE requests when it is too small to claim at all. 6.1.192 also leaves the free pages of a block it could not claim on
   * the list of the requested type; here a free page is always on the list of its pageblock's type, as since v6.10.
   */
  MERGED
}
