package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.testing.ShufflingHost;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Histogram;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;

class DistributionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"linux-6.12", "linux-6.18"})
  void theyAreTheSameOnEveryHost(String variant) {
    RunResult sequential = Small.run(Small.storm(), variant, 3, HostFactory.sequential());
    HostFactory shuffled = (entities, window) -> new ShufflingHost(entities, window, 5);
    HostFactory halfWindows = (entities, window) -> HostFactory.sequential().host(entities, window / 2);
    for (HostFactory hosts : List.of(HostFactory.actors(1), HostFactory.actors(2), shuffled, halfWindows)) {
      assertThat(DistributionRows.of(Small.run(Small.storm(), variant, 3, hosts))).isEqualTo(DistributionRows.of(sequential));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yangge-v1", "linux-6.12", "linux-2026"})
  void theyAddUpToTheCounters(String variant) {
    RunResult run = Small.run(Small.mainJob(), variant, 1, HostFactory.sequential());
    assertThat(of(run, Distribution.LRU_CLEAR).count()).isEqualTo(run.counters().get(VmCounter.LRU_CLEAR_ENDED)).isPositive();
    assertSum(run, Distribution.LRU_CLEAR, VmCounter.LRU_CLEAR_NANOS);
    assertSum(run, Distribution.LRU_LOCK_WAIT, VmCounter.LRU_LOCK_WAIT_NANOS);
    Histogram lock = of(run, Distribution.LRU_LOCK_WAIT);
    assertThat(lock.count() - lock.inBucket(0)).isEqualTo(run.counters().get(VmCounter.LRU_LOCK_CONTENDED));
    assertThat(of(run, Distribution.DRAIN_ALL).count()).isEqualTo(run.counters().get(VmCounter.LRU_ADD_DRAIN_ALL));
    assertThat(of(run, Distribution.DRAIN_ALL_MUTEX_WAIT).count()).isEqualTo(run.counters().get(VmCounter.LRU_ADD_DRAIN_ALL));
    for (BatchKind kind : BatchKind.values()) {
      Histogram entries = of(run, Distribution.pinBatch(kind));
      assertThat(entries.count()).isEqualTo(run.pinCalls().size());
      assertThat(entries.max()).as("a batch that is full is flushed").isLessThan(31);
    }
  }

  /**
   * A walk of 512 pages that were populated queues each for activation: 512 = 16 x 31 + 16, so 16 are left in the batch. Nothing
   * puts them anywhere else.
   */
  @Test
  void sixteenPagesAreInTheActivateBatchWhenAPopulatedPageRangeIsPinned() {
    RunResult run = Small.run(Small.mainJob(), "linux-2026", 1, HostFactory.sequential());
    assertThat(of(run, Distribution.PIN_BATCH_ACTIVATE).quantile(0.5)).isEqualTo(16);
  }

  private static void assertSum(RunResult run, Distribution distribution, VmCounter counter) {
    Histogram histogram = of(run, distribution);
    assertThat(histogram.mean() * histogram.count()).isCloseTo(run.counters().get(counter), within(1.0));
  }

  private static Histogram of(RunResult run, Distribution distribution) {
    return run.distributions().get(distribution);
  }
}
