package pinfold.scenario;

import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.memcg.MemcgTree;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.reclaim.ThpDefrag;
import pinfold.kernel.swap.SwapSpec;
import pinfold.kernel.writeback.DirtyLimits;

/** Reads the list {@code memory-cgroups} and the group {@code swap} of a scenario, and finds the cgroup that a setting names. */
final class ReclaimSettings {
  private static final int PAGES_PER_MIB = 256;
  private static final int MAX_SWAP_MIB = 1 << 20;
  private static final long MAX_DIRTY_MILLIS = 3_600_000;
  private static final String SUBMITTER = "submitter";

  private ReclaimSettings() {}

  /** What can be said of swap. */
  private enum SwapKind {
    NONE, ZRAM, SSD
  }

  static List<MemoryCgroup> cgroups(Settings root, ConfigObject template) {
    List<MemoryCgroup> cgroups = new ArrayList<>();
    for (Settings item : root.items("memory-cgroups", template)) {
      String name = item.text("name").isEmpty() ? "cgroup" + cgroups.size() : item.text("name");
      if (cgroups.stream().anyMatch(other -> other.name().equals(name))) {
        throw item.error("name", "is the name of another memory cgroup too");
      }
      cgroups.add(new MemoryCgroup(name, item.integer("memory-max-mib", 1, 1L << 24) * PAGES_PER_MIB, parent(item, name, cgroups)));
    }
    return cgroups;
  }

  /** Number of the cgroup that a path is below; it must have been said before. */
  private static int parent(Settings item, String name, List<MemoryCgroup> before) {
    if (name.startsWith("/") || name.endsWith("/") || name.contains("//")) {
      throw item.error("name", "must be names with one / between two, as in build/jobs");
    }
    if (name.chars().filter(c -> c == '/').count() >= MemcgTree.MOST_LEVELS) {
      throw item.error("name", "is too deep: a memory cgroup is at most " + MemcgTree.MOST_LEVELS + " levels below the root");
    }
    int slash = name.lastIndexOf('/');
    if (slash < 0) {
      return 0;
    }
    String parent = name.substring(0, slash);
    List<String> names = before.stream().map(MemoryCgroup::name).toList();
    if (!names.contains(parent)) {
      throw item.error("name", "needs an entry named " + parent + " before it, as it is below that" + Settings.didYouMean(parent, names));
    }
    return names.indexOf(parent) + 1;
  }

  static SwapSpec swap(Settings root, MachineConfig machine, List<MemoryCgroup> cgroups) {
    Settings swap = root.child("swap");
    SwapKind kind = swap.choice("kind", SwapKind.class);
    int slots = swap.smallInteger("size-mib", 0, MAX_SWAP_MIB) * PAGES_PER_MIB;
    long readNanos = swap.integer("read-latency-us", 1, 1_000_000) * 1000;
    long writeNanos = swap.integer("write-latency-us", 1, 1_000_000) * 1000;
    long seekNanos = swap.integer("seek-us", 0, 1_000_000) * 1000;
    int channels = swap.smallInteger("channels", 1, 4096);
    int depth = swap.smallInteger("queue-depth", 1, 1 << 16);
    if (depth < channels) {
      throw swap.error("queue-depth", "must be no less than channels = " + channels + ", or some would never have anything to do");
    }
    if (seekNanos > 0 && channels > 1) {
      throw swap.error("channels", "must be 1 with seek-us > 0: a disk has one arm");
    }
    boolean elevator = swap.bool("elevator");
    if (elevator && (kind != SwapKind.SSD || seekNanos == 0 || channels > 1)) {
      throw swap.error("elevator", "needs swap.kind = ssd, seek-us > 0 and channels = 1: nothing but a disk gains by an order of requests");
    }
    boolean holdsFiles = swap.bool("holds-files");
    if (holdsFiles && kind != SwapKind.SSD) {
      throw swap.error("holds-files", "needs swap.kind = ssd: zram is no disk");
    }
    if (slots == 0 && !holdsFiles && kind != SwapKind.NONE) {
      throw swap.error("size-mib", "must be 1 or more unless holds-files = true; for no device at all say swap.kind = none");
    }
    List<Integer> interruptCpus =
        swap.textOrNumber("interrupt-cpus").equals(SUBMITTER) ? List.of() : ScenarioFile.cpus(swap, "interrupt-cpus", machine);
    if (kind != SwapKind.NONE && cgroups.isEmpty() && !root.bool("node-reclaim")) {
      throw swap.error("kind", "needs node-reclaim = true or an entry in memory-cgroups: nobody else reclaims");
    }
    DirtyLimits dirtyLimits = dirtyLimits(root.child("dirty"), machine);
    return switch (kind) {
      case NONE -> SwapSpec.NONE;
      case ZRAM -> SwapSpec.zram(slots);
      case SSD -> new SwapSpec(SwapSpec.Kind.SSD, slots, readNanos, writeNanos, seekNanos, channels, depth, holdsFiles, interruptCpus,
          dirtyLimits, elevator);
    };
  }

  /** What faults and daemons do for blocks of 2 MiB. */
  static CompactionSpec compaction(Settings root) {
    CompactionSpec spec = new CompactionSpec(root.choice("thp-defrag", ThpDefrag.class), root.bool("thp-madvised"), root.bool("kcompactd"));
    boolean reclaims = root.bool("node-reclaim");
    if (spec.kcompactd() && !reclaims) {
      throw root.error("kcompactd", "needs node-reclaim = true: nobody else wakes it");
    }
    if (spec.wakesKswapd() && reclaims && !spec.kcompactd()) {
      throw root.error("thp-defrag", "leaves blocks of 2 MiB to kswapd and kcompactd, so it needs kcompactd = true");
    }
    return spec;
  }

  private static DirtyLimits dirtyLimits(Settings dirty, MachineConfig machine) {
    long memoryPages = machine.zones().stream().mapToLong(zone -> zone.span().pages()).sum();
    long limit = pages(dirty, "limit-mib", memoryPages / 5);
    long background = pages(dirty, "background-mib", memoryPages / 10);
    if (background >= limit) {
      throw dirty.error("background-mib", "must be less than limit-mib, which is " + limit / PAGES_PER_MIB
          + " MiB: the flusher is to begin before writers have to wait");
    }
    return new DirtyLimits(limit, background, dirty.integer("expire-ms", 1, MAX_DIRTY_MILLIS) * 1_000_000,
        dirty.integer("flusher-every-ms", 1, MAX_DIRTY_MILLIS) * 1_000_000);
  }

  private static long pages(Settings dirty, String key, long automatic) {
    long mib = dirty.integer(key, 0, 1L << 24);
    return mib == 0 ? Math.max(1, automatic) : mib * PAGES_PER_MIB;
  }

  static int oomScoreAdj(Settings item) {
    return item.smallInteger("oom-score-adj", SpaceSpec.NEVER_KILLED, 1000);
  }

  /** Number of the cgroup that {@code memory-cgroup} names, the first of which is 1; 0 for the root. */
  static int cgroup(Settings item, List<MemoryCgroup> cgroups) {
    String name = item.text("memory-cgroup");
    List<String> names = cgroups.stream().map(MemoryCgroup::name).toList();
    if (!name.isEmpty() && !names.contains(name)) {
      throw item.error("memory-cgroup", "no entry of memory-cgroups has this name" + Settings.didYouMean(name, names));
    }
    return names.indexOf(name) + 1;
  }
}
