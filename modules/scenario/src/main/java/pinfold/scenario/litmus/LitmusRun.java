package pinfold.scenario.litmus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.Observer.TaskEnd;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.count.Counters;
import pinfold.kernel.cpu.FolioPrograms;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.litmus.Line.Step;
import pinfold.scenario.litmus.NamedPages.Backing;
import pinfold.scenario.litmus.NamedPages.Start;

/** Runs a litmus test on one kernel variant and compares. */
public final class LitmusRun implements AutoCloseable {
  /** Between a step and the next, ns: long enough for every CPU to be idle, so that steps at the same time begin so. */
  private static final long GAP_NANOS = 1_000_000;

  private final Litmus litmus;
  private final KernelVariant variant;
  private final RunOptions options;
  private final World world;
  private final Machine machine;
  private final Host host;
  private final MachineChecks checks;
  private final Map<Integer, Long> results = new LinkedHashMap<>();
  /** From a busy loop on, tasks may wait for its CPU for ever. */
  private boolean loops;
  private Counters base;
  private String lastStep = "";
  private Long lastResult;

  private LitmusRun(Litmus litmus, KernelVariant variant, RunOptions options) {
    this.litmus = litmus;
    this.variant = variant;
    this.options = options;
    this.world = new World(litmus, variant, options.seed(), options.maxWalkPages());
    this.machine = world.machine();
    this.host = options.hosts().apply(machine.entities(), litmus.machine().config().nearLinkNanos());
    this.checks = MachineChecks.of(host, machine, options.checks());
  }

  /**
   * Runs it once.
   *
   * @throws ConfigError if a step cannot be done as it is written, for example because a folio is not there
   */
  public static Outcome run(Litmus litmus, KernelVariant variant, RunOptions options) {
    try (LitmusRun run = new LitmusRun(litmus, variant, options)) {
      return run.run();
    }
  }

  private Outcome run() {
    for (NamedPages pages : litmus.pages()) {
      bringAbout(pages);
    }
    mark();
    List<Miss> misses = new ArrayList<>();
    int checks = 0;
    for (Line line : litmus.lines()) {
      switch (line) {
        case Step step -> step(step);
        case Line.Together together -> {
          Map<Integer, TaskProgram> programs = new LinkedHashMap<>();
          Map<Integer, Long> delays = new LinkedHashMap<>();
          for (Step one : together.steps()) {
            programs.put(one.cpu(), program(one));
            delays.put(one.cpu(), one.delayNanos());
          }
          runAll(programs, delays);
          lastResult = null;
          lastStep = "at the same time: ...";
        }
        case Line.Advance advance -> host.runUntil(host.nowNanos() + advance.nanos());
        case Line.Mark mark -> mark();
        case Line.Expect expect -> {
          if (expect.concerns(variant.name())) {
            CheckRun check = new CheckRun(world, machine.counters().minus(base), results, lastResult, lastStep);
            expect.checks().forEach(check::check);
            misses.addAll(check.misses());
            checks += expect.checks().size();
          }
        }
      }
    }
    this.checks.finish(host.nowNanos());
    return new Outcome(litmus, variant.name(), checks, misses, machine.digest());
  }

  private void mark() {
    world.mark();
    base = machine.counters();
  }

  /** Makes the state in which folios start; nothing is left on a batch. */
  private void bringAbout(NamedPages pages) {
    if (pages.start() == Start.ABSENT) {
      return;
    }
    boolean file = !pages.backing().mapped();
    FolioRange all = World.all(pages);
    call(0, onRange(file ? Verb.READ_FILE : Verb.WRITE, all));
    drainEveryCpu();
    int marks = (pages.start() == Start.ACTIVE ? 2 : pages.start() == Start.REFERENCED ? 1 : 0) - (file ? 1 : 0);
    if (marks > 0) {
      call(0, FolioPrograms.markAccessed(pfns(0, all), marks));
      drainEveryCpu();
    }
  }

  private void drainEveryCpu() {
    for (int cpu = 0; cpu < litmus.machine().cpus(); cpu++) {
      call(cpu, Programs.drainLocal());
    }
  }

  private void step(Step step) {
    if (step.cpu() == Step.EVERY_CPU) {
      for (int cpu = 0; cpu < litmus.machine().cpus(); cpu++) {
        call(cpu, program(step));
      }
    } else {
      call(step.cpu(), program(step));
    }
    lastStep = step.text();
  }

  private TaskProgram program(Step step) {
    return switch (step.action()) {
      case Action.Plain plain -> plain.verb().program();
      case Action.WriteElsewhere elsewhere -> Programs.write(0, world.takeElsewhere(elsewhere.pages()), elsewhere.pages());
      case Action.Reclaim reclaim -> Programs.memoryReclaim(World.MEMCG, reclaim.pages());
      case Action.Compact compact -> Programs.compact(compact.order(), compact.longterm(), compact.priority());
      case Action.Pin pin -> pin(pin);
      case Action.CmaAlloc alloc -> {
        int zone = world.cmaZone(alloc.node());
        int all = machine.directory().zones().get(zone).cmaPages();
        yield Programs.cmaAlloc(zone, 0, alloc.pages() == Action.CmaAlloc.WHOLE_AREA ? all : alloc.pages(), alloc.align());
      }
      case Action.CmaRelease release -> {
        List<PfnRange> held = machine.zone(world.cmaZone(release.node())).cmaAllocations();
        if (held.isEmpty()) {
          throw new ConfigError(litmus.file(), step.number(), "", null,
              "nobody has CMA memory of node " + release.node() + " when this step runs in " + variant.name());
        }
        yield Programs.cmaRelease(held.getLast());
      }
      case Action.OnFolios on -> on.verb().onAnyFolio() ? onFolios(step.number(), on) : onRanges(on);
    };
  }

  private TaskProgram onRanges(Action.OnFolios on) {
    List<TaskProgram> calls = new ArrayList<>();
    List<FolioRange> folios = on.folios();
    for (int i = 0; i < folios.size(); i++) {
      if (!on.verb().onAddresses()) {
        calls.add(onRange(on.verb(), folios.get(i)));
        continue;
      }
      // Neighbours are one range and one call.
      int first = world.pageOf(folios.get(i));
      int pages = world.pages(folios.get(i));
      while (i + 1 < folios.size() && world.pageOf(folios.get(i + 1)) == first + pages) {
        pages += world.pages(folios.get(++i));
      }
      calls.add(on.verb().onRange(0, first, pages));
    }
    List<TaskProgram> all = new ArrayList<>();
    for (int time = 0; time < on.times(); time++) {
      all.addAll(calls);
    }
    return Programs.inTurn(all);
  }

  private TaskProgram onRange(Verb verb, FolioRange range) {
    return switch (verb) {
      case READ_FILE -> Programs.fileAccess(world.fileOf(range.pages()), range.first(), range.count(),
          range.pages().backing().shmem());
      case TRUNCATE -> Programs.truncate(world.fileOf(range.pages()), range.first(), range.count());
      case FADVISE_DONTNEED -> Programs.fadviseDontNeed(world.fileOf(range.pages()), range.first(), range.count());
      default -> verb.onRange(0, world.pageOf(range), world.pages(range));
    };
  }

  private TaskProgram onFolios(int line, Action.OnFolios on) {
    int[] pfns = on.folios().stream().flatMapToInt(range -> Arrays.stream(pfns(line, range))).toArray();
    if (on.verb() == Verb.MARK_ACCESSED) {
      return FolioPrograms.markAccessed(pfns, on.times());
    }
    List<TaskProgram> all = new ArrayList<>();
    for (int time = 0; time < on.times(); time++) {
      if (on.verb() == Verb.UNPIN) {
        for (FolioRange range : on.folios()) {
          all.add(unpin(line, range));
        }
      } else {
        all.add(on.verb().onFolios(pfns));
      }
    }
    return Programs.inTurn(all);
  }

  private TaskProgram unpin(int line, FolioRange range) {
    int[] pfns = pfns(line, range);
    if (range.pages().backing() != Backing.THP) {
      return FolioPrograms.unpin(pfns);
    }
    List<TaskProgram> all = new ArrayList<>();
    for (int pfn : pfns) {
      all.add(FolioPrograms.unpinLarge(pfn, Backing.THP.folioPages()));
    }
    return Programs.inTurn(all);
  }

  private TaskProgram pin(Action.Pin pin) {
    int first = world.pageOf(pin.folios().getFirst());
    int pages = pin.folios().stream().mapToInt(world::pages).sum();
    List<TaskProgram> calls = new ArrayList<>();
    for (int done = 0; done < pages; done += Math.min(pages - done, pin.callPages())) {
      int count = Math.min(pages - done, pin.callPages());
      calls.add(switch (pin.method()) {
        case VFIO -> Programs.vfioMap(0, first + done, count);
        case IO_URING -> Programs.registerBuffer(0, first + done, count, pin.release());
        case GUP -> Programs.pinUserPages(0, first + done, count, pin.touch());
      });
    }
    return Programs.inTurn(calls);
  }

  private int[] pfns(int line, FolioRange range) {
    int[] pfns = new int[range.count()];
    for (int i = 0; i < pfns.length; i++) {
      if (!world.known(range, i, FolioProperty.LRU)) {
        throw new ConfigError(litmus.file(), line, "", null,
            range.nameOf(i) + " is not there when this step runs in " + variant.name());
      }
      pfns[i] = world.pfn(range, i);
    }
    return pfns;
  }

  private void call(int cpu, TaskProgram program) {
    runAll(Map.of(cpu, program), Map.of(cpu, 0L));
    lastResult = results.get(cpu);
  }

  /** Starts programs on their CPUs and runs until nothing is left to do. */
  private void runAll(Map<Integer, TaskProgram> programs, Map<Integer, Long> delays) {
    int before = machine.observer().taskEnds().size();
    long start = host.nowNanos() + GAP_NANOS;
    programs.forEach((cpu, program) -> machine.start(host, cpu, start + delays.get(cpu), program));
    host.runUntil(Long.MAX_VALUE);
    List<TaskEnd> ends = machine.observer().taskEnds();
    loops |= programs.values().stream().anyMatch(program -> !program.awaited());
    programs.forEach((cpu, program) -> {
      results.remove(cpu);
      if (loops && program.awaited()) {
        results.put(cpu, Results.HANGS);
      }
    });
    for (TaskEnd end : ends.subList(before, ends.size())) {
      results.put(end.cpu(), end.result());
    }
    if (!loops && ends.size() != before + programs.size()) {
      throw new IllegalStateException(litmus.file() + " in " + variant.name() + ": not every task ended. "
          + programs.keySet().stream().map(cpu -> machine.cpu(cpu).liveTasks().toString()).toList() + ", "
          + machine.waiting());
    }
    assert loops || machine.waiting().size() == 1 : litmus.file() + " in " + variant.name() + ": after all tasks " + machine.waiting();
    world.refresh();
    options.afterStep().accept(machine);
  }

  @Override
  public void close() {
    host.close();
  }
}
