package pinfold.kernel.node;

import pinfold.kernel.Directory;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.ZoneType;

/**
 * A memory node's copy of its pageblocks' types, as far as they decide here: the zone owns them and tells of changes; a
 * reader of the copy may be late by one link, as a reader without zone->lock is in the kernel.
 */
final class PageblockTypes {
  private static final int BLOCK_SHIFT = 9;
  private static final byte MOVABLE_ZONE = 8;

  private final byte[] types;
  private final int firstBlock;

  PageblockTypes(Directory directory, int node) {
    int first = Integer.MAX_VALUE;
    int end = 0;
    for (int z = 0; z < directory.zones().size(); z++) {
      if (directory.nodeOfZone(z) == node) {
        first = Math.min(first, directory.zones().get(z).startPfn() >>> BLOCK_SHIFT);
        end = Math.max(end, (directory.zones().get(z).span().endPfn() - 1 >>> BLOCK_SHIFT) + 1);
      }
    }
    this.firstBlock = end == 0 ? 0 : first;
    this.types = new byte[end - firstBlock];
    for (int z = 0; z < directory.zones().size(); z++) {
      if (directory.nodeOfZone(z) == node) {
        fill(directory.zones().get(z));
      }
    }
  }

  private void fill(ZoneConfig zone) {
    byte zoneBit = zone.type() == ZoneType.MOVABLE ? MOVABLE_ZONE : 0;
    for (int block = zone.startPfn() >>> BLOCK_SHIFT; block <= zone.span().endPfn() - 1 >>> BLOCK_SHIFT; block++) {
      types[block - firstBlock] = (byte) (MigrateType.MOVABLE.code() | zoneBit);
    }
    for (PfnRange area : zone.cmaAreas()) {
      for (int pfn = area.startPfn(); pfn < area.endPfn(); pfn += 1 << BLOCK_SHIFT) {
        set(pfn, MigrateType.CMA.code());
      }
    }
  }

  /** Migratetype code of the block that holds the page. */
  int type(int pfn) {
    return types[(pfn >>> BLOCK_SHIFT) - firstBlock] & 7;
  }

  void set(int pfn, int type) {
    int block = (pfn >>> BLOCK_SHIFT) - firstBlock;
    types[block] = (byte) (types[block] & MOVABLE_ZONE | type);
  }

  /** folio_is_longterm_pinnable() (include/linux/mm.h, 6.12): not in a CMA or isolated block and not in ZONE_MOVABLE. */
  boolean longtermPinnable(int pfn) {
    int type = types[(pfn >>> BLOCK_SHIFT) - firstBlock];
    return type < MigrateType.CMA.code();
  }
}
