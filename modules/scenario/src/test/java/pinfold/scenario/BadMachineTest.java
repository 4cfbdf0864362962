package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told who gets a machine file wrong, word for word. */
class BadMachineTest {
  @TempDir Path temp;

  @Test
  void anUnknownMachineNamesTheNearest() {
    ConfigDir dir = new ConfigDir(temp);
    assertThat(dir.complaint(() -> MachineFile.load("machines/cma-2node.conf", dir.searchPath(), 100, 200))).isEqualTo(
        "machine machines/cma-2node.conf: not found in DIR, SHIPPED, the working directory; did you mean cma-1node? "
            + "There are: cma-1node, numa-4node-movable");
  }

  @Test
  void watermarksInTheWrongOrderAreRefused() {
    assertThat(zone("watermark-min-pages = 1024, watermark-low-pages = 900\nwatermark-high-pages = 2000, "
        + "watermark-promo-pages = 3000")).isEqualTo("DIR/machines/m.conf:4: nodes[0].zones[0].watermark-low-pages = 900: must "
        + "be no less than watermark-min-pages = 1024: kswapd is woken below low and stops above high, so the reverse order "
        + "would never let it stop");
  }

  @Test
  void someWatermarksOnlyAreRefused() {
    assertThat(zone("watermark-min-pages = 1024")).isEqualTo("DIR/machines/m.conf:3: nodes[0].zones[0]: "
        + "watermark-low-pages is missing: say all four watermarks or none of them");
  }

  @Test
  void aReserveThatIsNotOfFourZonesIsRefused() {
    assertThat(zone("lowmem-reserve-pages = [0, 0, 0]")).isEqualTo("DIR/machines/m.conf:4: nodes[0].zones[0]."
        + "lowmem-reserve-pages = [0,0,0]: must be [] or four counts of pages: for dma, dma32, normal, movable");
  }

  @Test
  void overlappingCmaAreasAreRefused() {
    assertThat(zone("cma-areas = [ { start-pfn = 1024, pages = 1024 }, { start-pfn = 1536, pages = 512 } ]")).isEqualTo(
        "DIR/machines/m.conf:3: nodes[0].zones[0]: zone NORMAL at pfn 512: CMA area at pfn 1536 must begin at or after the "
            + "end of the one before it, pfn 2048: areas are ascending and disjoint");
  }

  @Test
  void moreCmaThanTheZoneHasIsRefused() {
    assertThat(zone("cma-areas = [ { start-pfn = 1024, pages = 1048576 } ]")).isEqualTo("DIR/machines/m.conf:3: "
        + "nodes[0].zones[0]: zone NORMAL at pfn 512: CMA area of 1048576 pages at pfn 1024 must lie inside the zone's pfns "
        + "512 to 524799");
  }

  @Test
  void aCmaAreaBeyondAllMemoryIsRefused() {
    assertThat(zone("cma-areas = [ { start-pfn = 1073741312, pages = 1024 } ]")).isEqualTo("DIR/machines/m.conf:3: "
        + "nodes[0].zones[0]: pfn range of 1024 pages from pfn 1073741312 must have at least 1 page and end by pfn 1073741824 "
        + "(4 TiB)");
  }

  @Test
  void moreInUseThanThereIsIsRefused() {
    assertThat(zone("kernel-pages = 600000")).isEqualTo("DIR/machines/m.conf:3: nodes[0].zones[0]: has 600000 pages in use "
        + "outside CMA, but only 524288 of its 524288 managed pages are there");
  }

  @Test
  void aCpuOfTwoNodesIsRefused() {
    assertThat(complaint("format = 1\nnodes = [ { cpus = 0-1, zones = [ { spanned-pages = 512 } ] }\n{ cpus = 1 } ]"))
        .isEqualTo("DIR/machines/m.conf: CPU 1 is in two nodes: CPUs are numbered from 0 without gaps, each in one node");
  }

  @Test
  void overlappingZonesAreRefused() {
    assertThat(complaint("format = 1\nnodes = [ { cpus = 0, zones = [ { spanned-pages = 512 } ] }\n"
        + "{ cpus = 1, zones = [ { start-pfn = 512, spanned-pages = 512 } ] } ]")).isEqualTo("DIR/machines/m.conf: node 1 zone "
        + "NORMAL at pfns 512 to 1023 overlaps a zone at pfns 1 to 512: a page frame belongs to one zone");
  }

  @Test
  void anUnknownZoneSettingNamesTheNearest() {
    assertThat(zone("managed = 5")).isEqualTo(
        "DIR/machines/m.conf:4: nodes[0].zones[0].managed = 5: the unit belongs to the name: write "
            + "nodes[0].zones[0].managed-pages");
    assertThat(zone("strat-pfn = 5")).isEqualTo("DIR/machines/m.conf:4: nodes[0].zones[0].strat-pfn = 5: no such setting; did "
        + "you mean nodes[0].zones[0].start-pfn?");
  }

  private String zone(String lines) {
    return complaint("format = 1\nnodes = [ { cpus = 0, zones = [\n{ start-pfn = 512, spanned-pages = 524288\n" + lines
        + "\n} ] } ]\n");
  }

  private String complaint(String text) {
    ConfigDir dir = new ConfigDir(temp).with("machines/m.conf", text);
    return dir.complaint(() -> MachineFile.load("m", dir.searchPath(), 100, 200));
  }
}
