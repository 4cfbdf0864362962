package pinfold.kernel.machine;

import java.util.List;
import pinfold.kernel.zone.ZoneType;

/**
 * One NUMA node.
 *
 * @param id its number, equal to its position in the machine
 * @param cpus numbers of its CPUs, ascending; may be empty (a memory-only node); copied in and out
 * @param zones its populated zones, lowest type first; may be empty (a node of CPUs only)
 */
public record NodeConfig(int id, int[] cpus, List<ZoneConfig> zones) {
  public NodeConfig {
    cpus = cpus.clone();
    for (int i = 0; i < cpus.length; i++) {
      if (cpus[i] < 0 || i > 0 && cpus[i] <= cpus[i - 1]) {
        throw new IllegalArgumentException("node " + id + ": CPU " + cpus[i] + " at position " + i
            + " must be a number from 0 and larger than the one before it: a CPU belongs to a node once");
      }
    }
    zones = List.copyOf(zones);
    for (int i = 1; i < zones.size(); i++) {
      ZoneConfig lower = zones.get(i - 1);
      ZoneConfig higher = zones.get(i);
      if (higher.type().compareTo(lower.type()) <= 0) {
        throw new IllegalArgumentException("node " + id + ": zone " + higher.type() + " comes after " + lower.type()
            + "; a node has each zone once, lowest first: " + List.of(ZoneType.values()));
      }
    }
  }

  @Override public int[] cpus() {
    return cpus.clone();
  }

  /** Managed pages by zone type, 0 where the node has no such zone. */
  public long[] managedPagesByType() {
    long[] pages = new long[ZoneType.COUNT];
    for (ZoneConfig zone : zones) {
      pages[zone.type().ordinal()] = zone.managedPages();
    }
    return pages;
  }
}
