package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.NodeConfig;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.zone.Watermarks;
import pinfold.kernel.zone.ZoneType;

class MachineImportTest {
  private static final Path HOSTS = ConfigDir.SHIPPED.resolve("recorded/6.12.117-qemu/hosts");

  @TempDir Path temp;

  @Test
  void theHostWithCmaKeepsItsZoneWatermarksAndCma() {
    HostMachine host = MachineImport.run(HOSTS.resolve("cma-1node"), temp.resolve("cma.conf"));
    MachineConfig machine = host.machine();
    assertThat(machine.name()).isEqualTo("cma");
    assertThat(machine.cpuCount()).isEqualTo(4);
    assertThat(machine.zones()).hasSize(1);
    ZoneConfig zone = machine.zones().getFirst();
    assertThat(zone.type()).isEqualTo(ZoneType.DMA32);
    assertThat(zone.startPfn()).isEqualTo(1);
    assertThat(zone.spannedPages()).isEqualTo(524_255);
    assertThat(zone.managedPages()).isEqualTo(511_710);
    assertThat(zone.watermarks()).isEqualTo(new Watermarks(5632, 7040, 8448, 9856));
    // 1 GiB of CMA, taken to be at the end: the zone's last whole pageblock ends at 1023 * 512 = 523,776.
    assertThat(zone.cmaAreas()).containsExactly(new PfnRange(523_776 - 262_144, 262_144));
    // 341 + 434 anonymous; 511,710 managed - 507,807 free - 1132 on per-CPU lists - 775 = 1996 of the kernel.
    assertThat(host.inUse()).containsExactly(new ZoneUse(775, 0, 1996, 775));
    assertThat(host.mglru()).isFalse();
  }

  @Test
  void theHostWithFourNodesKeepsItsNodesDistancesAndMglru() {
    HostMachine host = MachineImport.run(HOSTS.resolve("numa-4node-movable"), temp.resolve("numa.conf"));
    MachineConfig machine = host.machine();
    assertThat(machine.nodes().stream().map(node -> Arrays.stream(node.cpus()).boxed().toList()))
        .containsExactly(List.of(0, 1), List.of(2, 3), List.of(4, 5), List.of(6, 7));
    assertThat(machine.nodes().stream().map(NodeConfig::zones).map(zones -> zones.stream().map(ZoneConfig::type).toList()))
        .containsExactly(List.of(ZoneType.DMA, ZoneType.DMA32), List.of(ZoneType.DMA32), List.of(ZoneType.DMA32),
            List.of(ZoneType.MOVABLE));
    assertThat(machine.distances()).isDeepEqualTo(
        new int[][] {{10, 20, 21, 31}, {20, 10, 31, 21}, {21, 31, 10, 20}, {31, 21, 20, 10}});
    assertThat(machine.zones().getFirst().lowmemReservePages()).containsExactly(0, 947, 947, 947);
    assertThat(host.mglru()).isTrue();
    // 257,161 managed - 257,035 free - 111 on per-CPU lists, all of it movable.
    assertThat(host.inUse().getLast()).isEqualTo(new ZoneUse(15, 0, 0, 0));
  }

  @Test
  void protectionIsReadByTheNamesOfTheKernelsOwnZones() {
    // cma-1node's kernel has DMA32, Normal and Movable only, so position 1 is Normal and not DMA32.
    ConfigDir tree = hostTree().with("proc/zoneinfo", zoneinfo().replace("(0, 0, 0)", "(0, 7, 9)"));
    assertThat(MachineImport.run(tree.path(), temp.resolve("m.conf")).machine().zones().getFirst().lowmemReservePages())
        .containsExactly(0, 0, 7, 9);
  }

  @Test
  void watermarksAreWrittenWithoutTheBoost() {
    ConfigDir tree = hostTree().with("proc/zoneinfo", zoneinfo().replaceFirst("boost    0", "boost    632"));
    assertThat(MachineImport.run(tree.path(), temp.resolve("m.conf")).machine().zones().getFirst().watermarks())
        .isEqualTo(new Watermarks(5000, 6408, 7816, 9224));
  }

  @Test
  void cpusWithGapsAreNumberedFromZero() {
    ConfigDir tree = hostTree().with("proc/cpuinfo", "processor\t: 0\nprocessor\t: 2\nprocessor\t: 5\n");
    assertThat(MachineImport.run(tree.path(), temp.resolve("m.conf")).machine().cpuCount()).isEqualTo(3);
    assertThat(temp.resolve("m.conf")).content()
        .contains("# Its CPUs 0,2,5 are numbered from 0 without gaps here, in the same order.");
  }

  @Test
  void whatTheHostDoesNotTellIsAskedFor() {
    String second = zoneinfo().replace("Node 0", "Node 1").replaceFirst("start_pfn: +1", "start_pfn: 524288");
    ConfigDir tree = hostTree().with("proc/zoneinfo", zoneinfo() + second);
    assertThat(MachineImport.run(tree.path(), temp.resolve("m.conf")).machine().nodes()).hasSize(2);
    assertThat(temp.resolve("m.conf")).content()
        .contains("# ASK: this host has 262144 CMA pages here and does not tell where.")
        .contains("# ASK: this host does not tell which node its CPUs are on")
        .contains("# ASK: this host does not tell the distances between its nodes")
        .contains("# This host has no /sys/kernel/mm/lru_gen");
  }

  @Test
  void theRunningHostCanBeImported() {
    assumeTrue(Files.isReadable(Path.of("/proc/zoneinfo")), "not on Linux");
    HostMachine host = MachineImport.run(Path.of("/"), temp.resolve("this.conf"));
    assertThat(host.machine().cpuCount()).isPositive();
    assertThat(host.machine().zones()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cma-1node", "numa-4node-movable"})
  void theShippedMachineIsWhatAnImportOfTheRecordedHostWrites(String host) {
    assertThat(ConfigDir.SHIPPED.resolve("machines/" + host + ".conf"))
        .hasContent(MachineImport.describe(HOSTS.resolve(host), host));
  }

  @Test
  void aDirectoryWithoutAHostIsRefusedAndNothingIsWritten() {
    ConfigDir empty = new ConfigDir(temp);
    assertThat(empty.complaint(() -> MachineImport.run(temp, temp.resolve("out/m.conf")))).isEqualTo(
        "DIR/proc/zoneinfo: cannot be read; --from needs a directory with copies of a Linux host's proc and sys, or / for "
            + "this host");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void aFileThatLinuxWouldNotWriteIsRefused() {
    ConfigDir tree = hostTree().with("sys/devices/system/node/node0/cpulist", "many\n");
    assertThat(tree.complaint(() -> MachineImport.describe(tree.path(), "m")))
        .isEqualTo("DIR: has a file that is not as Linux writes it: must be a list of CPUs such as 0-3,8");
  }

  @Test
  void aHostThatCannotBeSimulatedIsRefusedAndLeavesTheOldFile() throws IOException {
    Path target = Files.writeString(temp.resolve("m.conf"), "old");
    ConfigDir tree = hostTree().with("proc/zoneinfo", zoneinfo().replace("managed  511710", "managed  999999"));
    assertThatThrownBy(() -> MachineImport.run(tree.path(), target)).isInstanceOf(ConfigError.class)
        .hasMessageContaining("describes a machine that cannot be simulated").hasMessageContaining("managedPages = 999999");
    assertThat(target).hasContent("old");
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("m.conf", "host");
    }
  }

  private ConfigDir hostTree() {
    return new ConfigDir(temp.resolve("host")).with("proc/zoneinfo", zoneinfo())
        .with("proc/cpuinfo", "processor\t: 0\nprocessor\t: 1\n");
  }

  private static String zoneinfo() {
    try {
      return Files.readString(HOSTS.resolve("cma-1node/proc/zoneinfo"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
