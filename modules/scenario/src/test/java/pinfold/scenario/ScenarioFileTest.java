package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.machine.ZoneConfig;

class ScenarioFileTest {
  private static final List<Path> SHIPPED = List.of(ConfigDir.SHIPPED);
  private static final String ONE_VM = "format = 1\nvms = [ {} ]\n";

  @TempDir Path temp;

  @Test
  void theShippedScenariosAreThere() {
    assertThat(ScenarioFile.names(SHIPPED)).contains(
        "vm-passthrough", "vm-passthrough-published", "crosvm-mlock", "repeated-access", "drain-storm", "drain-fifo",
        "vm-passthrough-imported", "scale", "cma-churn", "racing-pinners", "thp-pcp", "mglru-swap-stress",
        "mglru-swap-stress-classic", "file-writers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vm-passthrough", "vm-passthrough-published", "crosvm-mlock", "repeated-access", "drain-storm", "drain-fifo",
      "vm-passthrough-imported", "scale", "cma-churn", "racing-pinners", "thp-pcp", "mglru-swap-stress",
      "mglru-swap-stress-classic", "file-writers"})
  void everyShippedScenarioAndItsVariantsLoad(String name) {
    ScenarioConfig scenario = ScenarioFile.load(name, SHIPPED, List.of());
    assertThat(scenario.title()).isNotBlank();
    assertThat(scenario.variants()).allSatisfy(variant -> VariantFile.load(variant, SHIPPED));
  }

  @Test
  void theMainJobIsFourNodesWithHalfOfTheMemoryInCma() {
    ScenarioConfig job = ScenarioFile.load("vm-passthrough", SHIPPED, List.of());
    assertThat(job.machine().nodes()).hasSize(4);
    assertThat(job.machine().zones()).allSatisfy(zone -> {
      assertThat(zone.managedPages()).isEqualTo(2048 * 256);
      assertThat(zone.cmaPages()).isEqualTo(1024 * 256);
    });
    // 96 + 96 MiB, half in CMA, and 32 MiB of the kernel, on each node.
    assertThat(job.inUse()).containsOnly(new ZoneUse(96 * 256, 96 * 256, 32 * 256, 96 * 256)).hasSize(4);
    assertThat(job.vms()).extracting(VmConfig::name).containsExactly("first", "second", "large", "left", "right");
    assertThat(job.vms()).extracting(VmConfig::startAfter).containsExactly(-1, 0, 1, 2, 2);
    assertThat(job.variants()).containsExactly("linux-6.10", "yangge-v1", "linux-6.12", "linux-6.18", "linux-2026",
        "batch-owner-hint");
  }

  @Test
  void vmsGoFromNodeToNodeAndThenToTheNextCpusOfANode() {
    ScenarioConfig job = ScenarioFile.load("vm-passthrough", SHIPPED, List.of());
    assertThat(job.vms()).extracting(VmConfig::pinCpu).containsExactly(0, 4, 8, 12, 2);
    assertThat(job.vms()).extracting(VmConfig::vcpuCpus)
        .containsExactly(List.of(0, 1), List.of(4, 5), List.of(8, 9), List.of(12, 13), List.of(2, 3));
    // What is left for the background load.
    assertThat(job.background()).allSatisfy(task -> assertThat(task.cpus()).containsExactly(6, 7, 10, 11, 14, 15));
  }

  @Test
  void thePublishedScenarioDoesAtMostFiveMillionBackgroundOperations() {
    ScenarioConfig published = ScenarioFile.load("vm-passthrough-published", SHIPPED, List.of());
    assertThat(published.background()).allSatisfy(task -> assertThat(task.maxOps()).isPositive());
    assertThat(published.background().stream().mapToLong(BackgroundTask::maxOps).sum()).isLessThanOrEqualTo(5_000_000);
    assertThat(published.vms().getFirst().memoryPages()).isEqualTo(8 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cma-1node", "numa-4node-movable"})
  void theMainJobRunsOnAnImportedMachine(String machine) {
    ConfigDir dir = new ConfigDir(temp).with("scenarios/s.conf", "format = 1\nmachine.file = machines/" + machine
        + ".conf\nvms = [ {} ]\n");
    ScenarioConfig scenario = ScenarioFile.load("s", dir.searchPath(), List.of());
    HostMachine host = MachineFile.load(machine, SHIPPED, 100, 200);
    assertThat(scenario.machine().name()).isEqualTo(machine);
    assertThat(scenario.inUse()).isEqualTo(host.inUse());
    assertThat(scenario.mglru()).isEqualTo(host.mglru());
    assertThat(scenario.machine().farLinkNanos()).isEqualTo(1_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cma-1node", "numa-4node-movable"})
  void anyScenarioIsPutOnAnotherMachineByOneOverride(String machine) {
    List<String> moved = List.of("machine.file=machines/" + machine + ".conf", "vm-defaults.memory-mib=128");
    ScenarioConfig scenario = ScenarioFile.load("vm-passthrough", SHIPPED, moved);
    assertThat(scenario.machine().name()).isEqualTo(machine);
    assertThat(scenario.inUse()).isEqualTo(MachineFile.load(machine, SHIPPED, 100, 200).inUse());
    ConfigDir dir = new ConfigDir(temp).with("scenarios/vm-passthrough.conf", scenario.effective());
    assertThat(ScenarioFile.load("vm-passthrough", dir.searchPath(), List.of())).usingRecursiveComparison()
        .isEqualTo(scenario);
  }

  @Test
  void othersAreAllCpusWhenTheVmsUseAll() {
    ConfigDir dir = new ConfigDir(temp).with("scenarios/s.conf", "format = 1\nvms = [ { vcpus = 4 } ]\nbackground = [ {} ]\n");
    assertThat(ScenarioFile.load("s", dir.searchPath(), List.of()).background().getFirst().cpus()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void memoryInUseComesOnTopOfWhatAMachineFileSays() {
    ConfigDir dir = new ConfigDir(temp).with("scenarios/s.conf", ONE_VM + "machine.file = machines/cma-1node.conf\n");
    ScenarioConfig scenario = ScenarioFile.load("s", dir.searchPath(), List.of(
        "memory-in-use.anonymous-per-node-mib=8", "memory-in-use.in-cma-share=0.25"));
    assertThat(scenario.inUse()).containsExactly(new ZoneUse(775 + 2048, 0, 1996, 775 + 512));
  }

  @Test
  void movableMemoryIsUsedBeforeNormalMemoryButNotByTheKernel() {
    ConfigDir dir = new ConfigDir(temp).with("scenarios/s.conf", ONE_VM + """
        machine { memory-per-node-mib = 64, movable-per-node-mib = 16 }
        memory-in-use { anonymous-per-node-mib = 20, kernel-per-node-mib = 8 }
        """);
    // NORMAL holds the kernel's 8 MiB and the 4 MiB that MOVABLE has no room for.
    assertThat(ScenarioFile.load("s", dir.searchPath(), List.of("vms.0.memory-mib=8")).inUse())
        .containsExactly(new ZoneUse(4 * 256, 0, 8 * 256, 0), new ZoneUse(16 * 256, 0, 0, 0));
  }

  @Test
  void overridesReachGroupsAndEntriesByPositionAndByName() {
    ScenarioConfig scenario = ScenarioFile.load("vm-passthrough", SHIPPED, List.of("machine.nodes=3", "machine.distances=[]",
        "vms.0.memory-mib=128", "vms.large.pin-cpu=7", "variants=linux-6.8,linux-6.1", "seeds=[9]", "lru-mode=mglru",
        "background-defaults.think-time-us=7"));
    assertThat(scenario.machine().nodes()).hasSize(3);
    assertThat(scenario.vms().get(0).memoryPages()).isEqualTo(128 * 256);
    assertThat(scenario.vms().get(1).memoryPages()).isEqualTo(512 * 256);
    assertThat(scenario.vms().get(2).pinCpu()).isEqualTo(7);
    assertThat(scenario.variants()).containsExactly("linux-6.8", "linux-6.1");
    assertThat(scenario.seeds()).containsExactly(9L);
    assertThat(scenario.mglru()).isTrue();
    assertThat(scenario.background().getFirst().thinkTimeNanos()).isEqualTo(7000);
    assertThat(scenario.background().get(1).thinkTimeNanos()).isEqualTo(200_000);
  }

  @Test
  void aCountMakesEqualVmsWithNumberedNames() {
    ScenarioConfig storm = ScenarioFile.load("drain-storm", SHIPPED, List.of());
    assertThat(storm.vms()).hasSize(16).extracting(VmConfig::name).startsWith("storm-0", "storm-1");
    // Four nodes of 16 CPUs: the fifth VM is on node 0 again, one CPU further.
    assertThat(storm.vms()).extracting(VmConfig::pinCpu).startsWith(0, 16, 32, 48, 1, 17, 33, 49);
  }

  @Test
  void operationsAreSharedAmongTheTasksWithNoneLost() {
    BackgroundTask task = new BackgroundTask("t", BackgroundTask.Kind.MLOCK, List.of(3, 4, 5), BackgroundTask.SchedClass.FAIR,
        1, PageSize.SMALL_4K, 0, 0, 1, 0, 11, true, 0, 0, 0, 0, 0, 0);
    assertThat(List.of(task.maxOpsOfTask(0), task.maxOpsOfTask(1), task.maxOpsOfTask(2))).containsExactly(4L, 4L, 3L);
  }

  @Test
  void memoryCgroupsAreBelowThoseThatTheirPathsName() {
    ScenarioConfig scenario = ScenarioFile.load("mglru-swap-stress", SHIPPED, List.of(
        "memory-cgroups=[ { name = build, memory-max-mib = 470 }, { name = other }, { name = build/jobs }, { name = build/jobs/cc } ]",
        "background.1.memory-cgroup=build/jobs/cc", "background.1.oom-score-adj=-1000", "oom-kill-allocating-task=true"));
    assertThat(scenario.cgroups()).extracting(MemoryCgroup::parent).containsExactly(0, 0, 1, 3);
    assertThat(scenario.background()).extracting(BackgroundTask::cgroup).containsExactly(1, 4);
    assertThat(scenario.background()).extracting(BackgroundTask::oomScoreAdj).containsExactly(0, -1000);
    assertThat(scenario.oomKillsAllocatingTask()).isTrue();
    assertThat(scenario.spaceNames()).hasSize(32).startsWith("cc on CPU 0").endsWith("more-cc on CPU 7");
  }

  @Test
  void whateverMapsSomethingIsAnAddressSpaceWithAName() {
    ScenarioConfig scenario = ScenarioFile.load("cma-churn", SHIPPED, List.of(
        "background=[ { name = code, kind = file-map, cpus = 0-1, max-ops = 1 }, { kind = file-read, cpus = 2, max-ops = 1 }, "
            + "{ name = app, kind = mark-accessed, cpus = 3, max-ops = 1 } ]"));
    assertThat(scenario.spaceNames()).containsExactly("code on CPU 0", "code on CPU 1", "app");
  }

  @Test
  void theEffectiveConfigurationIsItselfThatScenario() {
    ScenarioConfig first = ScenarioFile.load("vm-passthrough", SHIPPED, List.of("vms.0.memory-mib=128"));
    ConfigDir dir = new ConfigDir(temp).with("scenarios/vm-passthrough.conf", first.effective());
    ScenarioConfig second = ScenarioFile.load("vm-passthrough", dir.searchPath(), List.of());
    assertThat(second).usingRecursiveComparison().isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {ScenarioFile.REFERENCE, MachineFile.REFERENCE})
  void everySettingOfTheReferenceHasALineThatExplainsIt(String resource) {
    List<String> lines = HoconFile.resourceText(resource).lines().toList();
    List<String> bare = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches("\\s*[a-z-]+ = .*") && !lines.get(i - 1).matches("\\s*# .*\\S")) {
        bare.add(lines.get(i));
      }
    }
    assertThat(bare).isEmpty();
  }

  @Test
  void everySettingOfTheReferenceIsRead() {
    Config reference = HoconFile.readResource(ScenarioFile.REFERENCE);
    Config one = HoconFile.parse("format = 1\nmemory-cgroups = [ {} ]\nvms = [ {} ]\nbackground = [ {} ]\n", "one");
    Settings root = Settings.overDefaults(one, reference, "one");
    ScenarioFile.read(root, "one", new ConfigPath(SHIPPED));
    assertThat(root.unread()).allMatch(key -> key.matches("(vm|background|memory-cgroup)-defaults\\..*"));
  }

  @Test
  void everySettingOfTheMachineReferenceIsRead() {
    ConfigDir dir = new ConfigDir(temp).with("machines/m.conf", "format = 1\nnodes = [ { cpus = 0, zones = [ { "
        + "start-pfn = 512, spanned-pages = 1024, cma-areas = [ { start-pfn = 1024, pages = 512 } ] } ] } ]\n");
    Settings root = Settings.overDefaults(HoconFile.read(dir.path().resolve("machines/m.conf"), "m.conf"),
        HoconFile.readResource(MachineFile.REFERENCE), "m.conf");
    HostMachine host = new MachineFile(100, 200).machine(root, "m");
    assertThat(root.unread()).allMatch(key -> key.contains("-defaults.") || key.equals("format"));
    assertThat(host.machine().zones()).extracting(ZoneConfig::managedPages).containsExactly(1024);
    assertThat(Arrays.stream(host.machine().nodes().getFirst().cpus()).boxed()).containsExactly(0);
  }
}
