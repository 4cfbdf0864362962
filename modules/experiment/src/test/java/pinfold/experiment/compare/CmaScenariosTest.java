package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.count.VmCounter;

/** What the scenarios with CMA allocations are there to show, at a size for tests and with every invariant checked. */
class CmaScenariosTest {
  /** S13: what is queued while an allocation migrates fails late; where batches are disabled nothing is queued. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void lateFailuresGoAwayWithLruCacheDisable(int threads) {
    HostFactory hosts = threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads);
    RunResult drainsOnce = Small.checked(Small.churn(), "lru-cache-drain-once", hosts);
    RunResult disables = Small.checked(Small.churn(), "linux-6.1", hosts);
    assertThat(drainsOnce.counters().get(VmCounter.CMA_ALLOC_SUCCESS) + drainsOnce.counters().get(VmCounter.CMA_ALLOC_FAIL)).isEqualTo(60);
    assertThat(disables.counters().get(VmCounter.CMA_ALLOC_SUCCESS)).isEqualTo(60);
    assertThat(drainsOnce.counters().get(VmCounter.MIGRATE_LATE_FAILURES)).isPositive();
    assertThat(disables.counters().get(VmCounter.MIGRATE_LATE_FAILURES))
        .isLessThan(drainsOnce.counters().get(VmCounter.MIGRATE_LATE_FAILURES) / 6);
  }

  /** S15: with 1aaf8c122918 a pinner keeps pages that the other has isolated, and the area cannot be had any more. */
  @Test
  void withTheEmptyListAsSuccessPagesStayPinnedInCma() {
    RunResult run = Small.checked(Small.pinners(), "linux-6.14", HostFactory.sequential());
    assertThat(run.pinCalls()).anyMatch(call -> call.leftUnpinnable() > 0);
    assertThat(run.counters().get(VmCounter.CMA_ALLOC_SUCCESS)).isZero();
    assertThat(run.counters().get(VmCounter.CMA_ALLOC_FAIL)).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-6.12", "linux-6.18", "linux-2026"})
  void elsewhereNothingStaysAndTheAreaCanBeHad(String variant) {
    RunResult run = Small.checked(Small.pinners(), variant, HostFactory.sequential());
    assertThat(run.pinCalls()).noneMatch(call -> call.leftUnpinnable() > 0);
    assertThat(run.counters().get(VmCounter.CMA_ALLOC_SUCCESS)).isEqualTo(4);
  }
}
