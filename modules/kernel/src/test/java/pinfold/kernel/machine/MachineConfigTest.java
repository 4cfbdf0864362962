package pinfold.kernel.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.kernel.zone.Watermarks;
import pinfold.kernel.zone.ZoneType;

class MachineConfigTest {
  private static final long GIB = 1L << 30;
  private static final Watermarks NO_MARKS = new Watermarks(0, 0, 0, 0);

  @Test
  void uniformMachinePlacesCmaAtTheEndOfNormalAndMovableBehindIt() {
    MachineConfig machine = MachineConfig.uniform(2, 3, 4 * GIB, GIB, GIB);

    // 4 GiB are 1048576 pages; the first node starts at one section of 32768 pages.
    ZoneConfig normal = machine.zones().get(0);
    ZoneConfig movable = machine.zones().get(1);
    assertThat(normal.span()).isEqualTo(new PfnRange(32_768, 786_432));
    assertThat(normal.cmaAreas()).containsExactly(new PfnRange(32_768 + 524_288, 262_144));
    assertThat(movable.span()).isEqualTo(new PfnRange(32_768 + 786_432, 262_144));
    assertThat(machine.zones().get(2).startPfn()).isEqualTo(32_768 + 1_048_576);
    assertThat(machine.nodes().get(1).cpus()).containsExactly(3, 4, 5);
    assertThat(machine.distances()).isDeepEqualTo(new int[][] {{10, 20}, {20, 10}});
    // NORMAL keeps 1/32 of the MOVABLE zone above it from requests that could use that: 262144 / 32.
    assertThat(normal.lowmemReservePages()).containsExactly(0, 0, 0, 8192);
    assertThat(machine.cpuCount()).isEqualTo(6);
    assertThat(machine.nodeOfCpu(5)).isEqualTo(1);
    assertThat(machine.zoneOfPfn(32_768 + 786_432)).isEqualTo(1);
    assertThat(machine.zoneOfPfn(32_767)).isEqualTo(-1);
    assertThat(machine.nodeOfZone(2)).isEqualTo(1);
  }

  @Test
  void everyNodeStartsAtAMemorySectionWhateverItsSize() {
    MachineConfig machine = MachineConfig.uniform(3, 1, 130L << 20, 0, 0);

    // 130 MiB are 33280 pages, so the next start is two sections on.
    assertThat(machine.zones()).extracting(ZoneConfig::startPfn).containsExactly(32_768, 98_304, 163_840);
  }

  @Test
  void zonelistGoesFromTheOwnNodeAroundTheRingAndFromTheHighestZoneDown() {
    MachineConfig machine = MachineConfig.uniform(3, 1, GIB, 0, GIB / 2);

    // Zones 0,1 are node 0's NORMAL and MOVABLE, 2,3 node 1's, 4,5 node 2's. Nodes of lower number cost one more.
    assertThat(machine.zonelist(1, ZoneType.MOVABLE)).containsExactly(3, 2, 5, 4, 1, 0);
    assertThat(machine.zonelist(1, ZoneType.NORMAL)).containsExactly(2, 4, 0);
    assertThat(machine.zonelist(1, ZoneType.DMA32)).isEmpty();
  }

  @Test
  void nearerNodesComeFirstAndNodesThatAlreadyServeOthersComeLater() {
    // Two packages of two nodes each. Node 0 sees 2 and 3 at the same distance and takes 2, which loads it; node 1 then
    // prefers 3.
    int[][] distances = {{10, 12, 20, 20}, {12, 10, 20, 20}, {20, 20, 10, 12}, {20, 20, 12, 10}};
    MachineConfig machine = machine(distances);

    assertThat(machine.zonelist(0, ZoneType.NORMAL)).containsExactly(0, 1, 2, 3);
    assertThat(machine.zonelist(1, ZoneType.NORMAL)).containsExactly(1, 0, 3, 2);
    assertThat(machine.zonelist(2, ZoneType.NORMAL)).containsExactly(2, 3, 0, 1);
  }

  @Test
  void nodeWithoutMemoryUsesTheNearestWithMemory() {
    List<NodeConfig> nodes = List.of(
        new NodeConfig(0, new int[] {0}, List.of(zone(4096, 1024))), new NodeConfig(1, new int[] {1}, List.of()));
    MachineConfig machine = new MachineConfig("m", nodes, new int[][] {{10, 20}, {20, 10}}, 1, 1);

    assertThat(machine.zonelist(1, ZoneType.NORMAL)).containsExactly(0);
  }

  @Test
  void callersCannotChangeAMachineThroughItsArrays() {
    MachineConfig machine = MachineConfig.uniform(1, 1, GIB, 0, 0);

    machine.distances()[0][0] = 99;
    machine.nodes().get(0).cpus()[0] = 99;
    machine.zones().get(0).lowmemReservePages()[0] = 99;

    assertThat(machine.distance(0, 0)).isEqualTo(10);
    assertThat(machine.nodeOfCpu(0)).isZero();
    assertThat(machine.zones().get(0).lowmemReservePages()[0]).isZero();
  }

  @Test
  void contradictionsAreRefusedWithTheValueAndTheReason() {
    refused("pfn 0 stands for no page", () -> zone(0, 1024));
    refused("whole pageblocks of 512", () -> zoneWithCma(new PfnRange(4100, 512)));
    refused("must lie inside the zone's pfns 4096 to 5119", () -> zoneWithCma(new PfnRange(5120, 512)));
    refused("ascending and disjoint", () -> zoneWithCma(new PfnRange(4608, 512), new PfnRange(4096, 512)));
    refused("must rise from 0", () -> new Watermarks(10, 9, 11, 12));
    refused("overlaps a zone at pfns 4096 to 5119", () -> machine2(zone(4096, 1024), zone(5000, 1024)));
    refused("distances[0][1] = 10", () -> machine(new int[][] {{10, 10}, {20, 10}}));
    refused("distances has 1 rows for 2 nodes", () -> new MachineConfig("m",
        List.of(new NodeConfig(0, new int[] {0}, List.of(zone(4096, 8))), new NodeConfig(1, new int[] {}, List.of())),
        new int[][] {{10}}, 1, 1));
    refused("CPU 1 is missing", () -> new MachineConfig("m",
        List.of(new NodeConfig(0, new int[] {0, 2}, List.of(zone(4096, 8)))), new int[][] {{10}}, 1, 1));
    refused("larger than the one before", () -> new NodeConfig(0, new int[] {1, 1}, List.of()));
    refused("kernel memory cannot be in CMA", () -> MachineConfig.uniform(1, 1, GIB, GIB, 0));
    refused("do not fit below pfn", () -> MachineConfig.uniform(8, 1, 1L << 40, 0, 0));
    refused("nearLinkNanos = 5 and farLinkNanos = 4", () -> new MachineConfig("m",
        List.of(new NodeConfig(0, new int[] {0}, List.of(zone(4096, 8)))), new int[][] {{10}}, 5, 4));
  }

  private static void refused(String why, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
    assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }

  private static ZoneConfig zone(int startPfn, int pages) {
    return new ZoneConfig(ZoneType.NORMAL, startPfn, pages, pages, List.of(), NO_MARKS, new long[ZoneType.COUNT]);
  }

  private static ZoneConfig zoneWithCma(PfnRange... areas) {
    return new ZoneConfig(ZoneType.NORMAL, 4096, 1024, 1024, List.of(areas), NO_MARKS, new long[ZoneType.COUNT]);
  }

  private static MachineConfig machine2(ZoneConfig first, ZoneConfig second) {
    return new MachineConfig("m", List.of(new NodeConfig(0, new int[] {0}, List.of(first)),
        new NodeConfig(1, new int[] {1}, List.of(second))), new int[][] {{10, 20}, {20, 10}}, 1, 1);
  }

  private static MachineConfig machine(int[][] distances) {
    NodeConfig[] nodes = new NodeConfig[distances.length];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new NodeConfig(i, new int[] {i}, List.of(zone(4096 * (i + 1), 1024)));
    }
    return new MachineConfig("m", List.of(nodes), distances, 1, 1);
  }
}
