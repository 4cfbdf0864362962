package pinfold.kernel.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatermarksTest {
  /** /proc/zoneinfo of a 2 GiB host with THP: one populated zone, DMA32, of 511710 managed pages. */
  @Test
  void oneZoneHostHasTheWatermarksOfItsZoneinfo() {
    // khugepaged: 1 zone x 512 pages x (2 + 3 x 3) = 5632, below a twentieth of memory.
    long minFree = Watermarks.thpMinFreePages(1, 511_710);
    assertThat(minFree).isEqualTo(5632);

    assertThat(of(ZoneType.DMA32, 511_710, 511_710, minFree)).isEqualTo(new Watermarks(5632, 7040, 8448, 9856));
    // Its empty ZONE_MOVABLE.
    assertThat(of(ZoneType.MOVABLE, 0, 511_710, minFree)).isEqualTo(new Watermarks(32, 32, 32, 32));
  }

  /** /proc/zoneinfo of a host with DMA, three DMA32 zones and one MOVABLE zone on four nodes. */
  @Test
  void fourNodeHostHasTheWatermarksOfItsZoneinfo() {
    long lowmem = 3840 + 244_221 + 257_873 + 241_457;
    long minFree = Watermarks.thpMinFreePages(4, lowmem);
    assertThat(minFree).isEqualTo(22_528);

    assertThat(of(ZoneType.DMA, 3840, lowmem, minFree)).isEqualTo(new Watermarks(115, 143, 171, 199));
    assertThat(of(ZoneType.DMA32, 244_221, lowmem, minFree)).isEqualTo(new Watermarks(7361, 9201, 11_041, 12_881));
    assertThat(of(ZoneType.DMA32, 257_873, lowmem, minFree)).isEqualTo(new Watermarks(7772, 9715, 11_658, 13_601));
    assertThat(of(ZoneType.DMA32, 241_457, lowmem, minFree)).isEqualTo(new Watermarks(7278, 9097, 10_916, 12_735));
    assertThat(of(ZoneType.MOVABLE, 257_161, lowmem, minFree)).isEqualTo(new Watermarks(128, 2065, 4002, 5939));
  }

  @Test
  void bootDefaultOfMinFreeIsTheRootOfLowmemWithinBounds() {
    // 511710 pages are 2046840 kB; 16 times that is 32749440, its root 5722 kB, 1430 whole pages.
    assertThat(Watermarks.bootMinFreePages(511_710)).isEqualTo(1430);
    assertThat(Watermarks.bootMinFreePages(100)).isEqualTo(128 / 4);
    assertThat(Watermarks.bootMinFreePages(1L << 31)).isEqualTo(262_144 / 4);
  }

  @Test
  void scaleFactorTakesOverInLargeZones() {
    // 32 GiB in one zone: a quarter of the share 5632 is 1408, a thousandth of the zone 8388.
    assertThat(of(ZoneType.NORMAL, 8_388_608, 8_388_608, 5632)).isEqualTo(new Watermarks(5632, 14_020, 22_408, 30_796));
  }

  @Test
  void lowmemReserveIsAShareOfTheZonesAbove() {
    long[] managed = {3840, 244_221, 1_000_000, 0};

    assertThat(LowmemReserve.of(ZoneType.DMA, managed)).containsExactly(0, 953, 4860, 4860);
    assertThat(LowmemReserve.of(ZoneType.DMA32, managed)).containsExactly(0, 0, 3906, 3906);
    assertThat(LowmemReserve.of(ZoneType.NORMAL, managed)).containsExactly(0, 0, 0, 0);
    assertThat(LowmemReserve.of(ZoneType.MOVABLE, managed)).containsExactly(0, 0, 0, 0);
  }

  private static Watermarks of(ZoneType type, long managed, long lowmem, long minFree) {
    return Watermarks.of(type, managed, lowmem, minFree, Watermarks.DEFAULT_SCALE_FACTOR);
  }
}
