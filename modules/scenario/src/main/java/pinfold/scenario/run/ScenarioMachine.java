package pinfold.scenario.run;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.KeyedDraws;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.cpu.BuildLoad;
import pinfold.kernel.cpu.BusyLoop;
import pinfold.kernel.cpu.CmaLoad;
import pinfold.kernel.cpu.Load;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.cpu.VmStart;
import pinfold.kernel.machine.BootMemory;
import pinfold.kernel.machine.Placement;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.zone.BuddyZone;
import pinfold.kernel.zone.MigrateType;
import pinfold.scenario.BackgroundTask;
import pinfold.scenario.MemoryCgroup;
import pinfold.scenario.PageSize;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VmConfig;
import pinfold.scenario.ZoneUse;

/**
 * A scenario as a machine with tasks on it. Memory in use at the start is taken out of the zones and stays so: it has no folios,
 * nobody touches or moves it.
 */
public final class ScenarioMachine {
  private static final int BLOCK = 512;
  private static final long PURPOSE_START = 0x57A7;

  private final ScenarioConfig scenario;
  private final Machine machine;
  private final List<TaskProgram> loads = new ArrayList<>();
  private final List<Integer> loadCpus = new ArrayList<>();
  private final List<Long> loadStarts = new ArrayList<>();

  /** A machine that traces nothing. */
  public ScenarioMachine(ScenarioConfig scenario, KernelVariant variant, long seed, int maxWalkPages) {
    this(scenario, variant, seed, maxWalkPages, TraceRequest.NOTHING);
  }

  /** A machine that traces what is asked for; {@link pinfold.scenario.trace.FtraceWriter} writes it out after the run. */
  public ScenarioMachine(ScenarioConfig scenario, KernelVariant variant, long seed, int maxWalkPages, TraceRequest trace) {
    this.scenario = scenario;
    List<SpaceSpec> spaces = new ArrayList<>();
    List<FileSpec> files = new ArrayList<>();
    for (VmConfig vm : scenario.vms()) {
      // One that pins another's memory leaves its own space empty, so that spaces are numbered as VMs are.
      int pages = vm.memoryOf() < 0 ? Math.toIntExact(vm.memoryPages()) : 1;
      int node = scenario.machine().nodeOfCpu(vm.pinCpu());
      Vma vma = Vma.anonymous(0, pages, vm.pageSize() == PageSize.HUGE_2M);
      if (vm.backing() == VmConfig.Backing.MEMFD && vm.memoryOf() < 0) {
        vma = Vma.shared(0, pages, files.size(), 0);
        files.add(new FileSpec(node, pages));
      }
      spaces.add(new SpaceSpec(node, pages, List.of(vma), vm.cgroup(), vm.oomScoreAdj()));
    }
    boolean awaitLoads = scenario.success() == ScenarioConfig.Success.LOAD_FINISHED;
    for (BackgroundTask task : scenario.background()) {
      for (int i = 0; i < task.cpus().size(); i++) {
        addLoad(task, i, seed, spaces, files, awaitLoads && task.awaited());
      }
    }
    int awaited = (int) loads.stream().filter(TaskProgram::awaited).count() + scenario.vms().size();
    machine = new Machine(new MachineSpec(scenario.machine(), variant, scenario.costModel(), seed, spaces, files, scenario.mglru(), maxWalkPages,
        awaited, reclaim(scenario), scenario.workerWakeUp()), trace);
    takeMemoryInUse();
  }

  private static ReclaimSpec reclaim(ScenarioConfig scenario) {
    return new ReclaimSpec(scenario.cgroups().stream().map(MemoryCgroup::maxPages).toList(),
        scenario.cgroups().stream().map(MemoryCgroup::parent).toList(), scenario.swap(), scenario.swappiness(), scenario.nodeReclaim(),
        scenario.compaction(), scenario.oomKillsAllocatingTask());
  }

  private void addLoad(BackgroundTask task, int position, long seed, List<SpaceSpec> spaces, List<FileSpec> files,
      boolean awaited) {
    int cpu = task.cpus().get(position);
    int node = scenario.machine().nodeOfCpu(cpu);
    int pages = Math.toIntExact(Math.max(1, task.workingSetPages()));
    boolean fifo = task.schedClass() == BackgroundTask.SchedClass.FIFO;
    loadCpus.add(cpu);
    loadStarts.add(task.startAtNanos() + KeyedDraws.below(task.startWithinNanos() + 1, seed, PURPOSE_START, loads.size(), 0));
    if (task.kind() == BackgroundTask.Kind.CMA_ALLOC) {
      loads.add(cmaLoad(task, position, node, pages, awaited, fifo));
      return;
    }
    if (task.kind() == BackgroundTask.Kind.BUSY_LOOP) {
      loads.add(new BusyLoop(fifo));
      return;
    }
    if (task.kind() == BackgroundTask.Kind.BUILD) {
      loads.add(new BuildLoad(seed, loads.size(), spaces.size(), pages, task.opsPerBurst(), task.thinkTimeNanos(),
          task.maxOpsOfTask(position), awaited, task.kernelMemoryPages(), task.filePages() == 0 ? -1 : files.size(), task.filePages(),
          task.tmpfsPages() == 0 ? -1 : files.size() + (task.filePages() > 0 ? 1 : 0), task.tmpfsPages(), task.tmpfsOutputPercent()));
      if (task.filePages() > 0) {
        files.add(new FileSpec(node, task.filePages()));
      }
      if (task.tmpfsPages() > 0) {
        files.add(new FileSpec(node, BuildLoad.tmpfsRoom(task.tmpfsPages(), task.tmpfsOutputPercent()), task.cgroup()));
      }
      spaces.add(new SpaceSpec(node, pages, List.of(Vma.anonymous(0, pages, false)), task.cgroup(),
          task.oomScoreAdj()));
      return;
    }
    Load.Kind kind = Load.Kind.valueOf(task.kind().name());
    boolean file = kind.usesFile();
    boolean maps = kind == Load.Kind.FILE_MAP;
    boolean huge = task.pageSize() == PageSize.HUGE_2M;
    loads.add(new Load(kind, seed, loads.size(), file ? -1 : spaces.size(), file || maps ? files.size() : -1, pages,
        task.opsPerBurst(), task.thinkTimeNanos(), task.maxOpsOfTask(position), awaited, fifo, huge));
    if (maps) {
      spaces.add(new SpaceSpec(node, pages, List.of(Vma.shared(0, pages, files.size(), 0)), task.cgroup(), task.oomScoreAdj()));
      files.add(new FileSpec(node, pages));
    } else if (file) {
      files.add(new FileSpec(node, pages));
    } else {
      boolean copies = kind == Load.Kind.FAULT_UNMAP_PRIVATE_FILE;
      spaces.add(new SpaceSpec(node, pages, List.of(copies ? Vma.privateFile(0, pages) : Vma.anonymous(0, pages, huge)), task.cgroup(),
          task.oomScoreAdj()));
    }
  }

  /** From the first area of the node that is large enough, or else of any. */
  private CmaLoad cmaLoad(BackgroundTask task, int position, int node, int pages, boolean awaited, boolean fifo) {
    List<ZoneConfig> zones = scenario.machine().zones();
    int chosen = -1;
    int area = -1;
    for (int zone = zones.size() - 1; zone >= 0; zone--) {
      for (int a = zones.get(zone).cmaAreas().size() - 1; a >= 0; a--) {
        boolean here = scenario.machine().nodeOfZone(zone) == node;
        if (zones.get(zone).cmaAreas().get(a).pages() >= pages
            && (here || chosen < 0 || scenario.machine().nodeOfZone(chosen) != node)) {
          chosen = zone;
          area = a;
        }
      }
    }
    return new CmaLoad(chosen, area, pages, task.opsPerBurst(), task.thinkTimeNanos(), task.maxOpsOfTask(position), awaited, fifo);
  }

  private void takeMemoryInUse() {
    for (int z = 0; z < scenario.inUse().size(); z++) {
      ZoneUse use = scenario.inUse().get(z);
      BuddyZone buddy = machine.zone(z).buddy();
      BootMemory.reserve(buddy, use.kernelPages(), MigrateType.UNMOVABLE, Placement.LOWEST);
      BootMemory.reserve(buddy, use.inCmaPages(), MigrateType.CMA, Placement.SCATTERED);
      BootMemory.reserve(buddy, use.anonymousPages() + use.pageCachePages() - use.inCmaPages(), MigrateType.MOVABLE,
          Placement.LOWEST);
    }
    machine.publishPageblockTypes();
  }

  public Machine machine() {
    return machine;
  }

  /** Puts the tasks that begin by themselves on their CPUs; call it once, before the host runs. */
  public void start(Host host) {
    host.inject(start());
  }

  /** Adds all tasks to their CPUs and returns what starts those that begin by themselves; call it once. */
  public List<EventBatch> start() {
    List<EventBatch> first = new ArrayList<>();
    int[] programs = new int[scenario.vms().size()];
    List<List<VmStart.Start>> followers = new ArrayList<>();
    for (int vm = 0; vm < programs.length; vm++) {
      followers.add(new ArrayList<>());
    }
    for (int vm = 0; vm < programs.length; vm++) {
      VmConfig config = scenario.vms().get(vm);
      programs[vm] = machine.cpu(config.pinCpu()).addProgram(program(config, vm, followers.get(vm)));
    }
    for (int vm = 0; vm < programs.length; vm++) {
      VmConfig config = scenario.vms().get(vm);
      if (config.startAfter() >= 0) {
        followers.get(config.startAfter()).add(new VmStart.Start(config.pinCpu(), programs[vm], config.startAtNanos()));
      } else {
        first.add(machine.startOfProgram(config.pinCpu(), config.startAtNanos(), programs[vm]));
      }
    }
    for (int i = 0; i < loads.size(); i++) {
      first.add(machine.startOfProgram(loadCpus.get(i), loadStarts.get(i), machine.cpu(loadCpus.get(i)).addProgram(loads.get(i))));
    }
    return first;
  }

  private VmStart program(VmConfig vm, int number, List<VmStart.Start> followers) {
    int pages = Math.toIntExact(vm.memoryPages());
    List<VmStart.Start> threads = new ArrayList<>();
    if (vm.prealloc() != VmConfig.Prealloc.NONE) {
      int count = vm.preallocCpus().size();
      int blocks = (pages + BLOCK - 1) / BLOCK;
      for (int t = 0; t < count; t++) {
        int from = Math.min(pages, blocks * t / count * BLOCK);
        int to = t == count - 1 ? pages : Math.min(pages, blocks * (t + 1) / count * BLOCK);
        if (from < to) {
          int cpu = vm.preallocCpus().get(t);
          threads.add(new VmStart.Start(cpu, machine.cpu(cpu).addProgram(
              VmStart.thread(number, from, to - from, VmStart.Prealloc.valueOf(vm.prealloc().name()))), 0));
        }
      }
    }
    boolean ownsMemory = vm.memoryOf() < 0;
    return new VmStart(number, ownsMemory ? number : vm.memoryOf(), pages, ownsMemory, VmStart.Locking.valueOf(vm.mlock().name()),
        VmStart.Assign.valueOf(vm.assign().name()), vm.pinDelayNanos(), threads, followers);
  }
}
