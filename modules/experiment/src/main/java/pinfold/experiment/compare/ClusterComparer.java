package pinfold.experiment.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.member.ClusterMessage.RunStatus;
import pinfold.cluster.member.RunSpec;
import pinfold.cluster.member.RunState;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigBundle;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.VariantFile;

/**
 * Runs a scenario under every variant and seed on a cluster, one run after the other, each spread over all members. The members do the
 * work: when this program ends early, the run goes on, and asking for it again finds it.
 */
public final class ClusterComparer {
  private static final long POLL_MILLIS = 200;
  /** Polls in a row that nobody answered before it is given up. */
  private static final int MOST_SILENT_POLLS = 300;

  private final ScenarioConfig scenario;
  private final List<String> variants;
  private final List<Long> seeds;
  private final List<Path> searchPath;

  public ClusterComparer(ScenarioConfig scenario, List<String> variants, List<Long> seeds, List<Path> searchPath) {
    this.scenario = scenario;
    this.variants = List.copyOf(variants);
    this.seeds = List.copyOf(seeds);
    this.searchPath = List.copyOf(searchPath);
  }

  public int runs() {
    return variants.size() * seeds.size();
  }

  /**
   * Runs them all.
   *
   * @param listeners gives each run, by its label, somebody to tell of its progress
   * @throws ConfigError if a run cannot be done as it was asked for, or nobody answers
   */
  public Comparison run(FrontClient client, Function<String, RunListener> listeners) throws IOException {
    List<KernelVariant> kernels = new ArrayList<>();
    List<RunResult> results = new ArrayList<>();
    for (String variant : variants) {
      kernels.add(KernelVariants.of(VariantFile.load(variant, searchPath)));
      for (long seed : seeds) {
        ConfigBundle bundle = ConfigBundle.of(scenario, variant, searchPath);
        RunSpec spec = new RunSpec(bundle.scenario(), bundle.variant(), seed, bundle.files());
        try (RunListener listener = listeners.apply(bundle.variant() + " seed " + seed)) {
          long began = System.nanoTime();
          RunStatus status = await(client, client.submit(spec), listener);
          if (status.state() != RunState.DONE) {
            return new Comparison(scenario, kernels, results, List.of());
          }
          results.add(ScenarioWorkload.result(spec, client.result(status.run()), System.nanoTime() - began));
        }
      }
    }
    return new Comparison(scenario, kernels, results, List.of());
  }

  /** Until the run is over, or the listener wants no more. */
  private RunStatus await(FrontClient client, RunStatus submitted, RunListener listener) throws IOException {
    RunStatus status = submitted;
    int silent = 0;
    while (status.state() != RunState.DONE) {
      if (status.state() == RunState.FAILED || status.state() == RunState.UNKNOWN) {
        throw new ConfigError("run " + status.run(), 0, "", null, status.message());
      }
      if (!listener.onProgress(status.nowNanos(), status.rounds())) {
        return status;
      }
      try {
        Thread.sleep(POLL_MILLIS);
        status = client.status(submitted.run());
        silent = 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return status;
      } catch (IOException e) {
        if (++silent > MOST_SILENT_POLLS) {
          throw e;
        }
      }
    }
    return status;
  }
}
