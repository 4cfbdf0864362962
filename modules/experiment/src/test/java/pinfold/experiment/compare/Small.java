package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/** Shipped scenarios made small enough to run many times. */
final class Small {
  static final List<Path> CONFIG = List.of(Path.of("..", "..", "config"));

  private Small() {}

  /** vm-passthrough: four nodes of 256 MiB, half of them CMA, five VMs of 8 to 24 MiB, the same background load. */
  static ScenarioConfig mainJob(String... overrides) {
    return load("vm-passthrough", overrides, "machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.anonymous-per-node-mib=12", "memory-in-use.page-cache-per-node-mib=12",
        "memory-in-use.kernel-per-node-mib=4", "vm-defaults.memory-mib=16", "vms.large.memory-mib=24", "vms.right.memory-mib=8");
  }

  /** vm-passthrough on nodes that kernel memory nearly fills, while 16 tasks read files that are larger than what is left. */
  static ScenarioConfig reclaiming(String... overrides) {
    List<String> settings = new ArrayList<>(List.of("machine.cma-per-node-mib=64", "memory-in-use.kernel-per-node-mib=140",
        "vm-defaults.memory-mib=8", "vms.large.memory-mib=12", "vms.right.memory-mib=4", "node-reclaim=true",
        "background.1.working-set-kib=65536", "background.1.ops-per-burst=512", "background.1.think-time-us=0"));
    settings.addAll(List.of(overrides));
    return mainJob(settings.toArray(String[]::new));
  }

  /** crosvm-mlock: a locked memfd of 8 MiB, and as much load beside it. */
  static ScenarioConfig crosvm(String... overrides) {
    return load("crosvm-mlock", overrides, "machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=4", "vms.crosvm.memory-mib=8");
  }

  /** drain-storm: 4 VMs of 8 MiB pin at once on 16 busy CPUs of 4 nodes that each drain all of them twenty times. */
  static ScenarioConfig storm(String... overrides) {
    return load("drain-storm", overrides, "machine.cpus-per-node=4", "machine.memory-per-node-mib=256",
        "machine.cma-per-node-mib=128", "memory-in-use.kernel-per-node-mib=4", "vms.0.count=4", "vms.0.memory-mib=8",
        "background.log.cpus=0-15", "background.log.working-set-kib=8192", "background.hog.cpus=0-15", "background.drop.cpus=0-15",
        "background.drop.max-ops=5120");
  }

  /** drain-fifo: 60 allocations, 20 drains, 0.3 s at most. */
  static ScenarioConfig fifo(String... overrides) {
    return load("drain-fifo", overrides, "machine.memory-per-node-mib=256", "memory-in-use.kernel-per-node-mib=8",
        "background.driver.max-ops=60", "background.drop.max-ops=320", "background.hog.start-at-ms=1",
        "duration-limit-ms=3000");
  }

  /** cma-churn with 60 allocations beside twelve launches, in a quarter of the memory. */
  static ScenarioConfig churn(String... overrides) {
    return load("cma-churn", overrides, "machine.memory-per-node-mib=256", "machine.cma-per-node-mib=32",
        "background.driver.max-ops=60", "background.apps.working-set-kib=4096", "background.code.count=12", "background.data.count=12",
        "background.heap.count=12", "background.heap.working-set-kib=4096", "background.heap.max-ops=1024");
  }

  /** racing-pinners with 32 MiB; preallocation takes a quarter of the time. */
  static ScenarioConfig pinners(String... overrides) {
    return load("racing-pinners", overrides, "machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=8", "vms.guest.memory-mib=32", "vms.second-device.memory-mib=32",
        "vms.second-device.start-at-ms=6", "background.driver.working-set-kib=131072", "background.driver.start-at-ms=100");
  }

  /** numa-cma-vm with four nodes of 256 MiB and a VM of 192, of which 112 fit the first. */
  static ScenarioConfig numaCma(String... overrides) {
    return load("numa-cma-vm", overrides, "machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=8", "vms.guest.memory-mib=192");
  }

  /** page-fault2 for 66 ms, of which the last 50 count: some eight rounds of faults and unmaps. */
  static ScenarioConfig pageFaults(String... overrides) {
    return load("page-fault2", overrides, "machine.memory-per-node-mib=512", "duration-limit-ms=66", "measure-from-ms=16");
  }

  /** thp-pcp with a VM of 32 MiB; half of 256 MiB are CMA. */
  static ScenarioConfig thpPcp(String... overrides) {
    return load("thp-pcp", overrides, "machine.memory-per-node-mib=256", "machine.cma-per-node-mib=128",
        "memory-in-use.kernel-per-node-mib=4", "vms.guest.memory-mib=32", "background.jobs.working-set-kib=4096", "background.jobs.max-ops=65536");
  }

  /** mglru-swap-stress with six jobs of 2 to 8 MiB on four CPUs, in 12 MiB. */
  static ScenarioConfig swapStress(String... overrides) {
    return load("mglru-swap-stress", overrides, "machine.cpus-per-node=4", "machine.memory-per-node-mib=256",
        "memory-cgroups.build.memory-max-mib=12", "background-defaults.working-set-kib=8192", "background.cc.cpus=0-3",
        "background.cc.max-ops=40000", "background.more-cc.cpus=0-1", "background.more-cc.max-ops=20000");
  }

  /**
   * The same without swap, in memory cgroups below one that is too small: the OOM killer takes the four jobs that nobody waits for one
   * after the other, until there is room for the two others.
   */
  static ScenarioConfig oomKills(String... overrides) {
    List<String> all = new ArrayList<>(List.of("swap.kind=none",
        "memory-cgroups=[ { name = build, memory-max-mib = 12 }, { name = build/cc, memory-max-mib = 10 }, { name = build/more } ]",
        "background.cc.memory-cgroup=build/cc", "background.cc.awaited=false", "background.cc.max-ops=0",
        "background.more-cc.memory-cgroup=build/more", "background.more-cc.working-set-kib=4096",
        "background.more-cc.oom-score-adj=-1000"));
    all.addAll(List.of(overrides));
    return swapStress(all.toArray(String[]::new));
  }

  /** mglru-swap-stress with 22 jobs of 2 to 8 MiB on 16 CPUs, in 40 MiB. */
  static ScenarioConfig swapStressOfManyCpus(String... overrides) {
    return load("mglru-swap-stress", overrides, "machine.cpus-per-node=16", "machine.memory-per-node-mib=256",
        "memory-cgroups.build.memory-max-mib=40", "background-defaults.working-set-kib=8192", "background.cc.cpus=0-15",
        "background.cc.max-ops=600000", "background.more-cc.cpus=0-5", "background.more-cc.max-ops=200000");
  }

  /** cma-size with eight jobs of 3 to 12 MiB on four CPUs, in 128 MiB, on a disk that seeks in a quarter of the time. */
  static ScenarioConfig cmaSize(String... overrides) {
    return load("cma-size", overrides, "machine.cpus-per-node=4", "machine.memory-per-node-mib=128", "machine.cma-per-node-mib=64",
        "memory-in-use.kernel-per-node-mib=12", "swap.seek-us=2000", "background-defaults.working-set-kib=12288",
        "background-defaults.ops-per-burst=48", "background-defaults.start-within-ms=100", "background-defaults.kernel-memory-kib=400",
        "background-defaults.file-kib=4096", "background.cc.cpus=0-3", "background.cc.max-ops=100000");
  }

  /** file-writers with a sixth of the work, in a quarter of the memory. */
  static ScenarioConfig fileWriters(String... overrides) {
    return load("file-writers", overrides, "machine.memory-per-node-mib=64", "memory-in-use.kernel-per-node-mib=8", "swap.seek-us=2000",
        "background.log.working-set-kib=16384", "background.log.max-ops=12000", "background.cc.working-set-kib=4096",
        "background.cc.file-kib=2048", "background.cc.max-ops=15000");
  }

  /** vfio-map-baseline with 1 GiB instead of 16. */
  static ScenarioConfig mapBaseline() {
    return load("vfio-map-baseline", new String[0], "machine.memory-per-node-mib=1536", "vms.vm.memory-mib=1024");
  }

  /** A shipped scenario with these settings, the later ones winning. */
  private static ScenarioConfig load(String name, String[] overrides, String... small) {
    List<String> settings = new ArrayList<>(List.of(small));
    settings.addAll(List.of(overrides));
    return ScenarioFile.load("scenarios/" + name + ".conf", CONFIG, settings);
  }

  /** Texts of all shipped variants, by name. */
  static TreeMap<String, String> variantFiles() {
    TreeMap<String, String> files = new TreeMap<>();
    try (Stream<Path> list = Files.list(CONFIG.getFirst().resolve("variants"))) {
      for (Path file : list.filter(path -> path.toString().endsWith(".conf")).toList()) {
        files.put(file.getFileName().toString().replace(".conf", ""), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  static KernelVariant variant(String name) {
    return KernelVariants.of(VariantFile.load(name, CONFIG));
  }

  static RunResult run(ScenarioConfig scenario, String variant, long seed, HostFactory hosts) {
    return new ScenarioRun(scenario, variant(variant), seed, hosts).run((now, windows) -> true);
  }

  /** A run with every invariant checked as it goes, which finds nothing. */
  static RunResult checked(ScenarioConfig scenario, String variant, long seed, HostFactory hosts) {
    RunResult run = new ScenarioRun(scenario, variant(variant), seed, hosts, CheckLevel.TOUCHED).run((now, windows) -> true);
    assertThat(run.findings()).isEmpty();
    return run;
  }

  static RunResult checked(ScenarioConfig scenario, String variant, HostFactory hosts) {
    return checked(scenario, variant, 1, hosts);
  }
}
