package pinfold.experiment.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import pinfold.engine.Host;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ScenarioConfig;

/**
 * Runs a scenario under every variant and seed. Runs share nothing, so as many go side by side as there are processors and
 * memory; what comes out does not depend on it.
 */
public final class Comparer {
  private final ScenarioConfig scenario;
  private final List<KernelVariant> variants;
  private final List<Long> seeds;

  public Comparer(ScenarioConfig scenario, List<KernelVariant> variants, List<Long> seeds) {
    this.scenario = scenario;
    this.variants = List.copyOf(variants);
    this.seeds = List.copyOf(seeds);
  }

  public ScenarioConfig scenario() {
    return scenario;
  }

  public int runs() {
    return variants.size() * seeds.size();
  }

  /** The heap that one run may need, bytes. */
  public long bytesPerRun() {
    return RunMemory.bytes(scenario);
  }

  /** How many runs go side by side on {@code processors} with {@code heapBytes}. */
  public int sideBySide(int processors, long heapBytes) {
    return (int) Math.clamp(heapBytes / bytesPerRun(), 1, Math.min(processors, runs()));
  }

  /**
   * Runs them all; one that fails ends alone, see {@link Comparison#requireAllRan}.
   *
   * @param sideBySide runs at the same time
   * @param checks what is verified while they run
   * @param listeners gives each run, by its label, somebody to tell of its progress
   */
  public Comparison run(int sideBySide, HostFactory hosts, CheckLevel checks, Function<String, RunListener> listeners) {
    List<Started> started = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(sideBySide)) {
      for (KernelVariant variant : variants) {
        for (long seed : seeds) {
          started.add(new Started(variant, seed, pool.submit(() -> {
            try (RunListener listener = listeners.apply(variant.name() + " seed " + seed)) {
              return new ScenarioRun(scenario, variant, seed, hosts, checks).run(listener);
            }
          })));
        }
      }
    }
    List<RunResult> results = new ArrayList<>();
    List<FailedRun> failed = new ArrayList<>();
    for (Started run : started) {
      try {
        results.add(run.result.get());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while runs were under way", interrupted);
      } catch (ExecutionException problem) {
        failed.add(new FailedRun(run.variant.name(), run.seed, problem.getCause()));
      }
    }
    results.removeIf(run -> run.outcome() == Host.Outcome.CANCELLED);
    return new Comparison(scenario, variants, results, failed);
  }

  private record Started(KernelVariant variant, long seed, Future<RunResult> result) {}
}
