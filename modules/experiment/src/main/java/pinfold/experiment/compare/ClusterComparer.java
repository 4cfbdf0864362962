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
 * Runs a scenario under every variant and seed on a cluster: either one run after the other, each spread over all members, or each on one
 * member, {@value #RUNS_PER_MEMBER} per member at a time and the next when one has ended. The members do the work: when this program
 * ends early, what was submitted goes on, and asking for it again finds it.
 */
public final class ClusterComparer {
  private static final int RUNS_PER_MEMBER = 2;
  private static final long POLL_MILLIS = 200;
  /** Polls in a row that nobody answered before it is given up. */
  private static final int MOST_SILENT_POLLS = 300;

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
    int members = client.members(); // Asked in any case: where nobody answers no run need be tried.
    int sideBySide = onOneMember ? Math.max(1, members) * RUNS_PER_MEMBER : 1;
    try (ExecutorService pool = Executors.newFixedThreadPool(sideBySide)) {
      for (String variant : variants) {
        kernels.add(KernelVariants.of(VariantFile.load(variant, searchPath)));
        ConfigBundle bundle = ConfigBundle.of(scenario, variant, searchPath);
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
      if (!listener.onProgress(0, 0)) {
        return null;
      }
      long began = System.nanoTime();
      RunStatus status = await(client, client.submit(spec), listener);
      return status.state() == RunState.DONE ? ScenarioWorkload.result(spec, client.result(status.run()), System.nanoTime() - began) : null;
    } catch (IOException e) {
      throw new ConfigError("run " + spec.hash(), 0, "", null, e.getMessage());
    }
  }

  /** Until the run is over, or the listener wants no more. */
  private static RunStatus await(FrontClient client, RunStatus submitted, RunListener listener) throws IOException {
    RunStatus status = submitted;
    int epoch = submitted.epoch();
    int silent = 0;
    while (status.state() != RunState.DONE) {
      if (status.state() == RunState.FAILED || status.state() == RunState.UNKNOWN) {
        throw new ConfigError("run " + status.run(), 0, "", null, status.message());
      }
      if (status.epoch() > epoch) {
        epoch = status.epoch();
        listener.beginsAgain(status.message());
      }
      if (status.workDone() >= 0) {
        listener.workDone(status.workDone());
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
