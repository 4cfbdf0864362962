package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.kernel.Directory;
import pinfold.kernel.Machine;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceRequest;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;

/** One run, to be repeated as often as its story needs, each time with another trace. */
public final class Rerun {
  /** What a repetition saw. */
  record Seen(RunResult result, Directory directory, List<Traced> records, long lost) {}

  private final ScenarioConfig scenario;
  private final KernelVariant variant;
  private final long seed;
  private final HostFactory hosts;
  private final Function<String, RunListener> listeners;

  /** @param listeners gives the listener of a repetition, which is told what it is for */
  public Rerun(ScenarioConfig scenario, KernelVariant variant, long seed, HostFactory hosts, Function<String, RunListener> listeners) {
    this.scenario = scenario;
    this.variant = variant;
    this.seed = seed;
    this.hosts = hosts;
    this.listeners = listeners;
  }

  ScenarioConfig scenario() {
    return scenario;
  }

  KernelVariant variant() {
    return variant;
  }

  long seed() {
    return seed;
  }

  /**
   * Runs it once more.
   *
   * @param purpose in a word or two
   * @param untilNanos it may be given up after this time, and then the result means nothing; {@link Long#MAX_VALUE} for never
   * @throws Interrupted if whoever listens asked for the end
   */
  Seen run(String purpose, TraceRequest request, long untilNanos) {
    AtomicReference<Seen> seen = new AtomicReference<>();
    AtomicLong stopped = new AtomicLong();
    List<Traced> records = new ArrayList<>();
    RunResult result;
    try (RunListener listener = listeners.apply(purpose)) {
      RunListener untilThen = new RunListener() {
        @Override
        public boolean onProgress(long nowNanos, long windows) {
          if (!listener.onProgress(nowNanos, windows)) {
            stopped.set(1);
          }
          return stopped.get() == 0 && nowNanos <= untilNanos;
        }

        @Override
        public void workDone(double share) {
          listener.workDone(share);
        }
      };
      if (!listener.onProgress(0, 0)) {
        throw new Interrupted();
      }
      result = new ScenarioRun(scenario, variant, seed, hosts).run(untilThen, request, machine -> {
        machine.tracing().forEach(record -> records.add(new Traced(record,
            record.task() == TraceBuffer.UNKNOWN_TASK ? "" : machine.cpu(record.cpu()).comm(record.task()))));
        seen.set(new Seen(null, machine.directory(), records, lost(machine)));
      });
    }
    if (stopped.get() != 0) {
      throw new Interrupted();
    }
    return new Seen(result, seen.get().directory(), records, seen.get().lost());
  }

  private static long lost(Machine machine) {
    return machine.tracing().written() - machine.tracing().kept();
  }

  /** Somebody asked for the end before the story was whole. */
  public static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
