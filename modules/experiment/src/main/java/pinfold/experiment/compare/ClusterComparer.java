package pinfold.experiment.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.member.RunSpec;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigBundle;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VariantFile;
import pinfold.scenario.VariantSpec;

/**
 * Runs a scenario under every variant and seed on a cluster: either one run after the other, each spread over all members, or each on one
 * member, {@value ClusterRun#PER_MEMBER} per member at a time and the next when one has ended. The members do the work: when this program
 * ends early, what was submitted goes on, and asking for it again finds it.
 */
public final class ClusterComparer {
  private final ScenarioConfig scenario;
  private final List<String> variants;
  private final List<Long> seeds;
  private final boolean onOneMember;
  private final List<Path> searchPath;

  /** @param onOneMember whether each run stays on one member, which is faster where its machine fits there and there are several runs */
  public ClusterComparer(ScenarioConfig scenario, List<String> variants, List<Long> seeds, boolean onOneMember, List<Path> searchPath) {
    this.scenario = scenario;
    this.variants = List.copyOf(variants);
    this.seeds = List.copyOf(seeds);
    this.onOneMember = onOneMember;
    this.searchPath = List.copyOf(searchPath);
  }

  public int runs() {
    return variants.size() * seeds.size();
  }

  private record Submitted(String variant, long seed, Future<RunResult> result) {}

  /**
   * Runs them all; one that fails ends alone, see {@link Comparison#requireAllRan}.
   *
   * @param listeners gives each run, by its label, somebody to tell of its progress
   * @throws IOException if nobody answers
   */
  public Comparison run(FrontClient client, Function<String, RunListener> listeners) throws IOException {
    List<KernelVariant> kernels = new ArrayList<>();
    List<Submitted> submitted = new ArrayList<>();
    int most = ClusterRun.sideBySide(client); // Asked in any case: where nobody answers no run need be tried.
    int sideBySide = onOneMember ? most : 1;
    try (ExecutorService pool = Executors.newFixedThreadPool(sideBySide)) {
      for (String variant : variants) {
        VariantSpec loaded = VariantFile.load(variant, searchPath);
        kernels.add(KernelVariants.of(loaded));
        ConfigBundle bundle = ConfigBundle.of(scenario, loaded, searchPath);
        for (long seed : seeds) {
          RunSpec spec = new RunSpec(bundle.scenario(), bundle.variant(), seed, onOneMember, bundle.files());
          submitted.add(new Submitted(bundle.variant(), seed, pool.submit(() -> run(client, spec, listeners))));
        }
      }
    }
    List<RunResult> results = new ArrayList<>();
    List<FailedRun> failed = new ArrayList<>();
    for (Submitted run : submitted) {
      try {
        RunResult result = run.result.get();
        if (result != null) {
          results.add(result);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while runs were under way", e);
      } catch (ExecutionException e) {
        failed.add(new FailedRun(run.variant, run.seed, e.getCause()));
      }
    }
    return new Comparison(scenario, kernels, results, failed);
  }

  /**
   * Has a run taken up that was submitted before, by whomever, and waits for its end.
   *
   * @throws IOException if nobody answers or there is no such run
   * @throws ConfigError if it fails
   */
  public static Comparison resume(FrontClient client, String run, Function<String, RunListener> listeners) throws IOException {
    RunSpec spec = client.spec(run);
    RunResult result = run(client, spec, listeners);
    return new Comparison(ScenarioWorkload.scenario(spec), List.of(ScenarioWorkload.variant(spec)),
        result == null ? List.of() : List.of(result), List.of());
  }

  /**
   * One run's result, null when the listener wanted no more.
   *
   * @throws ConfigError if the run cannot be done as it was asked for, or nobody answers any more
   */
  private static RunResult run(FrontClient client, RunSpec spec, Function<String, RunListener> listeners) {
    try (RunListener listener = listeners.apply(spec.variant() + " seed " + spec.seed())) {
      return ClusterRun.run(client, spec, listener);
    } catch (IOException e) {
      throw new ConfigError("run " + spec.hash(), 0, "", null, e.getMessage());
    }
  }
}
