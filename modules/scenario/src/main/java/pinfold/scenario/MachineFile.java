package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.NodeConfig;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.zone.LowmemReserve;
import pinfold.kernel.zone.Watermarks;
import pinfold.kernel.zone.ZoneType;

/** Reads a machine from {@code machines/NAME.conf}; {@code reference-machine.conf} explains every setting. */
public final class MachineFile {
  static final String KIND = "machines";
  static final String REFERENCE = "reference-machine.conf";

  private static final int REMOTE_DISTANCE = 20;
  private static final int MAX_PAGES = PfnRange.PFN_LIMIT;
  private static final List<String> MARKS = List.of(
      "watermark-min-pages", "watermark-low-pages", "watermark-high-pages", "watermark-promo-pages");

  private final Config reference = HoconFile.readResource(REFERENCE);
  private final long nearLinkNanos;
  private final long farLinkNanos;

  MachineFile(long nearLinkNanos, long farLinkNanos) {
    this.nearLinkNanos = nearLinkNanos;
    this.farLinkNanos = farLinkNanos;
  }

  /**
   * Reads a machine file.
   *
   * @param name a machine's name, or the path of its file
   * @param searchPath directories that hold {@code machines/}
   * @param nearLinkNanos latency inside a node's group; a scenario says it, not the machine file
   * @param farLinkNanos latency between groups
   * @throws ConfigError if there is no such file, or it cannot be used
   */
  public static HostMachine load(String name, List<Path> searchPath, long nearLinkNanos, long farLinkNanos) {
    ConfigPath path = new ConfigPath(searchPath);
    Path file = path.find(KIND, name)
        .orElseThrow(() -> new ConfigError("machine " + name, 0, "", null, path.notFound(KIND, name)));
    return read(file, nearLinkNanos, farLinkNanos);
  }

  static HostMachine read(Path file, long nearLinkNanos, long farLinkNanos) {
    Config text = HoconFile.read(file, file.toString());
    HoconFile.requireFormat(Settings.root(text, file.toString()));
    MachineFile reader = new MachineFile(nearLinkNanos, farLinkNanos);
    return reader.machine(Settings.overDefaults(text, reader.reference, file.toString()), ConfigPath.nameOf(file));
  }

  HostMachine machine(Settings root, String fileName) {
    List<NodeConfig> nodes = new ArrayList<>();
    List<ZoneUse> inUse = new ArrayList<>();
    List<Settings> nodeSettings = root.items("nodes", group(root, "node-defaults"));
    List<List<Settings>> zoneSettings = new ArrayList<>();
    for (Settings node : nodeSettings) {
      zoneSettings.add(node.items("zones", group(root, "zone-defaults")));
    }
    long lowmem = zoneSettings.stream().flatMap(List::stream).filter(zone -> type(zone).isLowmem())
        .mapToLong(this::managed).sum();
    long lowmemZones = zoneSettings.stream().flatMap(List::stream).filter(zone -> type(zone).isLowmem()).count();
    long minFree = Math.max(Watermarks.bootMinFreePages(lowmem), Watermarks.thpMinFreePages((int) lowmemZones, lowmem));
    for (int id = 0; id < nodeSettings.size(); id++) {
      long[] managedByType = new long[ZoneType.COUNT];
      for (Settings zone : zoneSettings.get(id)) {
        managedByType[type(zone).ordinal()] = managed(zone);
      }
      List<ZoneConfig> zones = new ArrayList<>();
      for (Settings zone : zoneSettings.get(id)) {
        ZoneConfig config = zone(root, zone, managedByType, lowmem, minFree);
        zones.add(config);
        inUse.add(use(zone, config));
      }
      nodes.add(node(nodeSettings.get(id), id, zones));
    }
    String name = root.text("name");
    try {
      MachineConfig machine = new MachineConfig(name.isEmpty() ? fileName : name, nodes, distances(root, nodes.size()),
          nearLinkNanos, farLinkNanos);
      return new HostMachine(machine, inUse, root.bool("mglru"));
    } catch (IllegalArgumentException e) {
      throw root.error(e.getMessage());
    }
  }

  private static NodeConfig node(Settings node, int id, List<ZoneConfig> zones) {
    List<Integer> cpus;
    try {
      cpus = CpuList.parse(node.textOrNumber("cpus"));
    } catch (IllegalArgumentException e) {
      throw node.error("cpus", e.getMessage());
    }
    try {
      return new NodeConfig(id, cpus.stream().mapToInt(Integer::intValue).toArray(), zones);
    } catch (IllegalArgumentException e) {
      throw node.error(e.getMessage());
    }
  }

  private ZoneConfig zone(Settings root, Settings zone, long[] managedByType, long lowmem, long minFree) {
    ZoneType type = type(zone);
    try {
      List<PfnRange> areas = new ArrayList<>();
      for (Settings area : zone.items("cma-areas", group(root, "cma-area-defaults"))) {
        areas.add(new PfnRange(area.smallInteger("start-pfn", 1, MAX_PAGES - 1), area.smallInteger("pages", 1, MAX_PAGES)));
      }
      return new ZoneConfig(type, zone.smallInteger("start-pfn", 1, MAX_PAGES - 1), spanned(zone), managed(zone), areas,
          watermarks(zone, type, lowmem, minFree), reserve(zone, type, managedByType));
    } catch (IllegalArgumentException e) {
      throw zone.error(e.getMessage());
    }
  }

  private Watermarks watermarks(Settings zone, ZoneType type, long lowmem, long minFree) {
    long[] marks = MARKS.stream().mapToLong(mark -> zone.integer(mark, -1, MAX_PAGES)).toArray();
    if (Arrays.stream(marks).allMatch(mark -> mark == -1)) {
      return Watermarks.of(type, managed(zone), lowmem, minFree, Watermarks.DEFAULT_SCALE_FACTOR);
    }
    for (int i = 0; i < marks.length; i++) {
      if (marks[i] == -1) {
        throw zone.error(MARKS.get(i) + " is missing: say all four watermarks or none of them");
      }
      if (i > 0 && marks[i] < marks[i - 1]) {
        throw zone.error(MARKS.get(i), "must be no less than " + MARKS.get(i - 1) + " = " + marks[i - 1]
            + ": kswapd is woken below low and stops above high, so the reverse order would never let it stop");
      }
    }
    return new Watermarks(marks[0], marks[1], marks[2], marks[3]);
  }

  private static long[] reserve(Settings zone, ZoneType type, long[] managedByType) {
    List<Long> said = zone.integers("lowmem-reserve-pages");
    if (said.isEmpty()) {
      return LowmemReserve.of(type, managedByType);
    }
    if (said.size() != ZoneType.COUNT || said.stream().anyMatch(pages -> pages < 0)) {
      throw zone.error("lowmem-reserve-pages", "must be [] or four counts of pages: for dma, dma32, normal, movable");
    }
    return said.stream().mapToLong(Long::longValue).toArray();
  }

  private static ZoneUse use(Settings zone, ZoneConfig config) {
    ZoneUse use;
    try {
      use = new ZoneUse(zone.smallInteger("anonymous-pages", 0, MAX_PAGES / 2),
          zone.smallInteger("page-cache-pages", 0, MAX_PAGES / 2), zone.smallInteger("kernel-pages", 0, MAX_PAGES / 2),
          zone.smallInteger("in-cma-pages", 0, config.cmaPages()));
    } catch (IllegalArgumentException e) {
      throw zone.error(e.getMessage());
    }
    long outside = (long) use.anonymousPages() + use.pageCachePages() + use.kernelPages() - use.inCmaPages();
    if (outside > config.managedPages() - config.cmaPages()) {
      throw zone.error("has " + outside + " pages in use outside CMA, but only "
          + (config.managedPages() - config.cmaPages()) + " of its " + config.managedPages() + " managed pages are there");
    }
    return use;
  }

  private static int[][] distances(Settings root, int nodes) {
    List<List<Integer>> rows = root.matrix("distances");
    int[][] distances = new int[nodes][nodes];
    if (rows.isEmpty()) {
      for (int from = 0; from < nodes; from++) {
        Arrays.fill(distances[from], REMOTE_DISTANCE);
        distances[from][from] = MachineConfig.LOCAL_DISTANCE;
      }
      return distances;
    }
    return rows.stream().map(row -> row.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
  }

  private ConfigObject group(Settings root, String key) {
    return root.child(key).values();
  }

  private static ZoneType type(Settings zone) {
    return zone.choice("type", ZoneType.class);
  }

  private static int spanned(Settings zone) {
    return zone.smallInteger("spanned-pages", 1, MAX_PAGES - 1);
  }

  private int managed(Settings zone) {
    int managed = zone.smallInteger("managed-pages", -1, MAX_PAGES);
    return managed == -1 ? spanned(zone) : managed;
  }
}
