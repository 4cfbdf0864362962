package pinfold.kernel.swap;

import pinfold.engine.StateHash;
import pinfold.kernel.folio.IntMap;

/**
 * Which slot of a disk is next (mm/swapfile.c: scan_swap_map_slots() without SWP_SOLIDSTATE): 256 one after the other, from the lowest
 * place where so many neighbours are free; where there is none, from where it is, whatever is free.
 */
final class SlotClusters {
  /** SWAPFILE_CLUSTER. */
  private static final int CLUSTER = 256;

  private final int slots;
  private int next;
  private int left;

  SlotClusters(int slots) {
    this.slots = slots;
  }

  /**
   * A free slot; there must be one.
   *
   * @param state by slot, 0 for a free one
   */
  int take(IntMap state) {
    if (left == 0) {
      left = CLUSTER;
      next = lowestCluster(state);
    }
    left--;
    while (next >= slots || state.get(next) != 0) {
      next = next >= slots - 1 ? 0 : next + 1;
    }
    return next++;
  }

  private int lowestCluster(IntMap state) {
    for (int slot = 0, free = 0; slot < slots; slot++) {
      free = state.get(slot) == 0 ? free + 1 : 0;
      if (free == CLUSTER) {
        return slot - CLUSTER + 1;
      }
    }
    return next;
  }

  void hashState(StateHash hash) {
    hash.add(next).add(left);
  }
}
