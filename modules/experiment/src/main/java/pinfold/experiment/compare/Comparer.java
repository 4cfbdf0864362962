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
   * Runs them all.
   *
   * @param sideBySide runs at the same time
   * @param checks what is verified while they run
   * @param listeners gives each run, by its label, somebody to tell of its progress
   */
  public Comparison run(int sideBySide, HostFactory hosts, CheckLevel checks, Function<String, RunListener> listeners) {
    List<Future<RunResult>> futures = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(sideBySide)) {
      for (KernelVariant variant : variants) {
        for (long seed : seeds) {
          futures.add(pool.submit(() -> {
            try (RunListener listener = listeners.apply(variant.name() + " seed " + seed)) {
              return new ScenarioRun(scenario, variant, seed, hosts, checks).run(listener);
            }
          }));
        }
      }
    }
    List<RunResult> results = new ArrayList<>();
    for (Future<RunResult> future : futures) {
      results.add(result(future));
    }
    results.removeIf(run -> run.outcome() == Host.Outcome.CANCELLED);
    return new Comparison(scenario, variants, results);
  }

  private static RunResult result(Future<RunResult> future) {
    try {
      return future.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while runs were under way", interrupted);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (failed.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }
}
