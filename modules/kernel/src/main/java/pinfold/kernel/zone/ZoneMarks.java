package pinfold.kernel.zone;

import pinfold.engine.StateHash;

/** A zone's watermarks at work: the check against free memory, and the boost after fragmentation. */
final class ZoneMarks {
  /** vm.watermark_boost_factor's default, in units of 1/10000 of the high watermark. */
  private static final int BOOST_FACTOR = 15_000;

  private static final int HIGHATOMIC = MigrateType.HIGHATOMIC.code();
  private static final int CMA = MigrateType.CMA.code();

  private final Watermarks watermarks;
  private final long[] lowmemReservePages;
  private final FreeArea area;
  private long boostPages;
  private boolean boostedSinceWake;

  ZoneMarks(Watermarks watermarks, long[] lowmemReservePages, FreeArea area) {
    this.watermarks = watermarks;
    this.lowmemReservePages = lowmemReservePages.clone();
    this.area = area;
  }

  /** {@link BuddyZone#watermarkOk}. */
  boolean ok(int order, long markPages, int highestZoneIndex, int allocFlags, long morePages) {
    long usable = area.freePages() + morePages - ((1L << order) - 1);
    if ((allocFlags & AllocFlags.RESERVES) == 0) {
      usable -= area.free(HIGHATOMIC);
    }
    if ((allocFlags & AllocFlags.CMA) == 0) {
      usable -= area.free(CMA);
    }
    if (usable <= reducedMark(markPages, allocFlags) + lowmemReservePages[highestZoneIndex]) {
      return false;
    }
    if (order == 0) {
      return true;
    }
    int orders = area.orders(0) | area.orders(1) | area.orders(2);
    if ((allocFlags & AllocFlags.CMA) != 0) {
      orders |= area.orders(CMA);
    }
    if ((allocFlags & (AllocFlags.HIGHATOMIC | AllocFlags.OOM)) != 0) {
      orders |= area.orders(HIGHATOMIC);
    }
    return orders >>> order != 0;
  }

  private static long reducedMark(long markPages, int allocFlags) {
    long mark = markPages;
    if ((allocFlags & AllocFlags.MIN_RESERVE) != 0) {
      mark -= mark / 2;
      if ((allocFlags & AllocFlags.NON_BLOCK) != 0) {
        mark -= mark / 4;
      }
    }
    if ((allocFlags & AllocFlags.OOM) != 0) {
      mark -= mark / 2;
    }
    return mark;
  }

  /** {@link BuddyZone#markPages}. */
  long pages(int allocFlags) {
    return boostPages + switch (allocFlags & AllocFlags.WMARK_MASK) {
      case AllocFlags.WMARK_MIN -> watermarks.minPages();
      case AllocFlags.WMARK_LOW -> watermarks.lowPages();
      case AllocFlags.WMARK_HIGH -> watermarks.highPages();
      default -> watermarks.promoPages();
    };
  }

  long boostPages() {
    return boostPages;
  }

  void lowerBoost(long pages) {
    boostPages = Math.max(0, boostPages - pages);
  }

  /** {@link BuddyZone#takeBoosted}. */
  boolean takeBoosted() {
    boolean boosted = boostedSinceWake;
    boostedSinceWake = false;
    return boosted;
  }

  /** boost_watermark: fragmentation makes kswapd reclaim a little more. */
  void boost(long managedPages, int allocFlags) {
    if (BuddyOrders.PAGEBLOCK_PAGES * 4L > managedPages) {
      return;
    }
    long most = watermarks.highPages() * BOOST_FACTOR / 10_000;
    if (most == 0) {
      return;
    }
    boostPages = Math.min(boostPages + BuddyOrders.PAGEBLOCK_PAGES, Math.max(most, BuddyOrders.PAGEBLOCK_PAGES));
    boostedSinceWake |= (allocFlags & AllocFlags.KSWAPD) != 0;
  }

  void hashState(StateHash hash) {
    hash.add(boostPages).add(boostedSinceWake ? 1 : 0);
  }
}
