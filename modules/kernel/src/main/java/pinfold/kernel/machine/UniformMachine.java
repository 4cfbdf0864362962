package pinfold.kernel.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.LowmemReserve;
import pinfold.kernel.zone.Watermarks;
import pinfold.kernel.zone.ZoneType;

/**
 * A machine of equal nodes. Each has one NORMAL zone, with one CMA area at its end, and a MOVABLE zone behind that if asked
 * for. All pages are managed. Watermarks are those of a kernel with THP enabled.
 */
final class UniformMachine {
  private static final int PAGE_SHIFT = 12;

  /** A node starts at a multiple of this many pages (128 MiB, x86-64's memory section); the first at one of it, not at 0. */
  private static final int NODE_ALIGN_PAGES = 32_768;

  private static final int REMOTE_DISTANCE = 20;

  /** A remote cache-line transfer on one socket, rounded; assumed. */
  private static final long NEAR_LINK_NANOS = 500;

  private UniformMachine() {}

  static MachineConfig of(int nodes, int cpusPerNode, long bytesPerNode, long cmaBytesPerNode, long movableBytesPerNode) {
    long pages = wholePageblocks("bytesPerNode", bytesPerNode);
    long movable = wholePageblocks("movableBytesPerNode", movableBytesPerNode);
    long cma = wholePageblocks("cmaBytesPerNode", cmaBytesPerNode);
    long normal = pages - movable;
    require(nodes >= 1, "nodes = " + nodes + " must be at least 1");
    require(cpusPerNode >= 1, "cpusPerNode = " + cpusPerNode + " must be at least 1");
    require(normal > 0, "movableBytesPerNode = " + movableBytesPerNode + " must leave 2 MiB or more of bytesPerNode = "
        + bytesPerNode + ": kernel memory cannot be movable");
    require(cma < normal, "cmaBytesPerNode = " + cmaBytesPerNode + " must leave 2 MiB or more of the " + (normal << PAGE_SHIFT)
        + " bytes of the NORMAL zone: kernel memory cannot be in CMA");
    long stride = (pages + NODE_ALIGN_PAGES - 1) / NODE_ALIGN_PAGES * NODE_ALIGN_PAGES;
    require(stride <= (PfnRange.PFN_LIMIT - NODE_ALIGN_PAGES) / nodes, nodes + " nodes of " + bytesPerNode
        + " bytes do not fit below pfn " + PfnRange.PFN_LIMIT + " (4 TiB)");

    long lowmem = normal * nodes;
    long minFree = Math.max(Watermarks.bootMinFreePages(lowmem), Watermarks.thpMinFreePages(nodes, lowmem));
    List<NodeConfig> configs = new ArrayList<>();
    for (int id = 0; id < nodes; id++) {
      int start = (int) (NODE_ALIGN_PAGES + id * stride);
      int end = (int) (start + normal);
      List<PfnRange> areas = cma == 0 ? List.of() : List.of(new PfnRange((int) (end - cma), (int) cma));
      long[] managed = {0, 0, normal, movable};
      List<ZoneConfig> zones = new ArrayList<>();
      zones.add(zone(ZoneType.NORMAL, start, areas, managed, lowmem, minFree));
      if (movable > 0) {
        zones.add(zone(ZoneType.MOVABLE, end, List.of(), managed, lowmem, minFree));
      }
      int[] cpus = IntStream.range(id * cpusPerNode, (id + 1) * cpusPerNode).toArray();
      configs.add(new NodeConfig(id, cpus, zones));
    }
    String name = "uniform-" + nodes + "x" + cpusPerNode;
    return new MachineConfig(name, configs, distances(nodes), NEAR_LINK_NANOS, MachineConfig.USUAL_FAR_LINK_NANOS);
  }

  private static ZoneConfig zone(ZoneType type, int start, List<PfnRange> areas, long[] managed, long lowmem, long minFree) {
    int pages = (int) managed[type.ordinal()];
    Watermarks watermarks = Watermarks.of(type, pages, lowmem, minFree, Watermarks.DEFAULT_SCALE_FACTOR);
    return new ZoneConfig(type, start, pages, pages, areas, watermarks, LowmemReserve.of(type, managed));
  }

  private static int[][] distances(int nodes) {
    int[][] distances = new int[nodes][nodes];
    for (int node = 0; node < nodes; node++) {
      Arrays.fill(distances[node], REMOTE_DISTANCE);
      distances[node][node] = MachineConfig.LOCAL_DISTANCE;
    }
    return distances;
  }

  private static long wholePageblocks(String setting, long bytes) {
    require(bytes >= 0, setting + " = " + bytes + " must not be negative");
    return bytes >> (PAGE_SHIFT + BuddyOrders.PAGEBLOCK_ORDER) << BuddyOrders.PAGEBLOCK_ORDER;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
