package pinfold.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.kernel.zone.BuddyZone;
import pinfold.kernel.zone.FallbackForm;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.MovablePages;
import pinfold.kernel.zone.Watermarks;
import pinfold.kernel.zone.ZoneType;

class BootMemoryTest {
  private static final int START = 4096;

  @Test
  void managedPagesAreFreeAndTheRestIsTheLowestOutsideCma() {
    // 4096 pages, CMA in the second quarter, 100 pages not managed.
    BuddyZone zone = boot(3996, new PfnRange(START + 1024, 1024));

    assertThat(zone.managedPages()).isEqualTo(3996);
    assertThat(zone.freePages()).isEqualTo(3996);
    assertThat(zone.freeCmaPages()).isEqualTo(1024);
    assertThat(zone.freeBlockOrder(START + 99)).isEqualTo(-1);
    assertThat(zone.freeBlockOrder(START + 100)).isGreaterThanOrEqualTo(0);
    assertThat(zone.freeBlockOrder(START + 1024)).isEqualTo(10);
  }

  @Test
  void unmanagedPagesContinueBehindCmaWhenItLeavesNoRoomBefore() {
    // Only 1024 pages lie before the CMA area; 1100 are not managed.
    BuddyZone zone = boot(2996, new PfnRange(START + 1024, 1024));

    assertThat(zone.freeCmaPages()).isEqualTo(1024);
    assertThat(zone.freeBlockOrder(START + 2048 + 75)).isEqualTo(-1);
    assertThat(zone.freeBlockOrder(START + 2048 + 76)).isGreaterThanOrEqualTo(0);
  }

  @Test
  void lowestFillsPageblocksFromTheBottomAndTypesThem() {
    BuddyZone zone = boot(4096, new PfnRange(START + 1024, 1024));

    List<PfnRange> kernel = BootMemory.reserve(zone, 700, MigrateType.UNMOVABLE, Placement.LOWEST);
    List<PfnRange> user = BootMemory.reserve(zone, 600, MigrateType.MOVABLE, Placement.LOWEST);

    assertThat(kernel).containsExactly(new PfnRange(START, 700));
    assertThat(zone.pageblockType(START + 512)).isEqualTo(MigrateType.UNMOVABLE.code());
    assertThat(zone.freePages(MigrateType.UNMOVABLE)).isEqualTo(324);
    assertThat(user).containsExactly(new PfnRange(START + 2048, 600));
    assertThat(zone.pageblockType(START + 2048)).isEqualTo(MigrateType.MOVABLE.code());
    assertThat(zone.freePages()).isEqualTo(4096 - 1300);
  }

  @Test
  void highestFillsCmaFromTheTop() {
    BuddyZone zone = boot(4096, new PfnRange(START + 1024, 1024));

    List<PfnRange> pages = BootMemory.reserve(zone, 600, MigrateType.CMA, Placement.HIGHEST);

    assertThat(pages).containsExactly(new PfnRange(START + 1536, 512), new PfnRange(START + 1024, 88));
    assertThat(zone.freeCmaPages()).isEqualTo(424);
  }

  @Test
  void scatteredTakesTheSameFromEveryPageblock() {
    BuddyZone zone = boot(4096, new PfnRange(START + 1024, 1024));

    List<PfnRange> pages = BootMemory.reserve(zone, 13, MigrateType.MOVABLE, Placement.SCATTERED);

    // Six pageblocks outside CMA: shares of 13 * (i + 1) / 6 - 13 * i / 6 are 2, 2, 2, 2, 2, 3.
    assertThat(pages).extracting(PfnRange::pages).containsExactly(2, 2, 2, 2, 2, 3);
    assertThat(pages).extracting(PfnRange::startPfn)
        .containsExactly(START, START + 512, START + 2048, START + 2560, START + 3072, START + 3584);

    // What is left can all be taken, and given back it merges to what it was.
    pages.addAll(BootMemory.reserve(zone, 3072 - 13, MigrateType.MOVABLE, Placement.SCATTERED));
    assertThat(zone.freePages()).isEqualTo(1024);
    for (PfnRange range : pages) {
      for (int pfn = range.startPfn(); pfn < range.endPfn(); pfn++) {
        zone.free(pfn, 0);
      }
    }
    assertThat(zone.freeBlocks(10, MigrateType.MOVABLE)).isEqualTo(3);
  }

  @Test
  void moreThanIsFreeIsRefusedWithBothNumbers() {
    BuddyZone zone = boot(4096, new PfnRange(START + 1024, 1024));

    assertThatThrownBy(() -> BootMemory.reserve(zone, 1025, MigrateType.CMA, Placement.LOWEST))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1025 pages of type CMA").hasMessageContaining("1024");
  }

  private static BuddyZone boot(int managedPages, PfnRange... cma) {
    ZoneConfig config = new ZoneConfig(ZoneType.NORMAL, START, 4096, managedPages, List.of(cma), new Watermarks(0, 0, 0, 0),
        new long[ZoneType.COUNT]);
    return BootMemory.boot(config, FallbackForm.CLAIM_THEN_STEAL, true, MovablePages.BY_BLOCK_TYPE);
  }
}
