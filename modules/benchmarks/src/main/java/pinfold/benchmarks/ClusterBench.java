package pinfold.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import pinfold.cluster.front.FrontClient;
import pinfold.cluster.front.Metrics;
import pinfold.experiment.compare.ClusterComparer;
import pinfold.experiment.compare.Comparison;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.VariantFile;

/**
 * The main scenario and the one for a cluster, each run in this JVM and spread over three members on the same processors, in turns with
 * another seed each time (a cluster does an equal run only once). Digests must be equal. The members' figures come from their metrics,
 * as they were when last asked, a fraction of a second before the end.
 */
final class ClusterBench implements Bench {
  private static final int MEMBERS = 3;
  private static final String VARIANT = "linux-6.12";
  /** Three members on the processors of one JVM may cost that much more where rounds are long. */
  private static final double MOST_RATIO = 1.3;

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public boolean byDefault() {
    return false;
  }

  @Override
  public List<Figure> run(Effort effort) {
    List<Figure> figures = new ArrayList<>();
    try (BenchCluster cluster = new BenchCluster(effort, MEMBERS)) {
      List<FrontClient> clients = IntStream.range(0, MEMBERS).mapToObj(cluster::client).toList();
      try {
        int seeds = effort.choose(1, 3);
        figures.addAll(measure(effort, clients, "scale", seeds, Aim.atMost(MOST_RATIO)));
        figures.addAll(measure(effort, clients, "vm-passthrough", seeds, null));
      } finally {
        clients.forEach(FrontClient::close);
      }
    }
    return figures;
  }

  private static List<Figure> measure(Effort effort, List<FrontClient> clients, String scenarioName, int seeds, Aim ratioAim) {
    List<Path> searchPath = List.of(effort.home().resolve("config"));
    ScenarioConfig scenario = ScenarioFile.load(scenarioName, searchPath, List.of());
    KernelVariant variant = KernelVariants.of(VariantFile.load(VARIANT, searchPath));
    double[] one = new double[seeds];
    double[] spread = new double[seeds];
    double[] ratios = new double[seeds];
    Watch watch = new Watch(effort, clients);
    long rounds = 0;
    // One run of each host is for the JIT, as everywhere.
    for (int i = -1; i < seeds; i++) {
      long seed = i + 2;
      effort.says(scenarioName + " seed " + seed + ": in one JVM");
      RunResult here = new ScenarioRun(scenario, variant, seed, HostFactory.actors(Runtime.getRuntime().availableProcessors()))
          .run((now, windows) -> !effort.cancelled().getAsBoolean());
      effort.checkCancelled();
      effort.says(scenarioName + " seed " + seed + ": on " + MEMBERS + " members");
      watch.forget();
      RunResult there = onCluster(clients.getFirst(), scenario, seed, searchPath, watch);
      effort.checkCancelled();
      if (here.digest() != there.digest()) {
        throw new IllegalStateException(scenarioName + " seed " + seed + " has digest " + there.digestText() + " on the cluster, "
            + here.digestText() + " in one JVM");
      }
      if (i >= 0) {
        one[i] = here.wallNanos() / 1e9;
        spread[i] = there.wallNanos() / 1e9;
        ratios[i] = spread[i] / one[i];
        rounds = there.windows();
      }
    }
    double oneSeconds = Effort.median(one);
    double spreadSeconds = Effort.median(spread);
    String host = MEMBERS + " JVMs";
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.of(scenarioName, "1 JVM", oneSeconds, "s", null));
    figures.add(Figure.of(scenarioName, host, spreadSeconds, "s", null).against(oneSeconds, "1 JVM"));
    figures.add(Figure.of(scenarioName + ": ratio in turns", host, Effort.median(ratios), "of 1 JVM", ratioAim));
    figures.add(Figure.of(scenarioName + ": rounds", host, rounds, "", null));
    figures.add(Figure.of(scenarioName + ": time per round", host, spreadSeconds * 1e3 / rounds, "ms", null));
    figures.add(Figure.of(scenarioName + ": bytes on the wire per event", host,
        watch.sum("pinfold_round_bytes_total") / watch.sum("pinfold_events_total"), "bytes", null));
    figures.add(Figure.of(scenarioName + ": bytes on the wire per round", host,
        watch.sum("pinfold_round_bytes_total") / watch.greatest("pinfold_rounds_total"), "bytes", null));
    double partSeconds = watch.sum("pinfold_busy_seconds_total") + watch.sum("pinfold_waited_seconds_total");
    figures.add(Figure.of(scenarioName + ": parts waited", host, 100 * watch.sum("pinfold_waited_seconds_total") / partSeconds, "%",
        null));
    figures.add(Figure.of(scenarioName + ": checkpoints", host,
        100 * watch.sum("pinfold_checkpoint_seconds_total") / partSeconds, "% of wall time", Aim.atMost(5)));
    return figures;
  }

  private static RunResult onCluster(FrontClient client, ScenarioConfig scenario, long seed, List<Path> searchPath, RunListener watch) {
    try {
      Comparison comparison = new ClusterComparer(scenario, List.of(VARIANT), List.of(seed), false, searchPath).run(client, label -> watch);
      comparison.requireAllRan();
      return comparison.runs().getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the members' metrics while a run is under way: parts are gone when it is over. */
  private static final class Watch implements RunListener {
    private static final long EVERY_NANOS = 500_000_000L;

    private final Effort effort;
    private final List<FrontClient> clients;
    /** By member: the last metrics that told of a part. */
    private final Metrics[] latest;
    private long readNanos = System.nanoTime();

    Watch(Effort effort, List<FrontClient> clients) {
      this.effort = effort;
      this.clients = clients;
      this.latest = new Metrics[clients.size()];
    }

    void forget() {
      Arrays.fill(latest, null);
    }

    @Override
    public boolean onProgress(long nowNanos, long rounds) {
      if (System.nanoTime() - readNanos > EVERY_NANOS) {
        for (int member = 0; member < latest.length; member++) {
          read(member);
        }
        readNanos = System.nanoTime();
      }
      return !effort.cancelled().getAsBoolean();
    }

    private void read(int member) {
      try {
        Metrics metrics = clients.get(member).metrics();
        if (metrics.value("pinfold_rounds_total").isPresent()) {
          latest[member] = metrics;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private DoubleStream values(String metric) {
      return Arrays.stream(latest).filter(Objects::nonNull).flatMap(metrics -> metrics.all(metric)).mapToDouble(Metrics.Sample::value);
    }

    double sum(String metric) {
      return values(metric).sum();
    }

    double greatest(String metric) {
      return values(metric).max().orElse(Double.NaN);
    }
  }
}
