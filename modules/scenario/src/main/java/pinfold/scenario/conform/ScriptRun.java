package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.MachineSpec.FileSpec;
import pinfold.kernel.MachineSpec.SpaceSpec;
import pinfold.kernel.MachineSpec;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.check.MachineChecks;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.cpu.Programs;
import pinfold.kernel.cpu.TaskProgram;
import pinfold.kernel.folio.FolioFlags;
import pinfold.kernel.machine.MachineConfig;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.Vma;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.PageRange;
import pinfold.scenario.recorded.RecordedScript;

/**
 * Runs one recorded script on a simulated machine like the recorded one: 4 CPUs, 2 GiB, half of it ZONE_MOVABLE, so that every
 * user page starts where it may not be pinned long-term.
 */
public final class ScriptRun implements AutoCloseable {
  /** CPUs of the recorded machine. */
  public static final int CPUS = 4;

  private static final long GIB = 1L << 30;
  static final MachineConfig RECORDED_MACHINE = MachineConfig.uniform(1, CPUS, 2 * GIB, 0, GIB);

  private static final int WALK_PAGES = 512;
  private static final int ELSEWHERE = 4096;
  private static final int ELSEWHERE_PAGES = 8192;

  private final RecordedScript script;
  private final Machine machine;
  private final Host host;
  private final MachineChecks checks;
  private final List<Long> pinResults = new ArrayList<>();
  private final List<String> course = new ArrayList<>();
  private int elsewhereUsed;

  /**
   * On a machine like the recorded one.
   *
   * @param hosts makes a host from entities and a window length
   * @param workerWakeNanos per CPU, how long a drain worker takes to run: decides the order of workers
   */
  public ScriptRun(RecordedScript script, KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts,
      long[] workerWakeNanos, int maxWalkPages) {
    this(script, variant, hosts, workerWakeNanos, maxWalkPages, RECORDED_MACHINE, CheckLevel.OFF);
  }

  /**
   * As above, on another machine with as many CPUs, all of whose zones for users are ZONE_MOVABLE.
   *
   * @param checks what is verified while it runs
   */
  public ScriptRun(RecordedScript script, KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts,
      long[] workerWakeNanos, int maxWalkPages, MachineConfig config, CheckLevel checks) {
    this(script, variant, hosts, workerWakeNanos, maxWalkPages, config, checks, TraceRequest.NOTHING);
  }

  /** On a machine like the recorded one, with a trace. */
  ScriptRun(RecordedScript script, KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts, long[] workerWakeNanos,
      TraceRequest trace) {
    this(script, variant, hosts, workerWakeNanos, WALK_PAGES, RECORDED_MACHINE, CheckLevel.OFF, trace);
  }

  private ScriptRun(RecordedScript script, KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts,
      long[] workerWakeNanos, int maxWalkPages, MachineConfig config, CheckLevel checks, TraceRequest trace) {
    this.script = script;
    boolean shared = script.mapping() == RecordedScript.Mapping.SHARED_MEMFD;
    Vma pages = shared ? Vma.shared(0, script.pages(), 0, 0) : Vma.anonymous(0, script.pages(), false);
    SpaceSpec space = new SpaceSpec(0, ELSEWHERE + ELSEWHERE_PAGES, List.of(pages,
        Vma.anonymous(ELSEWHERE, ELSEWHERE_PAGES, false)));
    this.machine = new Machine(new MachineSpec(config, variant, CostModel.defaults(), script.seed(), List.of(space),
        shared ? List.of(new FileSpec(0, script.pages())) : List.of(), false, maxWalkPages, 0), trace);
    this.host = hosts.apply(machine.entities(), config.nearLinkNanos());
    this.checks = MachineChecks.of(host, machine, checks);
    for (int cpu = 0; cpu < CPUS; cpu++) {
      machine.cpu(cpu).setKworkerWakeNanos(workerWakeNanos[cpu]);
    }
  }

  /** After each operation: what it was, and a digit per page as in {@code pre}. */
  public List<String> course() {
    return List.copyOf(course);
  }

  /** Runs the operations and the pin; returns the fields of the line. */
  public Map<String, String> run() {
    for (Op op : script.ops()) {
      step(op);
      course.add("%-14s %s".formatted(op.text(), digits(FolioFlags.RECORDED)));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("mov", Integer.toString(countUnpinnable()));
    fields.put("pre", digits(FolioFlags.RECORDED));
    fields.put("preref", bits(FolioFlags.REFERENCED));
    Counters before = machine.counters();
    long rc = pin();
    Counters change = machine.counters().minus(before);
    fields.put("post", digits(FolioFlags.RECORDED));
    fields.put("postref", bits(FolioFlags.REFERENCED));
    fields.put("rc", Long.toString(rc));
    put(fields, change, "drain_all", VmCounter.LRU_ADD_DRAIN_ALL);
    put(fields, change, "lru_add_drain", VmCounter.LRU_ADD_DRAIN);
    put(fields, change, "mig_ok", VmCounter.PGMIGRATE_SUCCESS);
    put(fields, change, "mig_fail", VmCounter.PGMIGRATE_FAIL);
    put(fields, change, "act", VmCounter.PGACTIVATE);
    put(fields, change, "deact", VmCounter.PGDEACTIVATE);
    put(fields, change, "lazy", VmCounter.PGLAZYFREED);
    put(fields, change, "culled", VmCounter.UNEVICTABLE_PGS_CULLED);
    put(fields, change, "rescued", VmCounter.UNEVICTABLE_PGS_RESCUED);
    put(fields, change, "pinned", VmCounter.NR_FOLL_PIN_ACQUIRED);
    put(fields, change, "unpinned", VmCounter.NR_FOLL_PIN_RELEASED);
    finishChecks();
    fields.keySet().retainAll(script.expected().sequencedKeySet());
    return fields;
  }

  /** The pin that every script ends with; returns 0 or a negative errno. */
  long pin() {
    return call(0, Programs.registerBuffer(0, 0, script.pages(), false));
  }

  private static void put(Map<String, String> fields, Counters change, String field, VmCounter counter) {
    fields.put(field, Long.toString(change.get(counter)));
  }

  /** Runs one operation to its end. */
  void step(Op op) {
    switch (op) {
      case Op.FaultAll all -> call(all.cpu(), Programs.write(0, 0, script.pages()));
      case Op.Fault fault -> call(fault.cpu(), range(fault.pages(), Programs::write));
      case Op.Touch touch -> call(touch.cpu(), range(touch.pages(), Programs::touch));
      case Op.Free free -> call(free.cpu(), range(free.pages(), Programs::madviseFree));
      case Op.Cold cold -> call(cold.cpu(), range(cold.pages(), Programs::madviseCold));
      case Op.DrainCpu drain -> call(drain.cpu(), Programs.drainLocal());
      case Op.DrainAll all -> {
        for (int cpu = 0; cpu < CPUS; cpu++) {
          call(cpu, Programs.drainLocal());
        }
      }
      case Op.Populate populate -> call(populate.cpu(), range(populate.pages(), Programs::populate));
      case Op.Mlock mlock -> call(mlock.cpu(), range(mlock.pages(), Programs::mlock));
      case Op.MlockOnFault mlock -> call(mlock.cpu(), range(mlock.pages(), Programs::mlockOnFault));
      case Op.Munlock munlock -> call(munlock.cpu(), range(munlock.pages(), Programs::munlock));
      case Op.FaultElsewhere elsewhere -> {
        call(elsewhere.cpu(), Programs.write(0, ELSEWHERE + elsewhereUsed, elsewhere.count()));
        elsewhereUsed += elsewhere.count();
      }
      case Op.DontNeed dontNeed -> call(dontNeed.cpu(), range(dontNeed.pages(), Programs::madviseDontNeed));
      case Op.Pin pin ->
          pinResults.add(call(pin.cpu(), Programs.registerBuffer(0, pin.pages().first(), pin.pages().count(), true)));
    }
  }

  /** Makes a program for a range of the script's pages. */
  private interface RangeCall {
    TaskProgram of(int space, int first, int count);
  }

  private static TaskProgram range(PageRange pages, RangeCall call) {
    return call.of(0, pages.first(), pages.count());
  }

  /** Runs one program on a CPU to its end and returns its result. */
  long call(int cpu, TaskProgram program) {
    return OneTask.run(machine, host, cpu, program);
  }

  /** Results of the pins among the operations, 0 or negative errnos. */
  public List<Long> pinResults() {
    return List.copyOf(pinResults);
  }

  private int countUnpinnable() {
    int count = 0;
    for (int page = 0; page < script.pages(); page++) {
      int pfn = Pte.pfn(machine.space(0).entry(page));
      count += machine.nodeOf(pfn).longtermPinnable(pfn) ? 0 : 1;
    }
    return count;
  }

  private String digits(int mask) {
    StringBuilder text = new StringBuilder();
    for (int page = 0; page < script.pages(); page++) {
      int pfn = Pte.pfn(machine.space(0).entry(page));
      text.append(pfn == 0 ? "." : Integer.toHexString(machine.nodeOf(pfn).folios().flags(pfn) & mask));
    }
    return text.toString();
  }

  private String bits(int flag) {
    return digits(flag).replaceAll("[1-9a-f]0?", "1");
  }

  /** Verifies once more what is being checked, now that nothing runs. */
  void finishChecks() {
    checks.finish(host.nowNanos());
  }

  /** The machine, for a closer look. */
  public Machine machine() {
    return machine;
  }

  @Override
  public void close() {
    host.close();
  }
}
