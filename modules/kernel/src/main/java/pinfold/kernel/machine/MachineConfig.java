package pinfold.kernel.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.kernel.zone.ZoneType;

/**
 * A machine. Zones have a global index: their position when all nodes' zones are written one after the other.
 *
 * @param name how reports call it
 * @param nodes in order of their ids, at least one with memory
 * @param distances ACPI SLIT, {@code distances[from][to]}, 10 to itself and more to others; copied in and out
 * @param nearLinkNanos latency of a message inside a node's group
 * @param farLinkNanos latency of a message between groups, at least nearLinkNanos
 */
public record MachineConfig(String name, List<NodeConfig> nodes, int[][] distances, long nearLinkNanos, long farLinkNanos) {
  /** LOCAL_DISTANCE (include/linux/topology.h). */
  public static final int LOCAL_DISTANCE = 10;

  /** Latency between groups unless a scenario asks for another, ns: a remote cache-line transfer between sockets, rounded; assumed. */
  public static final long USUAL_FAR_LINK_NANOS = 1_000;

  public MachineConfig {
    nodes = List.copyOf(nodes);
    distances = copy(distances);
    checkNodes(nodes);
    checkDistances(nodes.size(), distances);
    require(nearLinkNanos > 0 && farLinkNanos >= nearLinkNanos, "nearLinkNanos = " + nearLinkNanos + " and farLinkNanos = "
        + farLinkNanos + " must be positive and far no less than near: the shortest link bounds the length of a window");
  }

  /** A machine of equal nodes; see {@link UniformMachine}. All sizes in bytes, rounded down to pageblocks of 2 MiB. */
  public static MachineConfig uniform(int nodes, int cpusPerNode, long bytesPerNode, long cmaBytesPerNode,
      long movableBytesPerNode) {
    return UniformMachine.of(nodes, cpusPerNode, bytesPerNode, cmaBytesPerNode, movableBytesPerNode);
  }

  @Override public int[][] distances() {
    return copy(distances);
  }

  /** Distance from one node to another. */
  public int distance(int from, int to) {
    return distances[from][to];
  }

  /** All zones, by global index. */
  public List<ZoneConfig> zones() {
    List<ZoneConfig> all = new ArrayList<>();
    for (NodeConfig node : nodes) {
      all.addAll(node.zones());
    }
    return all;
  }

  /** The node of a zone given by global index. */
  public int nodeOfZone(int zoneIndex) {
    int first = 0;
    for (NodeConfig node : nodes) {
      if (zoneIndex >= first && zoneIndex < first + node.zones().size()) {
        return node.id();
      }
      first += node.zones().size();
    }
    throw new IndexOutOfBoundsException("zone " + zoneIndex + " of " + first);
  }

  /** Global index of the zone whose span holds a page frame, or -1. */
  public int zoneOfPfn(int pfn) {
    int index = 0;
    for (NodeConfig node : nodes) {
      for (ZoneConfig zone : node.zones()) {
        if (zone.span().contains(pfn)) {
          return index;
        }
        index++;
      }
    }
    return -1;
  }

  /** How many CPUs there are; they are numbered from 0 without gaps. */
  public int cpuCount() {
    int count = 0;
    for (NodeConfig node : nodes) {
      count += node.cpus().length;
    }
    return count;
  }

  /** The node of a CPU. */
  public int nodeOfCpu(int cpu) {
    for (NodeConfig node : nodes) {
      if (Arrays.binarySearch(node.cpus(), cpu) >= 0) {
        return node.id();
      }
    }
    throw new IndexOutOfBoundsException("CPU " + cpu + " of " + cpuCount());
  }

  /**
   * Where a request from a node looks for memory, in order, as global zone indices. Computes all nodes' lists; who asks
   * often keeps a {@link Zonelists}.
   *
   * @param highestZone highest zone type the request may use
   */
  public int[] zonelist(int nodeId, ZoneType highestZone) {
    return Zonelists.of(this).zones(nodeId, highestZone);
  }

  private static void checkNodes(List<NodeConfig> nodes) {
    List<PfnRange> spans = new ArrayList<>();
    List<Integer> cpus = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      NodeConfig node = nodes.get(i);
      require(node.id() == i, "node " + node.id() + " is at position " + i + ": nodes are numbered from 0 without gaps");
      for (ZoneConfig zone : node.zones()) {
        PfnRange span = zone.span();
        for (PfnRange other : spans) {
          require(!span.overlaps(other), "node " + i + " zone " + zone.type() + " at pfns " + span.startPfn() + " to "
              + (span.endPfn() - 1) + " overlaps a zone at pfns " + other.startPfn() + " to " + (other.endPfn() - 1)
              + ": a page frame belongs to one zone");
        }
        spans.add(span);
      }
      for (int cpu : node.cpus()) {
        cpus.add(cpu);
      }
    }
    require(!spans.isEmpty(), "the machine has no zone: at least one node needs memory");
    cpus.sort(null);
    for (int i = 0; i < cpus.size(); i++) {
      require(cpus.get(i) == i, "CPU " + (cpus.get(i) > i ? i + " is missing" : cpus.get(i) + " is in two nodes")
          + ": CPUs are numbered from 0 without gaps, each in one node");
    }
    require(!cpus.isEmpty(), "the machine has no CPU: nothing could run on it");
  }

  private static void checkDistances(int nodes, int[][] distances) {
    require(distances.length == nodes, "distances has " + distances.length + " rows for " + nodes + " nodes");
    for (int from = 0; from < nodes; from++) {
      require(distances[from].length == nodes, "distances[" + from + "] has " + distances[from].length + " entries for "
          + nodes + " nodes");
      for (int to = 0; to < nodes; to++) {
        int distance = distances[from][to];
        require(from == to ? distance == LOCAL_DISTANCE : distance > LOCAL_DISTANCE, "distances[" + from + "][" + to + "] = "
            + distance + " must be " + LOCAL_DISTANCE + " from a node to itself and more to any other");
      }
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static int[][] copy(int[][] rows) {
    int[][] copy = new int[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      copy[i] = rows[i].clone();
    }
    return copy;
  }
}
