package pinfold.experiment.explain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import pinfold.engine.Host;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.kernel.Machine;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.run.ScenarioMachine;
import pinfold.scenario.trace.FtraceWriter;

/**
 * Finds the first traced event at which two runs of a scenario with the same seed part: both go on side by side, a little simulated
 * time after the other, and forget what they traced when it was the same. So memory is that of two machines and of one stretch's traces.
 */
public final class FirstDifference {
  /** Simulated time after which traces are compared, ns. */
  private static final long STRETCH_NANOS = 1_000_000;

  /** One run's side: what it did from the difference on, first the record that differs; and how it ended, if it has. */
  public record Side(String variant, List<String> lines, String rule, boolean ended) {
    public Side {
      lines = List.copyOf(lines);
    }
  }

  /**
   * What was found.
   *
   * @param nanos when they part; where they do not, when the longer one ended
   * @param common what both did last before it
   * @param sides empty when all was the same
   * @param digests of the states at the end where they do not part before, else empty
   */
  public record Answer(long nanos, List<String> common, List<Side> sides, List<String> digests) {
    /** Whether the runs are the same to the end. */
    public boolean same() {
      return sides.isEmpty() && digests.stream().distinct().count() <= 1;
    }
  }

  private final class Run implements AutoCloseable {
    final KernelVariant variant;
    final Machine machine;
    final Host host;
    final FtraceWriter writer;
    boolean ended;

    Run(KernelVariant variant) {
      this.variant = variant;
      ScenarioMachine built = new ScenarioMachine(scenario, variant, seed, ScenarioRun.WALK_PAGES, request());
      machine = built.machine();
      host = hosts.host(machine.entities(), scenario.machine().nearLinkNanos());
      writer = new FtraceWriter(machine);
      built.start(host);
    }

    /** Returns false if somebody asked for the end. */
    boolean runUntil(long nanos) {
      if (ended) {
        return true;
      }
      Host.Outcome outcome = host.runUntil(nanos);
      ended = outcome == Host.Outcome.STOPPED || outcome == Host.Outcome.QUIESCENT;
      return outcome != Host.Outcome.CANCELLED;
    }

    List<TraceRecord> trace() {
      if (machine.tracing().kept() < machine.tracing().written()) {
        throw new IllegalStateException("an entity traced more than is kept in " + STRETCH_NANOS + " ns");
      }
      List<TraceRecord> records = new ArrayList<>((int) machine.tracing().written());
      machine.tracing().forEach(records::add);
      return records;
    }

    Side side(List<TraceRecord> records, int from, int most) {
      List<String> lines = records.subList(from, Math.min(records.size(), from + most)).stream().map(writer::line).toList();
      String rule = from < records.size()
          ? new FolioWords(machine.directory(), new VariantRules(variant), variant.batchCapacity()).rule(records.get(from)) : "";
      return new Side(variant.name(), lines, rule, ended);
    }

    @Override
    public void close() {
      host.close();
    }
  }

  private final ScenarioConfig scenario;
  private final long seed;
  private final HostFactory hosts;

  public FirstDifference(ScenarioConfig scenario, long seed, HostFactory hosts) {
    this.scenario = scenario;
    this.seed = seed;
    this.hosts = hosts;
  }

  /** Everything but what kernels of 2026 alone say. */
  static TraceRequest request() {
    return TraceRequest.of(Set.of(TraceEvent.values())).without(TraceEvent.OF_2026);
  }

  /**
   * Runs both until they part or end.
   *
   * @param before records in common to show
   * @param after records of each side to show
   * @param listener hears how far it is
   * @throws Rerun.Interrupted if the listener asked for the end
   */
  public Answer between(KernelVariant left, KernelVariant right, int before, int after, RunListener listener) {
    Deque<String> common = new ArrayDeque<>();
    try (Run a = new Run(left); Run b = new Run(right)) {
      a.host.onProgress(listener);
      b.host.onProgress(listener);
      for (long until = STRETCH_NANOS; ; until += STRETCH_NANOS) {
        until = Math.min(until, scenario.durationLimitNanos());
        if (!a.runUntil(until) || !b.runUntil(until)) {
          throw new Rerun.Interrupted();
        }
        listener.workDone((double) until / scenario.durationLimitNanos());
        List<TraceRecord> ofA = a.trace();
        List<TraceRecord> ofB = b.trace();
        int same = 0;
        while (same < Math.min(ofA.size(), ofB.size()) && ofA.get(same).equals(ofB.get(same))) {
          same++;
        }
        for (TraceRecord record : ofA.subList(Math.max(0, same - before), same)) {
          common.addLast(a.writer.line(record));
          if (common.size() > before) {
            common.removeFirst();
          }
        }
        if (same < Math.max(ofA.size(), ofB.size())) {
          long nanos = Math.min(same < ofA.size() ? ofA.get(same).nanos() : Long.MAX_VALUE,
              same < ofB.size() ? ofB.get(same).nanos() : Long.MAX_VALUE);
          return new Answer(nanos, List.copyOf(common), List.of(a.side(ofA, same, after), b.side(ofB, same, after)), List.of());
        }
        a.machine.tracing().clear();
        b.machine.tracing().clear();
        if (a.ended && b.ended || until == scenario.durationLimitNanos()) {
          return new Answer(Math.max(a.host.nowNanos(), b.host.nowNanos()), List.copyOf(common), List.of(), List.of(digest(a), digest(b)));
        }
      }
    }
  }

  private static String digest(Run run) {
    return "%016x".formatted(run.machine.read(id -> true).digest());
  }
}
