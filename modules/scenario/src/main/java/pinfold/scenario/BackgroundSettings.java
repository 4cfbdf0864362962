package pinfold.scenario;

import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.PfnRange;

/** Reads the list {@code background} of a scenario. */
final class BackgroundSettings {
  private static final String OTHERS = "others";
  private static final int KIB_PER_PAGE = 4;
  private static final int HUGE_PAGES = 512;
  private static final int MAX_COUNT = 4096;
  private static final long MAX_KIB_WITH_OUTPUT = 1L << 28;

  private BackgroundSettings() {}

  static List<BackgroundTask> read(Settings root, ConfigObject template, MachineConfig machine, List<VmConfig> vms,
      List<MemoryCgroup> cgroups) {
    List<BackgroundTask> tasks = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Settings item : root.items("background", template)) {
      BackgroundTask.Kind kind = item.choice("kind", BackgroundTask.Kind.class);
      if (kind == BackgroundTask.Kind.CMA_ALLOC) {
        requireCma(item, machine);
      }
      long maxOps = item.integer("max-ops", 0, Long.MAX_VALUE);
      if (kind == BackgroundTask.Kind.BUSY_LOOP && maxOps > 0) {
        throw item.error("max-ops", "must be 0, as a busy-loop does nothing that could be counted and never ends");
      }
      int count = item.smallInteger("count", 1, MAX_COUNT);
      String name = item.text("name").isEmpty() ? Labelled.of(kind) + "-" + tasks.size() : item.text("name");
      long startNanos = item.integer("start-at-ms", 0, ScenarioFile.MAX_MILLIS) * 1_000_000;
      long everyNanos = item.integer("start-every-ms", 0, ScenarioFile.MAX_MILLIS) * 1_000_000;
      for (int i = 0; i < count; i++) {
        String own = count == 1 ? name : name + "-" + i;
        if (!taken.add(own)) {
          throw item.error("name", "is the name of another background task too");
        }
        tasks.add(new BackgroundTask(own, kind, cpus(item, machine, vms),
            item.choice("sched-class", BackgroundTask.SchedClass.class), workingSetPages(item), pageSize(item, kind),
            startNanos + i * everyNanos, item.integer("start-within-ms", 0, ScenarioFile.MAX_MILLIS) * 1_000_000,
            item.smallInteger("ops-per-burst", 1, 1 << 20),
            item.integer("think-time-us", 0, ScenarioFile.MAX_MILLIS * 1000) * 1000, maxOps,
            kind != BackgroundTask.Kind.BUSY_LOOP && item.bool("awaited"),
            cgroup(item, kind, cgroups), pagesOfBuild(item, kind, "kernel-memory-kib"), pagesOfBuild(item, kind, "file-kib"),
            pagesOfBuild(item, kind, "tmpfs-kib"), outputPercent(item), oomScoreAdj(item, kind)));
      }
    }
    return tasks;
  }

  private static int pagesOfBuild(Settings item, BackgroundTask.Kind kind, String key) {
    long kib = item.integer(key, 0, 1L << 30);
    if (kib % KIB_PER_PAGE != 0) {
      throw item.error(key, "must be a multiple of 4: a page is 4 KiB");
    }
    if (kib > 0 && kind != BackgroundTask.Kind.BUILD) {
      throw item.error(key, "can be said of kind = build only");
    }
    return (int) (kib / KIB_PER_PAGE);
  }

  private static int outputPercent(Settings item) {
    int percent = item.smallInteger("tmpfs-output-percent", 0, 100);
    long kib = item.integer("tmpfs-kib", 0, 1L << 30);
    if (percent > 0 && kib == 0) {
      throw item.error("tmpfs-output-percent", "is a part of tmpfs-kib, which is 0");
    }
    if (percent > 0 && kib > MAX_KIB_WITH_OUTPUT) {
      throw item.error("tmpfs-kib", "must be at most " + MAX_KIB_WITH_OUTPUT
          + " with tmpfs-output-percent: a file has fewer than 2^31 pages");
    }
    return percent;
  }

  private static int cgroup(Settings item, BackgroundTask.Kind kind, List<MemoryCgroup> cgroups) {
    int cgroup = ReclaimSettings.cgroup(item, cgroups);
    if (cgroup > 0 && !kind.hasMemory()) {
      throw item.error("memory-cgroup", "cannot be said of kind = " + Labelled.of(kind)
          + ": it has no anonymous memory, and nothing else is charged");
    }
    return cgroup;
  }

  private static int oomScoreAdj(Settings item, BackgroundTask.Kind kind) {
    int adj = ReclaimSettings.oomScoreAdj(item);
    if (adj != 0 && !kind.hasAddressSpace()) {
      throw item.error("oom-score-adj", "cannot be said of kind = " + Labelled.of(kind)
          + ": it maps nothing, and the OOM killer passes it over");
    }
    return adj;
  }

  private static void requireCma(Settings item, MachineConfig machine) {
    int largest = machine.zones().stream().flatMap(zone -> zone.cmaAreas().stream()).mapToInt(PfnRange::pages).max().orElse(0);
    if (largest == 0) {
      throw item.error("kind", "needs a machine with CMA: set machine.cma-per-node-mib");
    }
    if (workingSetPages(item) > largest) {
      throw item.error("working-set-kib", "is one allocation, and must be at most " + (long) largest * KIB_PER_PAGE
          + ", the largest CMA area");
    }
  }

  private static long workingSetPages(Settings item) {
    long kib = item.integer("working-set-kib", KIB_PER_PAGE, 1L << 32);
    if (kib % KIB_PER_PAGE != 0) {
      throw item.error("working-set-kib", "must be a multiple of 4: a page is 4 KiB");
    }
    return kib / KIB_PER_PAGE;
  }

  private static PageSize pageSize(Settings item, BackgroundTask.Kind kind) {
    PageSize size = item.choice("page-size", PageSize.class);
    if (size == PageSize.SMALL_4K) {
      return size;
    }
    if (!kind.hasMemory()) {
      throw item.error("page-size", "must be 4K with kind = " + Labelled.of(kind) + ": only memory of the task's own can be huge");
    }
    if (workingSetPages(item) % HUGE_PAGES != 0) {
      throw item.error("working-set-kib", "must be a multiple of " + HUGE_PAGES * KIB_PER_PAGE + " with page-size = 2M");
    }
    return size;
  }

  private static List<Integer> cpus(Settings item, MachineConfig machine, List<VmConfig> vms) {
    if (!item.textOrNumber("cpus").equals(OTHERS)) {
      return ScenarioFile.cpus(item, "cpus", machine);
    }
    TreeSet<Integer> ofVms = new TreeSet<>();
    for (VmConfig vm : vms) {
      ofVms.addAll(vm.preallocCpus());
      ofVms.addAll(vm.vcpuCpus());
      ofVms.add(vm.pinCpu());
    }
    List<Integer> all = IntStream.range(0, machine.cpuCount()).boxed().toList();
    List<Integer> others = all.stream().filter(cpu -> !ofVms.contains(cpu)).toList();
    return others.isEmpty() ? all : others;
  }
}
