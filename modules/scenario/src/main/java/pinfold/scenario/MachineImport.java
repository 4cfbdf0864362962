package pinfold.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.ZoneType;

/**
 * Writes a machine file from a running Linux host, or from a copy of its files below a directory. What the host does not
 * tell stands in the file as a comment that begins with ASK, beside the default that was taken for it.
 */
public final class MachineImport {
  private static final int BLOCK = BuddyOrders.PAGEBLOCK_PAGES;

  private final HostTree tree;
  private final StringBuilder text = new StringBuilder();

  private MachineImport(HostTree tree) {
    this.tree = tree;
  }

  /**
   * Imports a host into a file, which appears whole or not at all.
   *
   * @param from directory that holds {@code proc} and {@code sys}; {@code /} for this host
   * @param target the machine file to write or to replace
   * @return what is in the file, read back
   * @throws ConfigError if the host cannot be described; then nothing was written
   */
  public static HostMachine run(Path from, Path target) {
    String hocon = describe(from, ConfigPath.nameOf(target));
    Path directory = target.toAbsolutePath().getParent();
    Path unfinished = directory.resolve("." + target.getFileName() + ".unfinished");
    try {
      Files.createDirectories(directory);
      Files.writeString(unfinished, hocon);
      HostMachine machine = readBack(unfinished, from);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return machine;
    } catch (IOException e) {
      throw new ConfigError(target.toString(), 0, "", null, "cannot be written: " + TextFile.reason(target, e));
    } finally {
      discard(unfinished);
    }
  }

  /** The machine file for a host, as text. */
  public static String describe(Path from, String name) {
    try {
      return new MachineImport(new HostTree(from)).describe(name);
    } catch (IllegalArgumentException e) {
      throw new ConfigError(from.toString(), 0, "", null, "has a file that is not as Linux writes it: " + e.getMessage());
    }
  }

  private static HostMachine readBack(Path file, Path from) {
    try {
      return MachineFile.read(file, 1, 1);
    } catch (ConfigError e) {
      throw new ConfigError(from.toString(), 0, "", null, "describes a machine that cannot be simulated: " + e.getMessage());
    }
  }

  private static void discard(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException ignored) {
      // An orphaned temporary file harms nobody, and the error that brought us here is the one to report.
    }
  }

  private String describe(String name) {
    String zoneinfo = tree.root().resolve("proc/zoneinfo").toString();
    List<HostZone> zones = HostZone.parse(tree.lines("proc/zoneinfo").orElseThrow(() -> new ConfigError(zoneinfo, 0, "", null,
        "cannot be read; --from needs a directory with copies of a Linux host's proc and sys, or / for this host")));
    if (zones.stream().allMatch(zone -> zone.field("managed") == 0)) {
      throw new ConfigError(zoneinfo, 0, "", null, "has no zone with managed pages, so it is not the /proc/zoneinfo of Linux");
    }
    Map<Integer, String> cpuLists = cpus();
    TreeSet<Integer> nodes = new TreeSet<>(cpuLists.keySet());
    zones.forEach(zone -> nodes.add(zone.node()));

    line("# Imported from a Linux host by `pinfold machine import`.");
    tree.line("proc/version").ifPresent(version -> line("# " + version));
    meminfo();
    line("format = 1");
    line("name = \"" + name.replaceAll("[\"\\\\]", "_") + "\"");
    mglru();
    distances(nodes);
    cpuNotes(cpuLists, nodes.size());
    line("nodes = [");
    Map<Integer, Integer> cpuNumbers = renumbered(cpuLists);
    for (int node : nodes) {
      List<Integer> own = CpuList.parse(cpuLists.getOrDefault(node, "")).stream().map(cpuNumbers::get).toList();
      line("  { # node " + node);
      line("    cpus = \"" + CpuList.format(own) + "\"");
      line("    zones = [");
      List<HostZone> ofNode = zones.stream().filter(zone -> zone.node() == node).toList();
      ofNode.stream().filter(zone -> zone.field("managed") > 0)
          .sorted(Comparator.comparing(zone -> type(zone).orElse(ZoneType.MOVABLE)))
          .forEach(zone -> zone(zone, ofNode));
      line("    ]");
      line("  }");
    }
    line("]");
    return text.toString();
  }

  private void meminfo() {
    tree.lines("proc/meminfo").ifPresent(lines -> lines.stream()
        .filter(line -> line.matches("(MemTotal|MemFree|CmaTotal|CmaFree|HugePages_Total):.*"))
        .forEach(line -> line("# " + line.replaceAll("\\s+", " "))));
  }

  private void mglru() {
    Optional<String> enabled = tree.line("sys/kernel/mm/lru_gen/enabled");
    if (enabled.isEmpty()) {
      line("# This host has no /sys/kernel/mm/lru_gen: its kernel has the classic LRU only.");
    }
    // Bit 0 is the main switch (Documentation/admin-guide/mm/multigen_lru.rst); it prints 0x0007, or 7, or y.
    boolean on = enabled.map(MachineImport::mainSwitch).orElse(false);
    line("mglru = " + on);
  }

  private static boolean mainSwitch(String enabled) {
    try {
      return (Long.decode(enabled) & 1) != 0;
    } catch (NumberFormatException e) {
      return enabled.startsWith("y") || enabled.startsWith("Y");
    }
  }

  private void distances(TreeSet<Integer> nodes) {
    Map<Integer, String> rows = tree.ofNodes("distance");
    if (nodes.size() == 1) {
      line("distances = [[10]]");
      return;
    }
    boolean whole = rows.keySet().equals(nodes)
        && rows.values().stream().allMatch(row -> row.split("\\s+").length == nodes.size());
    if (!whole) {
      line("# ASK: this host does not tell the distances between its nodes (sys/devices/system/node/node*/distance).");
      line("# Taken: 10 within a node, 20 between any two.");
      line("distances = []");
      return;
    }
    line("distances = [");
    rows.values().forEach(row -> line("  [" + String.join(", ", row.split("\\s+")) + "]"));
    line("]");
  }

  /** CPU lists by node; all CPUs on the lowest node if the host does not say. */
  private Map<Integer, String> cpus() {
    TreeMap<Integer, String> byNode = tree.ofNodes("cpulist");
    if (byNode.values().stream().anyMatch(list -> !list.isBlank())) {
      return byNode;
    }
    List<Integer> all = new ArrayList<>();
    tree.lines("proc/cpuinfo").ifPresent(lines -> lines.stream().filter(line -> line.matches("processor\\s*:\\s*\\d+"))
        .forEach(line -> all.add(Integer.parseInt(line.replaceAll("\\D", "")))));
    if (all.isEmpty()) {
      throw new ConfigError(tree.root().resolve("proc/cpuinfo").toString(), 0, "", null,
          "names no processor, and sys/devices/system/node/node*/cpulist is missing, so the CPUs are not known");
    }
    byNode.put(byNode.isEmpty() ? 0 : byNode.firstKey(), CpuList.format(all));
    return byNode;
  }

  private void cpuNotes(Map<Integer, String> cpuLists, int nodes) {
    if (nodes > 1 && tree.ofNodes("cpulist").isEmpty()) {
      line("# ASK: this host does not tell which node its CPUs are on (sys/devices/system/node/node*/cpulist).");
      line("# Taken: all on the first node, from proc/cpuinfo.");
    }
    List<Integer> all = cpuLists.values().stream().flatMap(list -> CpuList.parse(list).stream()).sorted().toList();
    if (all.getLast() != all.size() - 1) {
      line("# Its CPUs " + CpuList.format(all) + " are numbered from 0 without gaps here, in the same order.");
    }
  }

  private static Map<Integer, Integer> renumbered(Map<Integer, String> cpuLists) {
    Map<Integer, Integer> numbers = new TreeMap<>();
    cpuLists.values().stream().flatMap(list -> CpuList.parse(list).stream()).sorted()
        .forEach(cpu -> numbers.put(cpu, numbers.size()));
    return numbers;
  }

  private void zone(HostZone zone, List<HostZone> ofNode) {
    Optional<ZoneType> type = type(zone);
    if (type.isEmpty()) {
      line("      # Left out: zone " + zone.name() + " with " + zone.field("managed") + " managed pages, which is not modelled.");
      return;
    }
    // Page frame 0 is never handed out and stands for "none" in the simulator.
    long start = Math.max(1, zone.field("start_pfn"));
    long spanned = zone.field("spanned") - (start - zone.field("start_pfn"));
    long boost = zone.field("boost");
    long high = zone.field("high") - boost;
    long promo = zone.fields().containsKey("promo") ? zone.field("promo") - boost : 2 * high - (zone.field("low") - boost);
    line("      {");
    line("        type = " + Labelled.of(type.get()));
    line("        start-pfn = " + start);
    line("        spanned-pages = " + spanned);
    line("        managed-pages = " + zone.field("managed"));
    line("        watermark-min-pages = " + (zone.field("min") - boost));
    line("        watermark-low-pages = " + (zone.field("low") - boost));
    line("        watermark-high-pages = " + high);
    line("        watermark-promo-pages = " + promo);
    line("        lowmem-reserve-pages = " + lowmemReserve(zone, ofNode));
    long cma = cmaArea(zone, start, spanned);
    inUse(zone, type.get(), cma);
    line("      }");
  }

  /** {@code protection} lists all zone types that this kernel was built with; ours are four, so map them by name. */
  private static List<Long> lowmemReserve(HostZone zone, List<HostZone> ofNode) {
    Long[] reserve = {0L, 0L, 0L, 0L};
    for (int i = 0; i < Math.min(ofNode.size(), zone.protection().size()); i++) {
      long pages = zone.protection().get(i);
      type(ofNode.get(i)).ifPresent(type -> reserve[type.ordinal()] = pages);
    }
    return List.of(reserve);
  }

  private long cmaArea(HostZone zone, long start, long spanned) {
    long cma = zone.field("cma") / BLOCK * BLOCK;
    if (cma == 0) {
      line("        cma-areas = []");
      return 0;
    }
    long end = (start + spanned) / BLOCK * BLOCK;
    line("        # ASK: this host has " + zone.field("cma") + " CMA pages here and does not tell where. Its kernel log does:");
    line("        # \"cma: Reserved N MiB at 0x...\", the address divided by 4096 is start-pfn. Taken: one area at the end of the"
        + " zone.");
    line("        cma-areas = [ { start-pfn = " + (end - cma) + ", pages = " + cma + " } ]");
    return cma;
  }

  private void inUse(HostZone zone, ZoneType type, long cma) {
    long anonymous = zone.field("nr_zone_inactive_anon") + zone.field("nr_zone_active_anon") + zone.field("nr_zone_unevictable");
    long cache = zone.field("nr_zone_inactive_file") + zone.field("nr_zone_active_file");
    // Per-CPU vmstat deltas make the counters disagree by a few pages: the sum never exceeds what is not free.
    long used = Math.max(0, zone.field("managed") - zone.field("free") - zone.pcpPages());
    anonymous = Math.min(anonymous, used);
    cache = Math.min(cache, used - anonymous);
    if (type == ZoneType.MOVABLE) {
      // Nothing that cannot move lives in ZONE_MOVABLE: what the LRU counters miss still waits in a per-CPU batch.
      anonymous = used - cache;
    }
    long inCma = Math.min(Math.max(0, cma - zone.field("nr_free_cma")), anonymous + cache);
    line("        # free: " + zone.field("free") + " pages (" + zone.field("nr_free_cma") + " of them CMA) and " + zone.pcpPages()
        + " on per-CPU lists");
    blocks(zone);
    line("        anonymous-pages = " + anonymous);
    line("        page-cache-pages = " + cache);
    line("        kernel-pages = " + (used - anonymous - cache));
    if (cma > 0) {
      line("        # Of " + (cma - zone.field("nr_free_cma"))
          + " CMA pages that are not free some may be on per-CPU lists: at most");
    }
    line("        in-cma-pages = " + inCma);
  }

  /** The host's free blocks by order and pageblocks by type, for the reader: a run begins without fragmentation. */
  private void blocks(HostZone zone) {
    String head = "Node\\s+" + zone.node() + ",\\s+zone\\s+" + zone.name() + "\\s+";
    tree.lines("proc/buddyinfo").flatMap(lines -> row(lines, head))
        .ifPresent(row -> line("        # free blocks by order: " + row));
    List<String> types = tree.lines("proc/pagetypeinfo").orElse(List.of());
    for (int i = 0; i < types.size(); i++) {
      if (types.get(i).startsWith("Number of blocks type")) {
        String names = types.get(i).substring("Number of blocks type".length()).strip().replaceAll("\\s+", ", ");
        row(types.subList(i + 1, types.size()), head).ifPresent(row -> line("        # pageblocks " + names + ": " + row));
        return;
      }
    }
  }

  private static Optional<String> row(List<String> lines, String head) {
    return lines.stream().filter(line -> line.matches(head + "[\\d\\s]+")).findFirst()
        .map(line -> line.replaceFirst(head, "").strip().replaceAll("\\s+", " "));
  }

  private static Optional<ZoneType> type(HostZone zone) {
    return switch (zone.name()) {
      case "DMA" -> Optional.of(ZoneType.DMA);
      case "DMA32" -> Optional.of(ZoneType.DMA32);
      case "Normal" -> Optional.of(ZoneType.NORMAL);
      case "Movable" -> Optional.of(ZoneType.MOVABLE);
      default -> Optional.empty();
    };
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
