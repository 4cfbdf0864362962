package pinfold.scenario;

import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.machine.NodeConfig;

/** Reads the list {@code vms} of a scenario and settles what it leaves to us: names and CPUs. */
final class VmSettings {
  private static final String AUTO = "auto";
  private static final int PAGES_PER_MIB = 256;
  private static final int MAX_THREADS = 4096;
  private static final int MAX_COUNT = 4096;

  private final MachineConfig machine;
  private final List<NodeConfig> nodesWithCpus;
  private final List<MemoryCgroup> cgroups;
  private final List<Entry> entries = new ArrayList<>();

  private VmSettings(MachineConfig machine, List<MemoryCgroup> cgroups) {
    this.machine = machine;
    this.cgroups = cgroups;
    this.nodesWithCpus = machine.nodes().stream().filter(node -> node.cpus().length > 0).toList();
  }

  /** One VM to be: its settings and its name, settled. */
  private record Entry(Settings settings, String name) {}

  static List<VmConfig> read(Settings root, ConfigObject template, MachineConfig machine, List<MemoryCgroup> cgroups) {
    VmSettings reader = new VmSettings(machine, cgroups);
    reader.nameAll(root.items("vms", template));
    List<VmConfig> vms = new ArrayList<>();
    for (int i = 0; i < reader.entries.size(); i++) {
      vms.add(reader.vm(i));
    }
    reader.requireAnEnd(vms);
    return vms;
  }

  private void nameAll(List<Settings> items) {
    Set<String> taken = new HashSet<>();
    for (Settings item : items) {
      String name = item.text("name");
      int count = item.smallInteger("count", 1, MAX_COUNT);
      for (int i = 0; i < count; i++) {
        String own = name.isEmpty() ? "vm" + entries.size() : count == 1 ? name : name + "-" + i;
        if (!taken.add(own)) {
          throw item.error("name", "is the name of another VM too");
        }
        entries.add(new Entry(item, own));
      }
    }
  }

  private VmConfig vm(int index) {
    Settings vm = entries.get(index).settings();
    NodeConfig node = nodesWithCpus.get(index % nodesWithCpus.size());
    PageSize pageSize = vm.choice("page-size", PageSize.class);
    int vcpus = vm.smallInteger("vcpus", 1, MAX_THREADS);
    int threads = vm.smallInteger("prealloc-threads", 1, MAX_THREADS);
    // VMs that share a node begin at different CPUs of it, as far as it has them.
    int[] nodeCpus = node.cpus();
    int first = index / nodesWithCpus.size() * Math.max(vcpus, threads) % nodeCpus.length;
    return new VmConfig(
        entries.get(index).name(),
        memoryPages(vm, pageSize),
        vm.choice("backing", VmConfig.Backing.class),
        pageSize,
        vm.choice("prealloc", VmConfig.Prealloc.class),
        threadCpus(vm, "prealloc-cpus", threads, nodeCpus, first),
        vm.choice("mlock", VmConfig.Mlock.class),
        threadCpus(vm, "vcpu-cpus", vcpus, nodeCpus, first),
        pinCpu(vm, nodeCpus[first]),
        vm.integer("pin-delay-us", 0, ScenarioFile.MAX_MILLIS * 1000) * 1000,
        vm.choice("assign", VmConfig.Assign.class),
        vm.integer("start-at-ms", 0, ScenarioFile.MAX_MILLIS) * 1_000_000,
        startAfter(vm),
        memoryOf(vm, index),
        cgroup(vm),
        ReclaimSettings.oomScoreAdj(vm));
  }

  private int cgroup(Settings vm) {
    int cgroup = ReclaimSettings.cgroup(vm, cgroups);
    if (cgroup > 0 && vm.choice("backing", VmConfig.Backing.class) == VmConfig.Backing.MEMFD) {
      throw vm.error("memory-cgroup", "needs backing = anonymous: files are not charged to a memory cgroup");
    }
    return cgroup;
  }

  /** Position of a VM before this one with memory of its own, -1 when this one has its own. */
  private int memoryOf(Settings vm, int index) {
    int other = position(vm, "memory-of");
    if (other < 0) {
      return -1;
    }
    Settings owner = entries.get(other).settings();
    if (other >= index || !owner.text("memory-of").isEmpty()) {
      throw vm.error("memory-of", "must be a VM that is further up in the list and has memory of its own");
    }
    if (!vm.text("prealloc").equals("none") || !vm.text("mlock").equals("none")) {
      throw vm.error("memory-of", "needs prealloc = none and mlock = none: the memory is brought in by its owner");
    }
    for (String same : List.of("memory-mib", "backing", "page-size")) {
      if (!vm.textOrNumber(same).equals(owner.textOrNumber(same))) {
        throw vm.error(same, "must be that of the memory's owner, " + owner.textOrNumber(same));
      }
    }
    return other;
  }

  private long memoryPages(Settings vm, PageSize pageSize) {
    long mib = vm.integer("memory-mib", 1, Integer.MAX_VALUE);
    if (pageSize == PageSize.HUGE_2M && mib % 2 != 0) {
      throw vm.error("memory-mib", "must be a multiple of 2 with page-size = 2M");
    }
    long managed = machine.zones().stream().mapToLong(zone -> zone.managedPages()).sum();
    if (mib * PAGES_PER_MIB > managed) {
      throw vm.error("memory-mib", "must be at most " + managed / PAGES_PER_MIB + ", the memory of the whole machine in MiB");
    }
    return mib * PAGES_PER_MIB;
  }

  private List<Integer> threadCpus(Settings vm, String key, int threads, int[] nodeCpus, int first) {
    if (vm.textOrNumber(key).equals(AUTO)) {
      return IntStream.range(0, threads).mapToObj(i -> nodeCpus[(first + i) % nodeCpus.length]).toList();
    }
    List<Integer> cpus = ScenarioFile.cpus(vm, key, machine);
    return IntStream.range(0, threads).mapToObj(i -> cpus.get(i % cpus.size())).toList();
  }

  private int pinCpu(Settings vm, int auto) {
    if (vm.textOrNumber("pin-cpu").equals(AUTO)) {
      return auto;
    }
    List<Integer> cpus = ScenarioFile.cpus(vm, "pin-cpu", machine);
    if (cpus.size() != 1) {
      throw vm.error("pin-cpu", "must be one CPU, or auto");
    }
    return cpus.getFirst();
  }

  private int startAfter(Settings vm) {
    return position(vm, "start-after");
  }

  /** Position of the VM that a setting names, -1 when it names none. */
  private int position(Settings vm, String setting) {
    String name = vm.text(setting);
    List<String> names = entries.stream().map(Entry::name).toList();
    if (!name.isEmpty() && !names.contains(name)) {
      throw vm.error(setting, "no VM has this name" + Settings.didYouMean(name, names));
    }
    return names.indexOf(name);
  }

  /** Refuses VMs that wait for each other in a circle. */
  private void requireAnEnd(List<VmConfig> vms) {
    for (int i = 0; i < vms.size(); i++) {
      int waitsFor = i;
      for (int steps = 0; waitsFor >= 0; steps++) {
        if (steps > vms.size()) {
          throw entries.get(i).settings().error("start-after", "leads back to " + entries.get(waitsFor).name()
              + ": VMs that wait for each other never start");
        }
        waitsFor = vms.get(waitsFor).startAfter();
      }
    }
  }
}
