package pinfold.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import pinfold.engine.Entity;
import pinfold.engine.EventBatch;
import pinfold.engine.Host;
import pinfold.engine.StateHash;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.cpu.Cpu;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.drain.LruDrain;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.BootMemory;
import pinfold.kernel.machine.ZoneConfig;
import pinfold.kernel.memcg.PageCounter;
import pinfold.kernel.mm.AddressSpace;
import pinfold.kernel.mm.FileMapping;
import pinfold.kernel.mm.RmapSpace;
import pinfold.kernel.mm.RmapSpace.FileView;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.node.MemoryNode;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.swap.SwapDevice;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.trace.Tracing;
import pinfold.kernel.writeback.Writeback;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.BuddyZone;
import pinfold.kernel.zone.FallbackForm;
import pinfold.kernel.zone.MovablePages;
import pinfold.kernel.zone.Zone;

/** A simulated machine: its entities, built and wired, for a host to run; and what can be read of them between runs. */
public final class Machine {
  private final MachineSpec spec;
  private final Directory directory;
  private final LruDrain drain;
  private final Observer observer;
  private final RmapSpace rmap = new RmapSpace();
  private final List<Zone> zones = new ArrayList<>();
  private final List<MemoryNode> nodes = new ArrayList<>();
  private final List<Cpu> cpus = new ArrayList<>();
  private final List<AddressSpace> spaces = new ArrayList<>();
  private final List<FileMapping> files = new ArrayList<>();
  private final List<PageCounter> memcgs = new ArrayList<>();
  private final List<Reclaim> reclaims = new ArrayList<>();
  private final List<Entity> entities = new ArrayList<>();
  private final Tracing tracing;
  /** Null where there is none. */
  private final SwapDevice swap;
  /** Null where no files are written back. */
  private final Writeback writeback;

  /** A machine that traces nothing. */
  public Machine(MachineSpec spec) {
    this(spec, TraceRequest.NOTHING);
  }

  /** A machine that traces what is asked for; its results are the same. */
  public Machine(MachineSpec spec, TraceRequest trace) {
    this.spec = spec;
    this.tracing = new Tracing(spec.variant().filterDeadOnAddFlush() ? trace : trace.without(TraceEvent.OF_2026));
    this.directory = new Directory(spec.machine(), spec.spaces().stream().mapToInt(MachineSpec.SpaceSpec::node).toArray(),
        spec.files().stream().mapToInt(MachineSpec.FileSpec::node).toArray(), spec.reclaim());
    long seed = spec.seed();
    int[] handles = new int[spec.spaces().size()];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = rmap.addSpace(i, spec.spaces().get(i).pages(), spec.spaces().get(i).memcg());
      for (Vma vma : spec.spaces().get(i).vmas()) {
        if (vma.file() >= 0) {
          rmap.addFileView(new FileView(vma.file(), vma.filePage(), i, vma.start(), vma.pages()));
        }
      }
    }
    for (int i = 0; i < spec.files().size(); i++) {
      rmap.addFile(i, spec.files().get(i).pages(), spec.files().get(i).memcg());
    }
    drain = new LruDrain(directory, seed, spec.cost(), spec.variant());
    observer = new Observer(seed, spec.awaitedTasks(), spec.machine().farLinkNanos());
    entities.add(drain);
    entities.add(observer);
    for (int z = 0; z < directory.zones().size(); z++) {
      ZoneConfig config = directory.zones().get(z);
      zones.add(new Zone(directory, z, seed, spec.cost(),
          BootMemory.boot(config, FallbackForm.CLAIM_THEN_STEAL, spec.variant().cmaHalfRule(), MovablePages.BY_BLOCK_TYPE),
          tracing.buffer()));
    }
    for (int node = 0; node < directory.nodes(); node++) {
      nodes.add(new MemoryNode(directory, node, seed, spec.variant(), spec.cost(), spec.mglru(), rmap, spec.reclaim(),
          tracing.buffer()));
    }
    for (int cpu = 0; cpu < directory.cpus(); cpu++) {
      cpus.add(new Cpu(directory, cpu, seed, spec.variant(), spec.cost(), rmap, List.of(), spec.maxWalkPages(),
          spec.reclaim(), spec.mglru(), spec.workerWakeUp(), tracing.buffer()));
    }
    for (int i = 0; i < handles.length; i++) {
      spaces.add(new AddressSpace(directory, i, seed, spec.cost(), spec.variant().faultLock(), spec.spaces().get(i).pages(),
          handles[i], spec.spaces().get(i).vmas(), spec.reclaim().isOn(), spec.mglru(),
          spec.spaces().get(i).oomScoreAdj()));
    }
    for (int i = 0; i < spec.files().size(); i++) {
      files.add(new FileMapping(directory, i, seed, spec.files().get(i).pages()));
    }
    entities.addAll(zones);
    entities.addAll(nodes);
    entities.addAll(cpus);
    entities.addAll(spaces);
    entities.addAll(files);
    swap = directory.hasDevice() ? new SwapDevice(directory, seed, spec.cost(), spec.reclaim().swap()) : null;
    if (swap != null) {
      entities.add(swap);
    }
    for (int memcg : directory.memcgTree().topLevel()) {
      memcgs.add(new PageCounter(directory, memcg, seed));
    }
    entities.addAll(memcgs);
    for (int node = 0; directory.hasReclaim() && node < directory.nodes(); node++) {
      reclaims.add(new Reclaim(directory, node, seed, spec.reclaim().compaction().kcompactd()));
    }
    entities.addAll(reclaims);
    writeback = directory.hasWriteback() ? new Writeback(directory, seed, spec.reclaim().swap().dirtyLimits(), files.size()) : null;
    if (writeback != null) {
      entities.add(writeback);
    }
  }

  /** Tells the memory nodes how the zones' pageblocks are typed, after memory was laid out and before the run starts. */
  public void publishPageblockTypes() {
    for (int z = 0; z < zones.size(); z++) {
      BuddyZone buddy = zones.get(z).buddy();
      for (int pfn = buddy.startPfn(); pfn < buddy.startPfn() + buddy.spannedPages(); pfn += BuddyOrders.PAGEBLOCK_PAGES) {
        nodes.get(directory.nodeOfZone(z)).setPageblockType(pfn, buddy.pageblockType(pfn));
      }
    }
  }

  /**
   * What entities refer to and never change, in an order that depends on the specification alone: a machine built from the same
   * one, with the same tasks added, has the same at the same places. So a saved entity names these by their place.
   */
  public List<Object> fixtures() {
    List<Object> fixtures = new ArrayList<>(List.of(directory, spec.cost(), spec.variant(), rmap, MovablePages.BY_BLOCK_TYPE));
    cpus.forEach(cpu -> fixtures.addAll(cpu.programs()));
    return fixtures;
  }

  /** All entities, by id. */
  public List<Entity> entities() {
    return entities;
  }

  public MachineSpec spec() {
    return spec;
  }

  public Directory directory() {
    return directory;
  }

  /** What was traced; read it only while no window runs. */
  public Tracing tracing() {
    return tracing;
  }

  public Observer observer() {
    return observer;
  }

  public LruDrain drain() {
    return drain;
  }

  public Zone zone(int zone) {
    return zones.get(zone);
  }

  public MemoryNode node(int node) {
    return nodes.get(node);
  }

  public Cpu cpu(int cpu) {
    return cpus.get(cpu);
  }

  public AddressSpace space(int space) {
    return spaces.get(space);
  }

  public FileMapping file(int file) {
    return files.get(file);
  }

  /** The swap device, null where there is none. */
  public SwapDevice swap() {
    return swap;
  }

  /** What is dirty of the files on the swap device, null where none are. */
  public Writeback writeback() {
    return writeback;
  }

  /** The counter of a memory cgroup, the first of which is number 1; it may have those of others too. */
  public PageCounter memcg(int memcg) {
    return memcgs.get(directory.memcgTree().topLevelIndex(memcg));
  }

  /** A node's reclaim, where the specification wants it. */
  public Reclaim reclaim(int node) {
    return reclaims.get(node);
  }

  /** Which page of which address space or file a folio's handle stands for. */
  public RmapSpace rmap() {
    return rmap;
  }

  /** The node that holds a page. */
  public MemoryNode nodeOf(int pfn) {
    return nodes.get(directory.nodeOfPfn(pfn));
  }

  /** Starts a task on a CPU at a simulated time; only while no window runs. */
  public void start(Host host, int cpu, long atNanos, TaskProgram program) {
    startProgram(host, cpu, atNanos, cpus.get(cpu).addProgram(program));
  }

  /** Starts a program that a CPU has already, by its number. */
  public void startProgram(Host host, int cpu, long atNanos, int program) {
    host.inject(List.of(startOfProgram(cpu, atNanos, program)));
  }

  /** What starts a program that a CPU has already, by its number. */
  public EventBatch startOfProgram(int cpu, long atNanos, int program) {
    EventBatch batch = new EventBatch(Directory.OBSERVER, directory.cpu(cpu));
    batch.open(atNanos, Messages.START_TASK).add(program).add(0).add(0).close();
    return batch;
  }

  /**
   * Who waits for a drain, for mmap_locks, for cma_mutex and, of drain workers, for a CPU, for a report of tasks that do not end;
   * only while no window runs.
   */
  public List<String> waiting() {
    List<String> waiting = new ArrayList<>();
    entities.forEach(entity -> addWaiting(entity, waiting));
    return waiting;
  }

  private static void addWaiting(Entity entity, List<String> waiting) {
    switch (entity) {
      case LruDrain lruDrain -> waiting.add(lruDrain.waiting());
      case AddressSpace space when !space.waiting().isEmpty() -> waiting.add(space.waiting());
      case Zone zone when !zone.waiting().isEmpty() -> waiting.add(zone.waiting());
      case Cpu cpu when !cpu.waiting().isEmpty() -> waiting.add(cpu.waiting());
      default -> {}
    }
  }

  /** Reads those of the entities, by id, that {@code isHere} accepts; only while no window runs. */
  public MachineReading read(IntPredicate isHere) {
    LongList digests = new LongList();
    MachineReading reading = MachineReading.none();
    for (Entity entity : entities) {
      if (!isHere.test(entity.id())) {
        continue;
      }
      StateHash state = new StateHash();
      entity.hashState(state);
      digests.add(entity.id());
      digests.add(entity.rollingDigest());
      digests.add(state.value());
      if (entity instanceof Counting counting) {
        reading.counters().addAll(counting.counters());
        reading.distributions().addAll(counting.distributions());
      }
      switch (entity) {
        case Observer heard -> {
          reading.taskEnds().addAll(heard.taskEnds());
          reading.pinCalls().addAll(heard.pinCalls());
          reading.oomKills().addAll(heard.oomKills());
        }
        case Cpu cpu -> {
          cpu.liveTasks().forEach(task -> reading.liveTasks().add("cpu " + directory.cpuOfEntity(cpu.id()) + ": " + task));
          addWaiting(cpu, reading.waiting());
        }
        default -> addWaiting(entity, reading.waiting());
      }
    }
    return new MachineReading(Arrays.copyOf(digests.words(), digests.size()), reading.counters(), reading.distributions(),
        reading.taskEnds(), reading.pinCalls(), reading.oomKills(), reading.liveTasks(), reading.waiting());
  }

  /** Sum of all entities' counters. */
  public Counters counters() {
    return counters(id -> true);
  }

  /** Sum of the counters of those entities, by id, that {@code isHere} accepts. */
  public Counters counters(IntPredicate isHere) {
    Counters sum = new Counters();
    for (Entity entity : entities) {
      if (isHere.test(entity.id()) && entity instanceof Counting counting) {
        sum.addAll(counting.counters());
      }
    }
    return sum;
  }

  /** See {@link MachineReading#digest()}. */
  public long digest() {
    return read(id -> true).digest();
  }
}
