package pinfold.scenario;

import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.machine.NodeConfig;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.zone.ZoneType;

/**
 * Puts the memory that a scenario says is in use on each node into that node's zones, on top of what a machine file says:
 * its CMA share into CMA, the rest as an allocator would, into the highest zone that may hold it and has room.
 */
final class InitialMemory {
  private final List<ZoneConfig> zones;
  private final List<ZoneUse> uses;

  private InitialMemory(List<ZoneConfig> zones, List<ZoneUse> uses) {
    this.zones = zones;
    this.uses = new ArrayList<>(uses);
  }

  /**
   * What is in use of each zone of the node.
   *
   * @param already what is in use before, by position of the zone in the node
   * @param added pages to put; {@code inCmaPages} of them exactly go to CMA
   * @throws DoesNotFit if they do not fit
   */
  static List<ZoneUse> place(NodeConfig node, List<ZoneUse> already, ZoneUse added) {
    InitialMemory memory = new InitialMemory(node.zones(), already);
    int anonymousInCma = (int) Math.min(added.anonymousPages(),
        (long) added.inCmaPages() * added.anonymousPages() / Math.max(1, added.anonymousPages() + added.pageCachePages()));
    int cacheInCma = added.inCmaPages() - anonymousInCma;
    memory.put(added.kernelPages(), Kind.KERNEL, node.id());
    memory.put(anonymousInCma, Kind.ANONYMOUS_IN_CMA, node.id());
    memory.put(cacheInCma, Kind.CACHE_IN_CMA, node.id());
    memory.put(added.anonymousPages() - anonymousInCma, Kind.ANONYMOUS, node.id());
    memory.put(added.pageCachePages() - cacheInCma, Kind.CACHE, node.id());
    return memory.uses;
  }

  private void put(int pages, Kind kind, int node) {
    int left = pages;
    for (int i = zones.size() - 1; i >= 0 && left > 0; i--) {
      if (kind == Kind.KERNEL && zones.get(i).type() == ZoneType.MOVABLE) {
        continue;
      }
      int part = (int) Math.min(left, room(i, kind));
      uses.set(i, kind.addedTo(uses.get(i), part));
      left -= part;
    }
    if (left > 0) {
      throw new DoesNotFit(kind.setting, mib(left) + " MiB of it do not fit " + (kind.inCma() ? "into" : "outside")
          + " the CMA of node " + node);
    }
  }

  private long room(int zone, Kind kind) {
    ZoneUse use = uses.get(zone);
    long cma = zones.get(zone).cmaPages();
    return kind.inCma()
        ? cma - use.inCmaPages()
        : zones.get(zone).managedPages() - cma - (use.totalPages() - use.inCmaPages());
  }

  private static long mib(int pages) {
    return (pages + 255) / 256;
  }

  /** A node has no room for what a setting puts there. */
  static final class DoesNotFit extends RuntimeException {
    private final String setting;

    private DoesNotFit(String setting, String message) {
      super(message);
      this.setting = setting;
    }

    /** The setting below {@code memory-in-use}. */
    String setting() {
      return setting;
    }
  }

  private enum Kind {
    KERNEL("kernel-per-node-mib"),
    ANONYMOUS_IN_CMA("anonymous-per-node-mib"),
    CACHE_IN_CMA("page-cache-per-node-mib"),
    ANONYMOUS("anonymous-per-node-mib"),
    CACHE("page-cache-per-node-mib");

    private final String setting;

    Kind(String setting) {
      this.setting = setting;
    }

    boolean inCma() {
      return this == ANONYMOUS_IN_CMA || this == CACHE_IN_CMA;
    }

    ZoneUse addedTo(ZoneUse use, int pages) {
      boolean anonymous = this == ANONYMOUS || this == ANONYMOUS_IN_CMA;
      boolean cache = this == CACHE || this == CACHE_IN_CMA;
      return new ZoneUse(use.anonymousPages() + (anonymous ? pages : 0), use.pageCachePages() + (cache ? pages : 0),
          use.kernelPages() + (this == KERNEL ? pages : 0), use.inCmaPages() + (inCma() ? pages : 0));
    }
  }
}
