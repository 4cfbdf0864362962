package pinfold.kernel.cpu;

import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.MigrateType;

/** What kind of page is wanted: decides zones, lists and whether CMA may serve it (kernel-model.md 5.1). */
enum PageRequest {
  /** GFP_HIGHUSER_MOVABLE: user memory and page cache. */
  USER(MigrateType.MOVABLE, true),
  /** The same under PF_MEMALLOC_PIN, and the target of a long-term migration: never CMA, never ZONE_MOVABLE. */
  LONGTERM(MigrateType.UNMOVABLE, false);

  private final int migratetype;
  private final boolean movableZone;

  PageRequest(MigrateType type, boolean movableZone) {
    this.migratetype = type.code();
    this.movableZone = movableZone;
  }

  int migratetype() {
    return migratetype;
  }

  boolean movableZone() {
    return movableZone;
  }

  /** Allocation flags with a watermark. */
  int flags(int watermark) {
    return AllocFlags.withCma(watermark, migratetype);
  }
}
