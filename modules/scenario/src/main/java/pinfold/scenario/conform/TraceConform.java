package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import pinfold.engine.Entity;
import pinfold.engine.Host;
import pinfold.kernel.Machine;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.PageRange;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.RecordedTrace;
import pinfold.scenario.recorded.TraceLine;
import pinfold.scenario.trace.FtraceWriter;

/**
 * Compares a recorded trace of a scenario and its pin with that of the simulated kernel, line by line: the order of all lines,
 * and of each the CPU, whether a worker or a task ran, the five latency characters, the event and every field. Not compared are
 * times, names and pids, and offset and size of a probed function. Page frames and pointers are compared by their first
 * appearance: the third folio of one trace is the third of the other, wherever it is.
 *
 * <p>Lines of a recording that are not the scenario's are left out, counted by reason, and so is nothing else:
 *
 * <ul>
 *   <li>What the recording program does itself, between the operations: it is the task that writes the markers. Its operations
 *       are done by helpers, one per CPU.
 *   <li>That program's own folios. It sits on the CPU from which it writes its markers, so that CPU's lru_add batch holds a few
 *       of its folios when the pin begins. They are the ones that show up on that CPU alone. If they are all that a flush there
 *       moves, the flush is left out too, and a drain worker that found nothing else. (In C1 that worker is all that the
 *       needless drain of all CPUs disturbed; without such folios it disturbs nobody.)
 * </ul>
 *
 * <p>Drain workers of different CPUs run in the recorded order.
 */
public final class TraceConform {
  /** Why recorded lines are left out. */
  public static final String RECORDER = "what the recording program does itself";
  public static final String RECORDERS_FOLIOS = "flushes of the recording program's own folios";

  private static final Set<TraceEvent> RECORDED_EVENTS = EnumSet.of(TraceEvent.MM_LRU_INSERTION, TraceEvent.MM_LRU_ACTIVATE,
      TraceEvent.MM_MIGRATE_PAGES_START, TraceEvent.MM_MIGRATE_PAGES, TraceEvent.K_LRU_ADD_DRAIN, TraceEvent.K_LRU_ADD_DRAIN_CPU,
      TraceEvent.K_LRU_ADD_DRAIN_ALL, TraceEvent.K_LRU_ADD_DRAIN_PER_CPU, TraceEvent.K_FOLIO_BATCH_MOVE_LRU,
      TraceEvent.K_FOLIO_MARK_ACCESSED, TraceEvent.K_FOLIO_ADD_LRU, TraceEvent.K___GUP_LONGTERM_LOCKED,
      TraceEvent.K_FOLIO_ISOLATE_LRU, TraceEvent.K_MIGRATE_PAGES);
  private static final Set<TraceEvent> RECLAIM_EVENTS = EnumSet.of(TraceEvent.MM_LRU_INSERTION, TraceEvent.MM_LRU_ACTIVATE,
      TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_BEGIN, TraceEvent.MM_VMSCAN_MEMCG_RECLAIM_END, TraceEvent.MM_VMSCAN_LRU_ISOLATE,
      TraceEvent.MM_VMSCAN_LRU_SHRINK_INACTIVE, TraceEvent.MM_VMSCAN_LRU_SHRINK_ACTIVE, TraceEvent.K_LRU_ADD_DRAIN,
      TraceEvent.K_LRU_ADD_DRAIN_CPU, TraceEvent.K_LRU_ADD_DRAIN_ALL, TraceEvent.K_LRU_ADD_DRAIN_PER_CPU,
      TraceEvent.K_FOLIO_BATCH_MOVE_LRU);
  private static final long WORKER_WAKE_NANOS = 25_000;
  private static final long WORKER_GAP_NANOS = 200_000;
  private static final String SETUP = "== setup";
  private static final String PIN = "== pin on cpu0";
  private static final String PIN_RETURNED = "== pin returned";

  private final KernelVariant variant;
  private final BiFunction<List<Entity>, Long, Host> hosts;

  public TraceConform(KernelVariant variant, BiFunction<List<Entity>, Long, Host> hosts) {
    this.variant = variant;
    this.hosts = hosts;
  }

  /**
   * How a trace came out.
   *
   * @param lines recorded lines, header and markers not counted
   * @param leftOut recorded lines that are not the scenario's, by reason
   * @param agree recorded lines that the simulated kernel has in the same order
   * @param simulatedRc what the simulated pin returned
   * @param differences the two traces from the first line on that differs, as a diff: {@code -} recorded, {@code +} simulated
   */
  public record Verdict(RecordedTrace trace, int lines, Map<String, Integer> leftOut, int agree, long simulatedRc,
      List<String> differences) {
    /** Whether result, order and fields are as recorded. */
    public boolean agrees() {
      return differences.isEmpty() && simulatedRc == trace.rc();
    }
  }

  /**
   * Runs the trace's scenario and compares.
   *
   * @throws ConfigError if the trace is of something that is not simulated
   */
  public Verdict check(RecordedTrace trace) {
    return trace.kind().equals("RCL") ? checkReclaim(trace) : checkPin(trace);
  }

  /** A reclaim: all lines are the reclaiming task's, and what its lru_add batch holds are pages of the recording program. */
  private Verdict checkReclaim(RecordedTrace trace) {
    int ownPages = 0;
    for (TraceLine line : trace.lines()) {
      ownPages += line.event().equals(TraceEvent.MM_LRU_INSERTION.eventName()) ? 1 : 0;
    }
    List<TraceLine> simulated = new ArrayList<>();
    long rc;
    try (ReclaimRun run = new ReclaimRun(variant, false, trace.pages(), hosts, CheckLevel.OFF, TraceRequest.of(RECLAIM_EVENTS))) {
      run.setUp(!trace.drained(), ownPages);
      run.machine().tracing().clear();
      rc = run.reclaim().get(ReclaimRun.RESULT);
      takeLines(run.machine(), simulated);
    }
    LineDiff diff = new LineDiff(new TraceNormalizer().normalize(trace.lines()), new TraceNormalizer().normalize(simulated));
    return new Verdict(trace, trace.lines().size(), Map.of(), diff.common(), rc, diff.isEmpty() ? List.of() : diff.lines());
  }

  private Verdict checkPin(RecordedTrace trace) {
    List<Op> ops = operations(trace);
    Map<String, Integer> leftOut = new LinkedHashMap<>();
    List<TraceLine> kept = scenarioLines(trace, leftOut);
    RecordedScript script = new RecordedScript(false, RecordedScript.Format.WIDE, 1,
        RecordedScript.Mapping.PRIVATE_ANONYMOUS, trace.pages(), ops, new LinkedHashMap<>());
    List<TraceLine> simulated;
    long rc;
    try (ScriptRun run = new ScriptRun(script, variant, hosts, workerWakeNanos(kept), TraceRequest.of(RECORDED_EVENTS))) {
      simulated = new ArrayList<>(List.of(marker(SETUP)));
      ops.forEach(run::step);
      takeLines(run.machine(), simulated);
      simulated.add(marker(PIN));
      rc = run.pin();
      takeLines(run.machine(), simulated);
      simulated.add(marker(PIN_RETURNED));
    }
    List<String> expected = new TraceNormalizer().normalize(kept);
    List<String> actual = new TraceNormalizer().normalize(simulated);
    LineDiff diff = new LineDiff(expected, actual);
    int markers = (int) kept.stream().filter(TraceLine::isMarker).count();
    int lines = (int) trace.lines().stream().filter(line -> !line.isMarker()).count();
    return new Verdict(trace, lines, leftOut, diff.common() - markers, rc, diff.isEmpty() ? List.of() : diff.lines());
  }

  private static TraceLine marker(String text) {
    return new TraceLine(0, "marker", 0, 0, "", "", "tracing_mark_write", text);
  }

  private static void takeLines(Machine machine, List<TraceLine> into) {
    FtraceWriter writer = new FtraceWriter(machine);
    machine.tracing().forEach(record -> into.add(TraceLine.parse("simulated trace", into.size() + 1, writer.line(record))));
    machine.tracing().clear();
  }

  /** What the scenario does between its first marker and the pin (README.md of the recordings). */
  private static List<Op> operations(RecordedTrace trace) {
    PageRange all = new PageRange(0, trace.pages());
    Op faultHere = new Op.FaultAll(0);
    Op faultThere = new Op.FaultAll(1);
    Op drain = new Op.DrainAll();
    Op touchHere = new Op.Touch(0, all);
    Op touchThere = new Op.Touch(1, all);
    return switch (trace.scenario()) {
      case "on_lru" -> List.of(faultThere, drain);
      case "add_local" -> List.of(drain, faultHere);
      case "add_remote" -> List.of(drain, faultThere);
      case "act_local" -> List.of(faultThere, drain, touchHere, touchHere);
      case "act_anon" -> List.of(faultThere, drain, touchThere, touchThere);
      case "free_remote" -> List.of(faultThere, drain, new Op.Free(1, all));
      case "cold_remote" -> List.of(faultThere, drain, touchThere, touchThere, drain, new Op.Cold(1, all));
      case "populate_local" -> List.of(drain, new Op.Populate(0, all));
      default -> throw new ConfigError(trace.name(), 2, "", null, "traces of the scenario \"" + trace.scenario()
          + "\" cannot be compared, only of on_lru, add_local, add_remote, act_local, act_anon, free_remote, cold_remote "
          + "and populate_local");
    };
  }

  /** The lines without those that are not the scenario's. */
  private static List<TraceLine> scenarioLines(RecordedTrace trace, Map<String, Integer> leftOut) {
    TraceLine first = trace.lines().stream().filter(TraceLine::isMarker).findFirst()
        .orElseThrow(() -> new ConfigError(trace.name(), 3, "", null, "the trace has no marker \"" + SETUP + "\""));
    List<TraceLine> lines = new ArrayList<>();
    for (TraceLine line : trace.lines()) {
      if (line.task().equals(first.task()) && !line.isMarker()) {
        leftOut.merge(RECORDER, 1, Integer::sum);
      } else {
        lines.add(line);
      }
    }
    return withoutFoliosOf(first.cpu(), lines, leftOut);
  }

  private static List<TraceLine> withoutFoliosOf(int recordersCpu, List<TraceLine> lines, Map<String, Integer> leftOut) {
    Set<String> elsewhere = new LinkedHashSet<>();
    for (TraceLine line : lines) {
      if (line.cpu() != recordersCpu && line.field("pfn") != null) {
        elsewhere.add(line.field("pfn"));
      }
    }
    List<TraceLine> kept = new ArrayList<>();
    for (TraceLine line : lines) {
      boolean own = line.cpu() == recordersCpu && line.field("pfn") != null && !elsewhere.contains(line.field("pfn"));
      if (own) {
        leftOut.merge(RECORDERS_FOLIOS, 1, Integer::sum);
        boolean last = nextOnCpu(lines, line).map(next -> next.field("pfn") == null).orElse(true);
        if (last) {
          removeEmptied(recordersCpu, kept, leftOut);
        }
      } else {
        kept.add(line);
      }
    }
    return kept;
  }

  private static Optional<TraceLine> nextOnCpu(List<TraceLine> lines, TraceLine line) {
    return lines.stream().skip(lines.indexOf(line) + 1L).filter(next -> next.cpu() == line.cpu()).findFirst();
  }

  /** Takes back the flush whose folios have all been left out, and the drain worker that had nothing else to do. */
  private static void removeEmptied(int cpu, List<TraceLine> kept, Map<String, Integer> leftOut) {
    for (String event : List.of("k_folio_batch_move_lru", "k_lru_add_drain_cpu", "k_lru_add_drain_per_cpu")) {
      int at = kept.size() - 1;
      while (at >= 0 && kept.get(at).cpu() != cpu) {
        at--;
      }
      boolean drainOfTask = event.equals("k_lru_add_drain_cpu") && at >= 0 && !kept.get(at).byWorker();
      if (at < 0 || !kept.get(at).event().equals(event) || drainOfTask) {
        return;
      }
      kept.remove(at);
      leftOut.merge(RECORDERS_FOLIOS, 1, Integer::sum);
    }
  }

  /** Workers run in the order in which the recorded ones began. */
  private static long[] workerWakeNanos(List<TraceLine> lines) {
    Set<Integer> order = new LinkedHashSet<>();
    for (TraceLine line : lines) {
      if (line.byWorker()) {
        order.add(line.cpu());
      }
    }
    for (int cpu = 0; cpu < ScriptRun.CPUS; cpu++) {
      order.add(cpu);
    }
    long[] wake = new long[ScriptRun.CPUS];
    long nanos = WORKER_WAKE_NANOS;
    for (int cpu : order) {
      if (cpu < wake.length) {
        wake[cpu] = nanos;
        nanos += WORKER_GAP_NANOS;
      }
    }
    return wake;
  }
}
