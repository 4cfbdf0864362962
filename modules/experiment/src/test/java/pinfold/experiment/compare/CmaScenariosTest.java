package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.VmCounter;
import pinfold.scenario.ScenarioConfig;

/** What the scenarios with CMA allocations are there to show, at a size for tests and with every invariant checked. */
class CmaScenariosTest {
  private static RunResult checked(ScenarioConfig scenario, String variant, HostFactory hosts) {
    RunResult run = new ScenarioRun(scenario, Small.variant(variant), 1, hosts, CheckLevel.TOUCHED).run((now, windows) -> true);
    assertThat(run.findings()).isEmpty();
    return run;
  }

  private static long count(RunResult run, VmCounter counter) {
    return run.counters().get(counter);
  }

  /** S13: what is queued while an allocation migrates fails late; where batches are disabled nothing is queued. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void lateFailuresGoAwayWithLruCacheDisable(int threads) {
    HostFactory hosts = threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads);
    RunResult drainsOnce = checked(Small.churn(), "lru-cache-drain-once", hosts);
    RunResult disables = checked(Small.churn(), "linux-6.1", hosts);
    assertThat(count(drainsOnce, VmCounter.CMA_ALLOC_SUCCESS) + count(drainsOnce, VmCounter.CMA_ALLOC_FAIL)).isEqualTo(60);
    assertThat(count(disables, VmCounter.CMA_ALLOC_SUCCESS)).isEqualTo(60);
    assertThat(count(drainsOnce, VmCounter.MIGRATE_LATE_FAILURES)).isPositive();
    assertThat(count(disables, VmCounter.MIGRATE_LATE_FAILURES))
        .isLessThan(count(drainsOnce, VmCounter.MIGRATE_LATE_FAILURES) / 6);
  }

  /** S15: with 1aaf8c122918 a pinner keeps pages that the other has isolated, and the area cannot be had any more. */
  @Test
  void withTheEmptyListAsSuccessPagesStayPinnedInCma() {
    RunResult run = checked(Small.pinners(), "linux-6.14", HostFactory.sequential());
    assertThat(run.pinCalls()).anyMatch(call -> call.leftUnpinnable() > 0);
    assertThat(count(run, VmCounter.CMA_ALLOC_SUCCESS)).isZero();
    assertThat(count(run, VmCounter.CMA_ALLOC_FAIL)).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-6.12", "linux-6.18", "linux-2026"})
  void elsewhereNothingStaysAndTheAreaCanBeHad(String variant) {
    RunResult run = checked(Small.pinners(), variant, HostFactory.sequential());
    assertThat(run.pinCalls()).noneMatch(call -> call.leftUnpinnable() > 0);
    assertThat(count(run, VmCounter.CMA_ALLOC_SUCCESS)).isEqualTo(4);
  }
}
