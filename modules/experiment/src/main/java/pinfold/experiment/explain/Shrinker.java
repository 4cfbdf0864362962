package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import pinfold.engine.Host;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.RunListener;
import pinfold.experiment.compare.RunResult;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.Reductions;
import pinfold.scenario.Reductions.Reduction;
import pinfold.scenario.ScenarioConfig;

/**
 * Reduces a scenario that fails to a smaller one that fails in the same way: takes one thing after the other away for as long as it still
 * fails, until nothing more can go. A reduction is tried with the seed that failed, then with 1, 2 and 3.
 */
public final class Shrinker {
  private static final List<Long> MORE_SEEDS = List.of(1L, 2L, 3L);

  /** Told of each run. */
  public interface Listener {
    /** A reduction is tried; returns who hears of its run, and may stop it. */
    RunListener begin(String what, int tried, int taken);

    /** Whether to end with the smallest so far. */
    boolean cancelled();
  }

  /** Reads a scenario from its text. */
  @FunctionalInterface
  public interface Reader {
    /** @throws ConfigError if it cannot be used */
    ScenarioConfig read(String text);
  }

  /**
   * What is left.
   *
   * @param way in which it fails, as the first did; empty if that one does not fail
   * @param taken the reductions, in order
   * @param tried runs
   * @param whole nothing more can go; else the end was asked for
   */
  public record Smallest(ScenarioConfig scenario, long seed, String way, List<String> taken, int tried, boolean whole) {}

  private final Failure failure;
  private final KernelVariant variant;
  private final HostFactory hosts;
  private final Reader reader;
  private final Listener listener;
  private int tried;

  public Shrinker(Failure failure, KernelVariant variant, HostFactory hosts, Reader reader, Listener listener) {
    this.failure = failure;
    this.variant = variant;
    this.hosts = hosts;
    this.reader = reader;
    this.listener = listener;
  }

  /** The smallest that it can find. */
  public Smallest shrink(ScenarioConfig first, long firstSeed) {
    List<String> taken = new ArrayList<>();
    ScenarioConfig scenario = first;
    long seed = firstSeed;
    String way = run("as it is", first, firstSeed, 0);
    boolean smaller = !way.isEmpty();
    while (smaller) {
      smaller = false;
      List<Reduction> all = Reductions.of(scenario.effective());
      for (int i = 0; i < all.size() && !listener.cancelled(); i++) {
        Reduction one = all.get(i);
        long failing = failingSeed(one, seed, way, taken.size());
        if (failing >= 0) {
          scenario = reader.read(one.text());
          seed = failing;
          taken.add(one.what());
          smaller = true;
          // What follows in the list goes on from here: the same place in the list of what is left.
          all = Reductions.of(scenario.effective());
          i = Math.max(-1, i - 1);
        }
      }
    }
    return new Smallest(scenario, seed, way, taken, tried, !listener.cancelled());
  }

  /** The seed with which a reduction fails in this way, -1 if with none. */
  private long failingSeed(Reduction reduction, long seed, String way, int taken) {
    ScenarioConfig smaller;
    try {
      smaller = reader.read(reduction.text());
    } catch (ConfigError impossible) {
      return -1;
    }
    return Stream.concat(Stream.of(seed), MORE_SEEDS.stream()).distinct()
        .filter(one -> !listener.cancelled() && run(reduction.what(), smaller, one, taken).equals(way)).findFirst().orElse(-1L);
  }

  private String run(String what, ScenarioConfig scenario, long seed, int taken) {
    tried++;
    CheckLevel checks = failure == Failure.CHECK ? CheckLevel.TOUCHED : CheckLevel.OFF;
    try (RunListener hears = listener.begin(what + ", seed " + seed, tried, taken)) {
      RunResult result = new ScenarioRun(scenario, variant, seed, hosts, checks).run(hears);
      return result.outcome() == Host.Outcome.CANCELLED ? "" : failure.way(scenario, result);
    } catch (RuntimeException problem) {
      // A reduction that ends in another way is none; of what was given nobody would know.
      if (tried == 1 && failure.way(problem).isEmpty()) {
        throw problem;
      }
      return failure.way(problem);
    }
  }
}
