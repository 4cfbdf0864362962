package pinfold.kernel.node;

import pinfold.engine.StateHash;

/**
 * What MGLRU knows of the refaults of one lruvec (mm/vmscan.c: read_ctrl_pos(), reset_ctrl_pos(), positive_ctrl_err(), get_type_to_scan(),
 * get_tier_idx(), 6.12). Folios of a generation that were accessed more often through file descriptors are in higher tiers. By type and
 * tier it counts pages evicted, refaulted, and protected from eviction ("kept"), since the oldest generation began; what was before fades
 * by half with each generation. A tier of which more refaults than of the lowest one is protected. As without CONFIG_LRU_GEN_STATS no older
 * counts are kept (NR_HIST_GENS is 1).
 */
final class Tiers {
  /** MAX_NR_TIERS. */
  static final int TIERS = 4;

  private static final int MAX_SWAPPINESS = 200;
  private static final int TYPES = 2;
  /** Fewer refaults than this mean nothing (MIN_LRU_BATCH). */
  private static final int FEW = GenLruVec.MIN_LRU_BATCH;

  private final long[] refaulted = new long[TYPES * TIERS];
  private final long[] evicted = new long[TYPES * TIERS];
  private final long[] kept = new long[TYPES * TIERS];
  private final long[] oldRefaulted = new long[TYPES * TIERS];
  private final long[] oldTotal = new long[TYPES * TIERS];

  /** lru_tier_from_refs(): accesses beyond the first that were noted. */
  static int of(int refs) {
    return 32 - Integer.numberOfLeadingZeros(refs);
  }

  void evicted(int type, int tier, int pages) {
    evicted[type * TIERS + tier] += pages;
  }

  void refaulted(int type, int tier, int pages) {
    refaulted[type * TIERS + tier] += pages;
  }

  void kept(int type, int tier, int pages) {
    kept[type * TIERS + tier] += pages;
  }

  /** reset_ctrl_pos(): the oldest generation of a type is over. */
  void nextGeneration(int type) {
    for (int at = type * TIERS; at < (type + 1) * TIERS; at++) {
      oldRefaulted[at] = (oldRefaulted[at] + refaulted[at]) / 2;
      oldTotal[at] = (oldTotal[at] + evicted[at] + kept[at]) / 2;
      refaulted[at] = 0;
      evicted[at] = 0;
      kept[at] = 0;
    }
  }

  private long refaults(int at) {
    return oldRefaulted[at] + refaulted[at];
  }

  private long total(int at) {
    return oldTotal[at] + evicted[at] + kept[at];
  }

  /** positive_ctrl_err(): whether the second refaults so little beside the first, each with its gain, that it may be evicted. */
  private boolean mayEvict(int first, int firstGain, int second, int secondGain) {
    return refaults(second) < FEW
        || refaults(second) * (total(first) + FEW) * firstGain <= (refaults(first) + 1) * total(second) * secondGain;
  }

  private int lastTier(int type, int first, int firstGain, int gain) {
    int tier = 1;
    while (tier < TIERS && mayEvict(first, firstGain, type * TIERS + tier, gain)) {
      tier++;
    }
    return tier - 1;
  }

  /** get_tier_idx(): the last tier of a type to evict. */
  int lastTier(int type) {
    return lastTier(type, type * TIERS, 1, 2);
  }

  /** The first half of get_type_to_scan(): the type whose lowest tier refaults less, weighed by swappiness. */
  int typeToScan(int swappiness) {
    boolean file = mayEvict(GenLruVec.ANON * TIERS, swappiness, GenLruVec.FILE * TIERS, MAX_SWAPPINESS - swappiness);
    return file ? GenLruVec.FILE : GenLruVec.ANON;
  }

  /** The second: the last tier of this type to evict, beside the lowest of the other. */
  int lastTierBesideOther(int type, int swappiness) {
    int gain = type == GenLruVec.ANON ? swappiness : MAX_SWAPPINESS - swappiness;
    return lastTier(type, (GenLruVec.FILE - type) * TIERS, MAX_SWAPPINESS - gain, gain);
  }

  void hashState(StateHash hash) {
    for (long[] counts : new long[][] {refaulted, evicted, kept, oldRefaulted, oldTotal}) {
      hash.addAll(counts, 0, counts.length);
    }
  }
}
