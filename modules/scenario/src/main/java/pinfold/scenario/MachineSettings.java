package pinfold.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.NodeConfig;

/** Reads the groups {@code machine}, {@code links} and {@code memory-in-use} of a scenario. */
final class MachineSettings {
  private static final int PAGES_PER_MIB = 256;
  private static final int MAX_MIB = 4 << 20;
  private static final int MAX_IN_USE_MIB = 1 << 20;
  private static final long MAX_LATENCY_NANOS = 1_000_000;
  /** The settings of the group {@code machine} that a machine file stands in for. */
  static final List<String> INLINE = List.of("nodes", "cpus-per-node", "memory-per-node-mib", "cma-per-node-mib",
      "movable-per-node-mib", "distances");

  private final Settings root;
  private final ConfigPath path;
  private final Settings machine;

  private MachineSettings(Settings root, ConfigPath path) {
    this.root = root;
    this.path = path;
    this.machine = root.child("machine");
  }

  static HostMachine read(Settings root, ConfigPath path, String scenarioName) {
    return new MachineSettings(root, path).read(scenarioName);
  }

  private HostMachine read(String scenarioName) {
    Settings links = root.child("links");
    long near = links.integer("near-latency-ns", 1, MAX_LATENCY_NANOS);
    long far = links.integer("far-latency-ns", 1, MAX_LATENCY_NANOS);
    if (far < near) {
      throw links.error("far-latency-ns", "must be no less than near-latency-ns = " + near);
    }
    HostMachine host = machine.text("file").isEmpty() ? inline(scenarioName, near, far) : fromFile(near, far);
    return new HostMachine(host.machine(), inUse(host), host.mglru());
  }

  private HostMachine fromFile(long near, long far) {
    for (String setting : INLINE) {
      if (machine.given(setting)) {
        throw machine.error(setting, "cannot be said beside machine.file = \"" + machine.text("file")
            + "\", which describes the whole machine");
      }
    }
    String name = machine.text("file");
    Path file = path.find(MachineFile.KIND, name)
        .orElseThrow(() -> machine.error("file", path.notFound(MachineFile.KIND, name)));
    return MachineFile.read(file, near, far);
  }

  private HostMachine inline(String name, long near, long far) {
    int nodes = machine.smallInteger("nodes", 1, 1024);
    int cpus = machine.smallInteger("cpus-per-node", 1, CpuList.LIMIT / nodes);
    long memory = mib(machine, "memory-per-node-mib");
    long cma = mib(machine, "cma-per-node-mib");
    long movable = mib(machine, "movable-per-node-mib");
    if (cma >= memory) {
      throw machine.error("cma-per-node-mib", "must be less than memory-per-node-mib = " + memory
          + ": kernel memory cannot be in CMA");
    }
    if (movable >= memory) {
      throw machine.error("movable-per-node-mib", "must be less than memory-per-node-mib = " + memory
          + ": kernel memory cannot be movable");
    }
    if (cma + movable >= memory) {
      throw machine.error("movable-per-node-mib", "and cma-per-node-mib = " + cma + " overlap: together they must be less "
          + "than memory-per-node-mib = " + memory + ", since CMA lies in the normal zone");
    }
    MachineConfig uniform;
    try {
      uniform = MachineConfig.uniform(nodes, cpus, memory << 20, cma << 20, movable << 20);
    } catch (IllegalArgumentException e) {
      throw machine.error("memory-per-node-mib", "makes no machine: " + e.getMessage());
    }
    try {
      MachineConfig config = new MachineConfig(name, uniform.nodes(), distances(uniform), near, far);
      return new HostMachine(config, Collections.nCopies(config.zones().size(), ZoneUse.NONE), false);
    } catch (IllegalArgumentException e) {
      throw machine.error("distances", "makes no machine: " + e.getMessage());
    }
  }

  private int[][] distances(MachineConfig uniform) {
    List<List<Integer>> rows = machine.matrix("distances");
    return rows.isEmpty()
        ? uniform.distances()
        : rows.stream().map(row -> row.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
  }

  private List<ZoneUse> inUse(HostMachine host) {
    Settings use = root.child("memory-in-use");
    int anonymous = use.smallInteger("anonymous-per-node-mib", 0, MAX_IN_USE_MIB) * PAGES_PER_MIB;
    int cache = use.smallInteger("page-cache-per-node-mib", 0, MAX_IN_USE_MIB) * PAGES_PER_MIB;
    int kernel = use.smallInteger("kernel-per-node-mib", 0, MAX_IN_USE_MIB) * PAGES_PER_MIB;
    int inCma = (int) Math.round(use.share("in-cma-share") * ((long) anonymous + cache));
    List<ZoneUse> all = new ArrayList<>();
    for (NodeConfig node : host.machine().nodes()) {
      List<ZoneUse> already = host.inUse().subList(all.size(), all.size() + node.zones().size());
      try {
        all.addAll(InitialMemory.place(node, already, new ZoneUse(anonymous, cache, kernel, inCma)));
      } catch (InitialMemory.DoesNotFit e) {
        throw use.error(e.setting(), e.getMessage());
      }
    }
    return all;
  }

  private static long mib(Settings machine, String key) {
    long mib = machine.integer(key, key.startsWith("memory") ? 4 : 0, MAX_MIB);
    if (mib % 2 != 0) {
      throw machine.error(key, "must be a multiple of 2: memory is made of pageblocks of 2 MiB");
    }
    return mib;
  }
}
