package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.SequentialHost;
import pinfold.engine.testing.ShufflingHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.VmCounter;
import pinfold.scenario.ScenarioConfig;

/** A result depends on scenario, variant and seed: not on the host, its threads, the order of deliveries, or the window. */
class SameResultEverywhereTest {
  static Stream<Arguments> runs() {
    return Stream.of(
        Arguments.of("main job", Small.mainJob(), "linux-6.12"), Arguments.of("main job", Small.mainJob(), "linux-2026"),
        Arguments.of("crosvm", Small.crosvm(), "linux-6.12"), Arguments.of("crosvm", Small.crosvm(), "linux-6.18"),
        Arguments.of("storm", Small.storm(), "yangge-v1"), Arguments.of("storm", Small.storm(), "linux-2026"),
        Arguments.of("storm", Small.storm("worker-wake-up=preempts"), "drain-no-piggyback"),
        Arguments.of("FIFO", Small.fifo(), "linux-6.1"),
        Arguments.of("CMA churn", Small.churn(), "lru-cache-drain-once"), Arguments.of("CMA churn", Small.churn(), "linux-6.1"),
        Arguments.of("racing pinners", Small.pinners(), "linux-6.14"),
        Arguments.of("page faults", Small.pageFaults("duration-limit-ms=3", "measure-from-ms=0",
            "background.page-fault2.start-within-ms=1"), "linux-6.8"),
        Arguments.of("reclaim", Small.reclaiming(), "linux-6.10"), Arguments.of("reclaim, MGLRU", Small.reclaiming("lru-mode=mglru"), "linux-6.12"),
        Arguments.of("THP lists", Small.thpPcp(), "one-thp-list"), Arguments.of("THP lists", Small.thpPcp(), "linux-6.10"),
        Arguments.of("swap stress", Small.swapStress(), "linux-6.11"), Arguments.of("swap stress", Small.swapStress(), "linux-6.12"),
        Arguments.of("swap stress, tmpfs", Small.swapStress("background-defaults.tmpfs-kib=4096",
            "background-defaults.tmpfs-output-percent=10", "background.cc.max-ops=20000", "background.more-cc.max-ops=10000"), "linux-6.12"),
        Arguments.of("swap stress, classic", Small.swapStress("lru-mode=classic"), "linux-6.10"),
        Arguments.of("kcompactd", Small.numaCma("thp-defrag=defer", "kcompactd=true"), "linux-6.12"),
        Arguments.of("OOM kills", Small.oomKills(), "linux-6.11"),
        Arguments.of("OOM kills, classic", Small.oomKills("lru-mode=classic"), "linux-6.12"),
        Arguments.of("CMA size", Small.cmaSize("background.cc.max-ops=20000"), "cma-as-fallback"),
        Arguments.of("file writers", Small.fileWriters(), "linux-6.12"),
        Arguments.of("file writers, MGLRU, no limit",
            Small.fileWriters("lru-mode=mglru", "dirty.limit-mib=4096", "dirty.background-mib=2048"), "linux-6.10"));
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource("runs")
  void everyHostAtAnyParallelismInAnyOrderGivesTheSame(String name, ScenarioConfig scenario, String variant) {
    Map<String, HostFactory> hosts = new LinkedHashMap<>();
    hosts.put("sequential, again", HostFactory.sequential());
    hosts.put("actors, 1 thread", HostFactory.actors(1));
    hosts.put("actors, 2 threads", HostFactory.actors(2));
    hosts.put("actors, 4 threads", HostFactory.actors(4));
    hosts.put("shuffled, seed 1", (entities, window) -> new ShufflingHost(entities, window, 1));
    hosts.put("shuffled, seed 2", (entities, window) -> new ShufflingHost(entities, window, 2));
    hosts.put("half the window", (entities, window) -> new SequentialHost(entities, window / 2));
    hosts.put("a quarter of the window", (entities, window) -> new SequentialHost(entities, window / 4));
    RunResult reference = Small.run(scenario, variant, 7, HostFactory.sequential());
    hosts.forEach((host, factory) -> {
      RunResult run = Small.run(scenario, variant, 7, factory);
      assertThat(run.digestText()).as(host).isEqualTo(reference.digestText());
      assertThat(run.simulatedNanos()).as(host).isEqualTo(reference.simulatedNanos());
      assertThat(run.oomKills()).as(host).isEqualTo(reference.oomKills());
      assertThat(run.vms()).as(host).isEqualTo(reference.vms());
      assertThat(run.pinCalls()).as(host).containsExactlyElementsOf(reference.pinCalls());
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-6.10", "yangge-v1", "linux-6.12", "linux-6.18", "linux-2026", "batch-owner-hint"})
  void checksChangeNothingAndFindNothingOnEitherHost(String variant) {
    ScenarioConfig scenario = Small.mainJob();
    RunResult unchecked = Small.run(scenario, variant, 7, HostFactory.sequential());
    for (HostFactory hosts : List.of(HostFactory.sequential(), HostFactory.actors(2))) {
      RunResult checked = new ScenarioRun(scenario, Small.variant(variant), 7, hosts, CheckLevel.TOUCHED)
          .run((now, windows) -> true);
      assertThat(checked.digestText()).isEqualTo(unchecked.digestText());
      assertThat(checked.windows()).isEqualTo(unchecked.windows());
      assertThat(checked.findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "mglru"})
  void checksFindNothingWhileFilesAreDirtyOnEitherHost(String lruMode) {
    for (HostFactory hosts : List.of(HostFactory.sequential(), HostFactory.actors(2))) {
      ScenarioConfig scenario = Small.fileWriters("lru-mode=" + lruMode);
      RunResult checked = new ScenarioRun(scenario, Small.variant("linux-6.12"), 7, hosts, CheckLevel.TOUCHED).run((now, windows) -> true);
      assertThat(checked.findings()).isEmpty();
      assertThat(checked.counters().get(VmCounter.NR_WRITTEN)).isPositive();
      assertThat(checked.counters().get(VmCounter.DIRTY_THROTTLED)).isPositive();
    }
  }

  @Test
  void anotherSeedIsAnotherRun() {
    ScenarioConfig scenario = Small.mainJob();
    assertThat(Stream.of(1L, 2L, 3L).map(seed -> Small.run(scenario, "linux-2026", seed, HostFactory.sequential()).digest()))
        .doesNotHaveDuplicates();
  }

  /**
   * Links stand for costs that the kernel has anyway. What they add beyond is window_excess_ns (E, summed over all CPUs), and for
   * each of D drains of all CPUs four messages (request, work, done, answer) of at most the far latency F that no cost covers. So
   * a run should last no longer than with links that take no time, plus E + 4 F D, and halving the links save no more than that.
   * The bound itself halves, and with links of 125 and 250 ns it is below a fiftieth of the run, 16 CPUs' excess taken together.
   * Over several seeds what is saved gets less, or is lost in scatter: tasks that contend meet in another order, which moves a run by
   * some thousandths of itself.
   */
  @ParameterizedTest
  @ValueSource(strings = {"yangge-v1", "linux-6.12", "linux-2026"})
  void halvingTheLinkLatencyConverges(String variant) {
    long first = 0;
    long second = 0;
    long all = 0;
    for (long seed = 1; seed <= 16; seed++) {
      RunResult full = withLinks(variant, seed, 500);
      RunResult half = withLinks(variant, seed, 250);
      RunResult quarter = withLinks(variant, seed, 125);
      long saved = full.simulatedNanos() - half.simulatedNanos();
      long savedAgain = half.simulatedNanos() - quarter.simulatedNanos();
      first += saved;
      second += savedAgain;
      all += quarter.simulatedNanos();
      assertThat(Math.abs(saved)).isLessThanOrEqualTo(boundNanos(full, 1_000));
      assertThat(Math.abs(savedAgain)).isLessThanOrEqualTo(boundNanos(half, 500));
      assertThat(boundNanos(quarter, 250)).isLessThan(boundNanos(half, 500) / 2 + 1).isLessThan(quarter.simulatedNanos() / 50);
      for (RunResult other : new RunResult[] {full, half}) {
        assertThat(drainAlls(other)).isEqualTo(drainAlls(quarter));
        assertThat(other.vms().stream().filter(VmResult::started).count()).isEqualTo(5);
        assertThat((double) migrated(other)).isCloseTo(migrated(quarter), within(0.001 * migrated(quarter)));
      }
    }
    assertThat(Math.abs(second)).isLessThan(Math.max(Math.abs(first) * 3 / 4, all / 500));
  }

  /** Under contention single times scatter, as tasks meet in another order; what is counted does not. */
  @ParameterizedTest
  @ValueSource(strings = {"yangge-v1", "linux-6.18", "linux-2026"})
  void aStormCountsTheSameWhateverTheLinks(String variant) {
    RunResult full = Small.run(Small.storm(), variant, 1, HostFactory.sequential());
    ScenarioConfig shortLinks = Small.storm("links.near-latency-ns=125", "links.far-latency-ns=250");
    RunResult quarter = Small.run(shortLinks, variant, 1, HostFactory.sequential());
    assertThat(drainAlls(quarter)).isEqualTo(drainAlls(full));
    assertThat((double) migrated(quarter)).isCloseTo(migrated(full), within(0.001 * migrated(full)));
  }

  private static RunResult withLinks(String variant, long seed, int nearNanos) {
    return Small.run(Small.mainJob("links.near-latency-ns=" + nearNanos, "links.far-latency-ns=" + 2 * nearNanos), variant, seed,
        HostFactory.sequential());
  }

  private static long boundNanos(RunResult run, long farNanos) {
    return run.counters().get(VmCounter.WINDOW_EXCESS_NANOS) + 4 * farNanos * drainAlls(run);
  }

  private static long drainAlls(RunResult run) {
    return run.counters().get(VmCounter.LRU_ADD_DRAIN_ALL);
  }

  private static long migrated(RunResult run) {
    return run.counters().get(VmCounter.PGMIGRATE_SUCCESS);
  }
}
