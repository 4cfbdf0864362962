package pinfold.kernel.machine;

import java.util.Arrays;
import java.util.List;
import pinfold.kernel.zone.ZoneType;

/**
 * ZONELIST_FALLBACK of every node: nodes nearest first, within a node zones from the highest down.
 *
 * <p>The order of nodes is that of mm/page_alloc.c:find_next_best_node and build_zonelists (6.12.117): the node itself, then
 * by distance plus one for a node of lower number (so that ties go around the ring) plus one for a node with CPUs; equal
 * ones by how often they already came first among equals in a list built before, then by number.
 */
public final class Zonelists {
  private final int[][] nodeOrders;
  private final List<NodeConfig> nodes;
  private final int[] firstZoneOfNode;

  private Zonelists(List<NodeConfig> nodes, int[][] nodeOrders) {
    this.nodes = nodes;
    this.nodeOrders = nodeOrders;
    firstZoneOfNode = new int[nodes.size()];
    for (int i = 1; i < firstZoneOfNode.length; i++) {
      firstZoneOfNode[i] = firstZoneOfNode[i - 1] + nodes.get(i - 1).zones().size();
    }
  }

  /** Builds the lists of all nodes, in the order of their numbers as the kernel does at boot. */
  public static Zonelists of(MachineConfig machine) {
    List<NodeConfig> nodes = machine.nodes();
    int[][] orders = new int[nodes.size()][];
    int[] load = new int[nodes.size()];
    for (int node = 0; node < orders.length; node++) {
      orders[node] = nodeOrder(machine, node, load);
    }
    return new Zonelists(nodes, orders);
  }

  /** Nodes with memory in the order in which a request from this node tries them. */
  public int[] nodes(int nodeId) {
    return nodeOrders[nodeId].clone();
  }

  /** Zones, by global index, in the order in which a request from this node for zones up to highestZone tries them. */
  public int[] zones(int nodeId, ZoneType highestZone) {
    int[] order = new int[nodes.size() * ZoneType.COUNT];
    int count = 0;
    for (int node : nodeOrders[nodeId]) {
      List<ZoneConfig> zones = nodes.get(node).zones();
      for (int i = zones.size() - 1; i >= 0; i--) {
        if (zones.get(i).type().compareTo(highestZone) <= 0) {
          order[count++] = firstZoneOfNode[node] + i;
        }
      }
    }
    return Arrays.copyOf(order, count);
  }

  private static int[] nodeOrder(MachineConfig machine, int local, int[] load) {
    int nodes = machine.nodes().size();
    int[] order = new int[nodes];
    boolean[] used = new boolean[nodes];
    int count = 0;
    int previous = local;
    for (int best = next(machine, local, load, used); best >= 0; best = next(machine, local, load, used)) {
      if (machine.distance(local, best) != machine.distance(local, previous)) {
        load[best]++;
      }
      used[best] = true;
      order[count++] = best;
      previous = best;
    }
    return Arrays.copyOf(order, count);
  }

  private static int next(MachineConfig machine, int local, int[] load, boolean[] used) {
    if (!used[local] && hasMemory(machine, local)) {
      return local;
    }
    int best = -1;
    int bestCost = Integer.MAX_VALUE;
    for (int node = 0; node < used.length; node++) {
      if (used[node] || !hasMemory(machine, node)) {
        continue;
      }
      int cost = machine.distance(local, node) + (node < local ? 1 : 0) + (machine.nodes().get(node).cpus().length > 0 ? 1 : 0);
      if (cost < bestCost || cost == bestCost && load[node] < load[best]) {
        best = node;
        bestCost = cost;
      }
    }
    return best;
  }

  private static boolean hasMemory(MachineConfig machine, int node) {
    return !machine.nodes().get(node).zones().isEmpty();
  }
}
