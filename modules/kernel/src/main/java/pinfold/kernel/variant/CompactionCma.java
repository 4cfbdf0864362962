package pinfold.kernel.variant;

import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.PerCpuPages;

/**
 * Whether free CMA counts when compaction asks if a zone has room to move pages to (mm/compaction.c: __compaction_suitable(),
 * compaction_suit_allocation_order()). Free CMA pages are good targets, but a request that may not use CMA gets nothing where only
 * CMA is free.
 */
public enum CompactionCma {
  /** Always (984fdba6a32e). */
  ALWAYS,
  /**
   * Always, but a costly asynchronous request without ALLOC_CMA must find room outside CMA too (6268f0a166eb, v6.14, as the tree of
   * March 2025 has it: context of Johannes Weiner's patch, lore:20250313210647.1314586-2-hannes@cmpxchg.org).
   */
  COSTLY_ASYNC,
  /** Only for a request with ALLOC_CMA: yangge's versions of December 2024, in no kernel. */
  AS_REQUEST;

  /** Flags of the check that every compaction makes, for a request with these flags. */
  public int suitableFlags(int requestFlags) {
    return this == AS_REQUEST ? requestFlags & AllocFlags.CMA : AllocFlags.CMA;
  }

  /** Whether the request must pass a check without CMA before that. */
  public boolean alsoWithoutCma(int order, int requestFlags, boolean async) {
    return this == COSTLY_ASYNC && order > PerCpuPages.COSTLY_ORDER && async && (requestFlags & AllocFlags.CMA) == 0;
  }
}
