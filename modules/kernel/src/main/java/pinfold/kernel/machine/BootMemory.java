package pinfold.kernel.machine;

import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.BuddyZone;
import pinfold.kernel.zone.FallbackForm;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.MovablePages;

/** A zone's memory before anything runs: what the buddy gets, and what is in use already. Deterministic. */
public final class BootMemory {
  private static final int PAGEBLOCK = BuddyOrders.PAGEBLOCK_PAGES;

  private final BuddyZone zone;
  private final List<PfnRange> taken = new ArrayList<>();

  private BootMemory(BuddyZone zone) {
    this.zone = zone;
  }

  /**
   * A zone with all its managed pages free, CMA areas typed. Pages that are not managed are the lowest outside CMA.
   *
   * @param cmaHalfRule as for {@link BuddyZone}
   * @param movablePages answers what a claim asks about pages in use
   */
  public static BuddyZone boot(ZoneConfig config, FallbackForm fallbackForm, boolean cmaHalfRule, MovablePages movablePages) {
    BuddyZone zone = new BuddyZone(config.startPfn(), config.spannedPages(), config.watermarks(), config.lowmemReservePages(),
        fallbackForm, cmaHalfRule, movablePages);
    for (PfnRange area : config.cmaAreas()) {
      for (int block = area.startPfn(); block < area.endPfn(); block += PAGEBLOCK) {
        zone.setPageblockType(block, MigrateType.CMA);
      }
    }
    int unmanaged = config.spannedPages() - config.managedPages();
    int at = config.startPfn();
    for (PfnRange area : config.cmaAreas()) {
      unmanaged = addAfter(zone, at, area.startPfn(), unmanaged);
      zone.addFreeRange(area.startPfn(), area.pages());
      at = area.endPfn();
    }
    addAfter(zone, at, config.startPfn() + config.spannedPages(), unmanaged);
    return zone;
  }

  /** Adds the pages from..end except the first {@code unmanaged}; returns how many unmanaged pages are still to be left out. */
  private static int addAfter(BuddyZone zone, int from, int end, int unmanaged) {
    int left = Math.min(unmanaged, end - from);
    if (end - from > left) {
      zone.addFreeRange(from + left, end - from - left);
    }
    return unmanaged - left;
  }

  /**
   * Takes free pages out of the buddy as memory that is in use.
   *
   * @param type CMA takes pages of CMA pageblocks; any other type takes them of MOVABLE ones or of its own, and the
   *     pageblocks become that type, as if requests of it had claimed them
   * @return the pages, lowest first for LOWEST and SCATTERED, highest pageblock first for HIGHEST; neighbours joined
   * @throws IllegalArgumentException if there are not enough free pages of that kind
   */
  public static List<PfnRange> reserve(BuddyZone zone, long pages, MigrateType type, Placement where) {
    long free = zone.freePages(type) + (mayUseMovable(type) ? zone.freePages(MigrateType.MOVABLE) : 0);
    if (pages < 0 || pages > free) {
      throw new IllegalArgumentException(pages + " pages of type " + type + " to be in use at the start, but the zone at pfn "
          + zone.startPfn() + " has " + free + " free ones that they can use");
    }
    BootMemory memory = new BootMemory(zone);
    List<Integer> blocks = memory.usableBlocks(type);
    if (where == Placement.SCATTERED) {
      memory.scatter(blocks, pages, type);
    } else {
      memory.fill(where == Placement.HIGHEST ? blocks.reversed() : blocks, pages, type);
    }
    return memory.taken;
  }

  private static boolean mayUseMovable(MigrateType type) {
    return type == MigrateType.UNMOVABLE || type == MigrateType.RECLAIMABLE || type == MigrateType.HIGHATOMIC;
  }

  private List<Integer> usableBlocks(MigrateType type) {
    List<Integer> blocks = new ArrayList<>();
    int end = zone.startPfn() + zone.spannedPages();
    for (int block = zone.startPfn() & -PAGEBLOCK; block < end; block += PAGEBLOCK) {
      int blockType = zone.pageblockType(block);
      boolean usable = blockType == type.code() || mayUseMovable(type) && blockType == MigrateType.MOVABLE.code();
      if (usable && zone.freePagesInPageblock(block) > 0) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  private long fill(List<Integer> blocks, long pages, MigrateType type) {
    long left = pages;
    for (int i = 0; left > 0 && i < blocks.size(); i++) {
      left -= takeFrom(blocks.get(i), (int) Math.min(left, PAGEBLOCK), type);
    }
    return left;
  }

  /** An equal share from each; what part-used pageblocks could not give comes from the lowest that still can. */
  private void scatter(List<Integer> blocks, long pages, MigrateType type) {
    long left = pages;
    for (int i = 0; i < blocks.size(); i++) {
      long share = pages * (i + 1) / blocks.size() - pages * i / blocks.size();
      left -= takeFrom(blocks.get(i), (int) share, type);
    }
    fill(blocks, left, type);
  }

  /** Takes up to so many free pages of one pageblock, lowest first; returns how many. */
  private int takeFrom(int block, int pages, MigrateType type) {
    int got = 0;
    int at = Math.max(block, zone.startPfn());
    int end = Math.min(block + PAGEBLOCK, zone.startPfn() + zone.spannedPages());
    while (got < pages && at < end) {
      int order = zone.freeBlockOrder(at);
      int next = order < 0 ? at + 1 : Math.min(end, (at & -(1 << order)) + (1 << order));
      if (order >= 0) {
        next = Math.min(next, at + pages - got);
        zone.takeRange(at, next - at);
        note(at, next);
        got += next - at;
      }
      at = next;
    }
    if (got > 0) {
      zone.setPageblockType(Math.max(block, zone.startPfn()), type);
    }
    return got;
  }

  private void note(int from, int end) {
    if (!taken.isEmpty() && taken.getLast().endPfn() == from) {
      from = taken.removeLast().startPfn();
    }
    taken.add(new PfnRange(from, end - from));
  }
}
