package pinfold.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import pinfold.kernel.cpu.WorkerWakeUp;
import pinfold.kernel.machine.MachineConfig;

/**
 * Reads a scenario from {@code scenarios/NAME.conf}. {@code reference-scenario.conf} explains every setting and holds its
 * default; no default is written anywhere else.
 */
public final class ScenarioFile {
  static final String KIND = "scenarios";
  static final String REFERENCE = "reference-scenario.conf";

  /** The longest time that a setting may name, 24 hours. */
  static final long MAX_MILLIS = 24 * 3600 * 1000L;

  private static final Map<String, String> TEMPLATES = Map.of("vms", "vm-defaults", "background", "background-defaults",
      "memory-cgroups", "memory-cgroup-defaults");

  private ScenarioFile() {}

  /** The names of all scenarios found in {@code DIRECTORY/scenarios} of each directory, sorted. */
  public static List<String> names(List<Path> searchPath) {
    return new ConfigPath(searchPath).names(KIND);
  }

  /** The text of the reference: every setting with its default and meaning. */
  public static String reference() {
    return HoconFile.resourceText(REFERENCE);
  }

  /**
   * Reads a scenario.
   *
   * @param name a scenario's name, or the path of its file
   * @param searchPath directories that hold {@code scenarios/}, {@code machines/} and {@code variants/}
   * @param overrides {@code path=value}, applied in this order before anything is checked
   * @throws ConfigError if there is no such scenario, or the file or an override cannot be used
   */
  public static ScenarioConfig load(String name, List<Path> searchPath, List<String> overrides) {
    ConfigPath path = new ConfigPath(searchPath);
    Path file = path.find(KIND, name)
        .orElseThrow(() -> new ConfigError("scenario " + name, 0, "", null, path.notFound(KIND, name)));
    String shownAs = file.toString();
    Config own = HoconFile.read(file, shownAs);
    HoconFile.requireFormat(Settings.root(own, shownAs));
    Config reference = HoconFile.readResource(REFERENCE);
    Config merged = Overrides.apply(withoutOwnMachine(own, overrides), reference, TEMPLATES, overrides);
    return read(Settings.overDefaults(merged, reference, shownAs), ConfigPath.nameOf(file), path);
  }

  /**
   * Reads a scenario that is in no file.
   *
   * @param text as in a scenario's file
   * @throws ConfigError if it cannot be used
   */
  public static ScenarioConfig parse(String text, String name, List<Path> searchPath) {
    Config own = HoconFile.parse(text, name);
    return read(Settings.overDefaults(own, HoconFile.readResource(REFERENCE), name), name, new ConfigPath(searchPath));
  }

  /**
   * A scenario without what is as it would be if nothing were said.
   *
   * @param effective as {@link ScenarioConfig#effective} gives it
   */
  public static String briefly(String effective) {
    Config reference = HoconFile.readResource(REFERENCE);
    Config own = HoconFile.parse("format = 1", REFERENCE);
    for (Map.Entry<String, ConfigValue> setting : HoconFile.parse(effective, REFERENCE).entrySet()) {
      String path = setting.getKey();
      if (!reference.hasPath(path) || !reference.getValue(path).equals(setting.getValue())) {
        own = own.withValue(path, setting.getValue());
      }
    }
    return render(own);
  }

  private static String render(Config config) {
    return config.root().render(ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false));
  }

  /** An override that names a machine file puts the scenario on that machine, with the memory in use there. */
  private static Config withoutOwnMachine(Config own, List<String> overrides) {
    boolean moved = overrides.stream().anyMatch(override -> override.matches("\\s*machine\\.file\\s*=.*[^\\s\"].*"));
    return moved ? withoutInlineMachine(own).withoutPath("memory-in-use") : own;
  }

  private static Config withoutInlineMachine(Config config) {
    Config left = config;
    for (String setting : MachineSettings.INLINE) {
      left = left.withoutPath("machine." + setting);
    }
    return left;
  }

  private static String effective(Settings root) {
    Config all = root.values().toConfig();
    return render(all.getString("machine.file").isEmpty() ? all : withoutInlineMachine(all));
  }

  static ScenarioConfig read(Settings root, String name, ConfigPath path) {
    HoconFile.requireFormat(root);
    HostMachine host = MachineSettings.read(root, path, name);
    List<MemoryCgroup> cgroups = ReclaimSettings.cgroups(root, root.child("memory-cgroup-defaults").values());
    List<VmConfig> vms = VmSettings.read(root, root.child("vm-defaults").values(), host.machine(), cgroups);
    List<BackgroundTask> background =
        BackgroundSettings.read(root, root.child("background-defaults").values(), host.machine(), vms, cgroups);
    ScenarioConfig.Success success = root.choice("success", ScenarioConfig.Success.class);
    requireReachable(root, success, vms, background);
    long limitMillis = root.integer("duration-limit-ms", 1, MAX_MILLIS);
    return new ScenarioConfig(
        name,
        root.text("title"),
        host.machine(),
        host.inUse(),
        mglru(root, host),
        root.choice("worker-wake-up", WorkerWakeUp.class),
        cgroups,
        ReclaimSettings.swap(root, host.machine(), cgroups),
        root.smallInteger("swappiness", 0, 200),
        root.bool("node-reclaim"),
        ReclaimSettings.compaction(root),
        root.bool("oom-kill-allocating-task"),
        vms,
        background,
        variants(root, path),
        seeds(root),
        limitMillis * 1_000_000,
        success,
        measureFromNanos(root, success, limitMillis),
        root.choice("check", ScenarioConfig.Check.class),
        CostSettings.read(root),
        effective(root));
  }

  /** The CPUs of a list, at least one, all of which the machine has. */
  static List<Integer> cpus(Settings settings, String key, MachineConfig machine) {
    List<Integer> cpus;
    try {
      cpus = CpuList.parse(settings.textOrNumber(key));
    } catch (IllegalArgumentException e) {
      throw settings.error(key, e.getMessage());
    }
    if (cpus.isEmpty()) {
      throw settings.error(key, "must name at least one CPU");
    }
    if (cpus.getLast() >= machine.cpuCount()) {
      throw settings.error(key, "names CPU " + cpus.getLast() + ", but the machine has CPUs 0 to " + (machine.cpuCount() - 1));
    }
    return cpus;
  }

  private static boolean mglru(Settings root, HostMachine host) {
    return switch (root.choice("lru-mode", LruMode.class)) {
      case AS_MACHINE -> host.mglru();
      case CLASSIC -> false;
      case MGLRU -> true;
    };
  }

  private static long measureFromNanos(Settings root, ScenarioConfig.Success success, long limitMillis) {
    long millis = root.integer("measure-from-ms", 0, MAX_MILLIS);
    if (millis > 0 && success != ScenarioConfig.Success.TIME_IS_UP) {
      throw root.error("measure-from-ms", "needs success = time-is-up: other runs are measured whole");
    }
    if (millis >= limitMillis) {
      throw root.error("measure-from-ms", "must be less than duration-limit-ms = " + limitMillis);
    }
    return millis * 1_000_000;
  }

  private static void requireReachable(Settings root, ScenarioConfig.Success success, List<VmConfig> vms,
      List<BackgroundTask> background) {
    switch (success) {
      case VM_STARTED -> {
        if (vms.isEmpty()) {
          throw root.error("success", "needs at least one entry in vms");
        }
      }
      case TIME_IS_UP -> {
        if (background.isEmpty()) {
          throw root.error("success", "needs at least one entry in background");
        }
      }
      case LOAD_FINISHED -> {
        if (background.stream().noneMatch(BackgroundTask::awaited)) {
          throw root.error("success", "needs at least one entry in background that is awaited and no busy-loop");
        }
        for (BackgroundTask task : background) {
          if (task.maxOps() == 0 && task.awaited()) {
            throw root.error("success", "needs max-ops in every background task that is awaited, but " + task.name() + " has no end");
          }
        }
      }
    }
  }

  private static List<String> variants(Settings root, ConfigPath path) {
    List<String> variants = root.texts("variants");
    if (variants.isEmpty()) {
      throw root.error("variants", "must name at least one variant");
    }
    for (String variant : variants) {
      if (path.find(VariantFile.KIND, variant).isEmpty()) {
        throw root.error("variants", "variant " + variant + " is " + path.notFound(VariantFile.KIND, variant));
      }
    }
    return variants;
  }

  private static List<Long> seeds(Settings root) {
    List<Long> seeds = root.integers("seeds");
    if (seeds.isEmpty()) {
      throw root.error("seeds", "must name at least one seed, such as [1, 2, 3]");
    }
    if (new HashSet<>(seeds).size() != seeds.size()) {
      throw root.error("seeds", "must not repeat a seed: the two runs would be the same one");
    }
    return seeds;
  }

  private enum LruMode {
    AS_MACHINE,
    CLASSIC,
    MGLRU
  }
}
