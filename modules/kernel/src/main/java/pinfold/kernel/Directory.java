package pinfold.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import pinfold.engine.Links;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.machine.Zonelists;
import pinfold.kernel.memcg.MemcgTree;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.zone.ZoneType;

/**
 * Who is where: entity ids, which node and zone a page frame is in, how far everybody is from everybody. Fixed before
 * the run starts and shared by all; nothing in it ever changes.
 *
 * <p>Ids: the drain, the observer, zones, memory nodes, CPUs, address spaces, files, the device to swap to or to read from if there is
 * one, counters of memory cgroups, nodes' reclaim if there is any. The drain is far from everyone:
 * whatever a CPU published before somebody asked for a drain has then arrived before the request (I22).
 */
public final class Directory {
  public static final int LRU_DRAIN = 0;
  public static final int OBSERVER = 1;

  private static final int FIRST_ZONE = 2;
  private static final int BLOCK_SHIFT = 9;

  private final MachineConfig machine;
  private final List<ZoneConfig> zones;
  private final int[] nodeOfZone;
  private final int[] nodeOfCpu;
  private final byte[] zoneOfBlock;
  private final byte[] nodeOfBlock;
  private final int[][] zonelistMovable;
  private final int[][] zonelistNormal;
  private final int[][] localMovable;
  private final int[][] localNormal;
  private final int[][] nodesMovable;
  private final int[][] nodesNormal;
  private final int nodes;
  private final int cpus;
  private final int entities;
  private final int spaces;
  private final int files;
  private final ReclaimSpec reclaimSpec;
  private final int[] groupOfSpace;
  private final boolean hasSwap;
  private final boolean hasDevice;
  private final boolean hasReclaim;
  private final boolean hasWriteback;
  private final MemcgTree memcgTree;
  private final int[][] zonesOfNode;
  private final Links links;

  /**
   * @param groupOfSpace group (node) of each address space
   * @param groupOfFile group (node) of each file
   */
  public Directory(MachineConfig machine, int[] groupOfSpace, int[] groupOfFile) {
    this(machine, groupOfSpace, groupOfFile, ReclaimSpec.NONE);
  }

  /**
   * As above.
   *
   * @param spec whether there is a device to swap to or with files, in the group of node 0, with what writes these back, memory cgroups,
   *     in the same group, and a kswapd on each node
   */
  public Directory(MachineConfig machine, int[] groupOfSpace, int[] groupOfFile, ReclaimSpec spec) {
    this.reclaimSpec = spec;
    this.hasSwap = spec.swap().slots() > 0;
    this.hasDevice = spec.swap().exists();
    this.hasWriteback = spec.swap().writesFilesBack();
    this.hasReclaim = spec.ofNodes();
    this.memcgTree = new MemcgTree(spec.parents());
    this.groupOfSpace = groupOfSpace.clone();
    this.machine = machine;
    this.zones = machine.zones();
    this.nodes = machine.nodes().size();
    this.cpus = machine.cpuCount();
    this.spaces = groupOfSpace.length;
    this.files = groupOfFile.length;
    this.nodeOfZone = new int[zones.size()];
    int end = 0;
    for (int z = 0; z < zones.size(); z++) {
      nodeOfZone[z] = machine.nodeOfZone(z);
      end = Math.max(end, zones.get(z).span().endPfn());
    }
    this.zoneOfBlock = new byte[(end >>> BLOCK_SHIFT) + 1];
    Arrays.fill(zoneOfBlock, (byte) -1);
    this.nodeOfBlock = new byte[zoneOfBlock.length];
    Arrays.fill(nodeOfBlock, (byte) -1);
    for (int z = 0; z < zones.size(); z++) {
      ZoneConfig zone = zones.get(z);
      for (int block = zone.startPfn() >>> BLOCK_SHIFT; block <= zone.span().endPfn() - 1 >>> BLOCK_SHIFT; block++) {
        zoneOfBlock[block] = (byte) z;
        nodeOfBlock[block] = (byte) nodeOfZone[z];
      }
    }
    this.nodeOfCpu = new int[cpus];
    for (int cpu = 0; cpu < cpus; cpu++) {
      nodeOfCpu[cpu] = machine.nodeOfCpu(cpu);
    }
    Zonelists lists = Zonelists.of(machine);
    this.zonelistMovable = new int[nodes][];
    this.zonelistNormal = new int[nodes][];
    this.localMovable = new int[nodes][];
    this.localNormal = new int[nodes][];
    this.nodesMovable = new int[nodes][];
    this.nodesNormal = new int[nodes][];
    for (int node = 0; node < nodes; node++) {
      zonelistMovable[node] = lists.zones(node, ZoneType.MOVABLE);
      zonelistNormal[node] = lists.zones(node, ZoneType.NORMAL);
      localMovable[node] = ofNode(zonelistMovable[node], node);
      localNormal[node] = ofNode(zonelistNormal[node], node);
      nodesMovable[node] = nodesOf(zonelistMovable[node]);
      nodesNormal[node] = nodesOf(zonelistNormal[node]);
    }
    this.entities = FIRST_ZONE + zones.size() + nodes + cpus + spaces + files + (hasDevice ? 1 : 0) + memcgTree.topLevel().size()
        + (hasReclaim ? nodes : 0) + (hasWriteback ? 1 : 0);
    int[] groupOf = new int[entities];
    groupOf[LRU_DRAIN] = -1;
    groupOf[OBSERVER] = -1;
    for (int z = 0; z < zones.size(); z++) {
      groupOf[zone(z)] = nodeOfZone[z];
    }
    for (int node = 0; node < nodes; node++) {
      groupOf[node(node)] = node;
    }
    for (int cpu = 0; cpu < cpus; cpu++) {
      groupOf[cpu(cpu)] = nodeOfCpu[cpu];
    }
    for (int node = 0; hasReclaim && node < nodes; node++) {
      groupOf[reclaim(node)] = node;
    }
    this.zonesOfNode = new int[nodes][];
    for (int node = 0; node < nodes; node++) {
      int owner = node;
      zonesOfNode[node] = IntStream.range(0, zones.size()).filter(zone -> nodeOfZone[zone] == owner).toArray();
    }
    for (int i = 0; i < groupOfSpace.length; i++) {
      groupOf[space(i)] = groupOfSpace[i];
    }
    for (int i = 0; i < groupOfFile.length; i++) {
      groupOf[file(i)] = groupOfFile[i];
    }
    this.links = new Links(machine.nearLinkNanos(), machine.farLinkNanos(), groupOf);
  }

  public MachineConfig machine() {
    return machine;
  }

  public Links links() {
    return links;
  }

  public int entities() {
    return entities;
  }

  public int nodes() {
    return nodes;
  }

  public int cpus() {
    return cpus;
  }

  public List<ZoneConfig> zones() {
    return zones;
  }

  /** Entity of the zone with this global index. */
  public int zone(int index) {
    return FIRST_ZONE + index;
  }

  /** Entity of a memory node. */
  public int node(int node) {
    return FIRST_ZONE + zones.size() + node;
  }

  /** Entity of a CPU. */
  public int cpu(int cpu) {
    return FIRST_ZONE + zones.size() + nodes + cpu;
  }

  /** Entity of an address space. */
  public int space(int space) {
    return FIRST_ZONE + zones.size() + nodes + cpus + space;
  }

  /** Entity of a file. */
  public int file(int file) {
    return FIRST_ZONE + zones.size() + nodes + cpus + spaces + file;
  }

  /** Entity of the swap device. */
  public int swap() {
    return FIRST_ZONE + zones.size() + nodes + cpus + spaces + files;
  }

  /** Entity of the counter of a memory cgroup, the first of which is number 1: one for those below the root with all that is below them. */
  public int memcg(int memcg) {
    return firstMemcg() + memcgTree.topLevelIndex(memcg);
  }

  private int firstMemcg() {
    return swap() + (hasDevice ? 1 : 0);
  }

  /** Which memory cgroup is below which. */
  public MemcgTree memcgTree() {
    return memcgTree;
  }

  /** Entity of a node's reclaim. */
  public int reclaim(int node) {
    return firstMemcg() + memcgTree.topLevel().size() + node;
  }

  /** Entity that knows what files are dirty. */
  public int writeback() {
    return reclaim(hasReclaim ? nodes : 0);
  }

  /** Whether there is one. */
  public boolean hasWriteback() {
    return hasWriteback;
  }

  /** CPU on which the flusher of the disk runs, -1 where there is none: the machine's first. The kernel's workqueue would look for one. */
  public int flusherCpu() {
    return hasWriteback ? 0 : -1;
  }

  /** Whether nodes have kswapds, and allocations reclaim. */
  public boolean hasReclaim() {
    return hasReclaim;
  }

  /** CPU on which a node's kswapd runs, -1 where the node has none: its last. The kernel's scheduler would look for an idle one. */
  public int kswapdCpu(int node) {
    int[] cpusOfNode = machine.nodes().get(node).cpus();
    return hasReclaim && cpusOfNode.length > 0 ? cpusOfNode[cpusOfNode.length - 1] : -1;
  }

  /** CPU on which a node's kcompactd would run, -1 where there can be none: its last but one, so not kswapd's if it has two. */
  public int kcompactdCpu(int node) {
    int[] cpusOfNode = machine.nodes().get(node).cpus();
    return hasReclaim && cpusOfNode.length > 0 ? cpusOfNode[Math.max(0, cpusOfNode.length - 2)] : -1;
  }

  /** Zones of a node, by global index, lowest first. */
  public int[] zonesOfNode(int node) {
    return zonesOfNode[node];
  }

  /** What reclaim was set up with. */
  public ReclaimSpec reclaimSpec() {
    return reclaimSpec;
  }

  /** How many address spaces there are. */
  public int spaces() {
    return spaces;
  }

  /** Node in whose group an address space is. */
  public int nodeOfSpace(int space) {
    return groupOfSpace[space];
  }

  /** The first CPU of a node, or of the machine where the node has none. */
  public int firstCpu(int node) {
    int[] cpusOfNode = machine.nodes().get(node).cpus();
    return cpusOfNode.length > 0 ? cpusOfNode[0] : 0;
  }

  /** Entity that has oom_lock, which is one for the machine (mm/oom_kill.c, 6.12): the first zone. */
  public int oomLock() {
    return zone(0);
  }

  /** Whether there is a device to swap to or to read files from. */
  public boolean hasDevice() {
    return hasDevice;
  }

  /** Whether there is room to swap to, full or not. */
  public boolean hasSwap() {
    return hasSwap;
  }

  /** CPU number of a CPU's entity. */
  public int cpuOfEntity(int entity) {
    return entity - cpu(0);
  }

  public int nodeOfCpu(int cpu) {
    return nodeOfCpu[cpu];
  }

  public int nodeOfZone(int zone) {
    return nodeOfZone[zone];
  }

  /** Global index of the zone that a page frame is in. */
  public int zoneOfPfn(int pfn) {
    return zoneOfBlock[pfn >>> BLOCK_SHIFT];
  }

  /** Whether a page may be pinned long-term where it is, as the machine was laid out: not in ZONE_MOVABLE and not in CMA. */
  public boolean bornPinnable(int pfn) {
    ZoneConfig zone = zones.get(zoneOfPfn(pfn));
    if (zone.type() == ZoneType.MOVABLE) {
      return false;
    }
    return !bornInCma(pfn);
  }

  /** Whether a page is in a CMA area of the machine as it was laid out; such a pageblock never becomes one of another type. */
  public boolean bornInCma(int pfn) {
    for (PfnRange area : zones.get(zoneOfPfn(pfn)).cmaAreas()) {
      if (area.contains(pfn)) {
        return true;
      }
    }
    return false;
  }

  /** Entity that has cma_mutex, which is one for the machine (mm/cma.c, 6.12): the first zone with a CMA area, -1 if none has. */
  public int cmaMutex() {
    for (int z = 0; z < zones.size(); z++) {
      if (!zones.get(z).cmaAreas().isEmpty()) {
        return zone(z);
      }
    }
    return -1;
  }

  /** Node that a page frame is in. */
  public int nodeOfPfn(int pfn) {
    return nodeOfBlock[pfn >>> BLOCK_SHIFT];
  }

  /** Nodes with memory, nearest to {@code node} first, as the zonelist of that node has them. */
  public int[] nodesFrom(int node) {
    return nodesMovable[node];
  }

  /** As above, for an allocation that may use the movable zones or not. */
  public int[] nodesFrom(int node, boolean highmemAndMovable) {
    return highmemAndMovable ? nodesMovable[node] : nodesNormal[node];
  }

  private int[] ofNode(int[] zonelist, int node) {
    return Arrays.stream(zonelist).filter(zone -> nodeOfZone[zone] == node).toArray();
  }

  private int[] nodesOf(int[] zonelist) {
    return Arrays.stream(zonelist).map(zone -> nodeOfZone[zone]).distinct().toArray();
  }

  /** Zones, by global index, in the order in which a request from {@code node} tries them. */
  public int[] zonelist(int node, boolean highmemAndMovable) {
    return highmemAndMovable ? zonelistMovable[node] : zonelistNormal[node];
  }

  /** As above; with {@code thisNode} only zones of that node (__GFP_THISNODE). */
  public int[] zonelist(int node, boolean highmemAndMovable, boolean thisNode) {
    return !thisNode ? zonelist(node, highmemAndMovable) : highmemAndMovable ? localMovable[node] : localNormal[node];
  }
}
