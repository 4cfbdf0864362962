package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.engine.Host;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.VmCounter;

/** What drain-storm and drain-fifo are there to show, at a size for tests and with every invariant checked. */
class DrainScenariosTest {
  private static final int ALLOCATIONS = 60;
  private static final int CALLS = 320;

  /**
   * S11: calls serialise on the mutex; with the generation most of those that wait find another's drain enough. Sixteen callers: each
   * waits for up to fifteen drains before its own, or for the one under way and the next.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void withoutTheGenerationAStormTakesAsLongAsAllItsDrainsTogether(int threads) {
    HostFactory hosts = threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads);
    RunResult each = Small.checked(Small.storm(), "drain-no-piggyback", hosts);
    RunResult shared = Small.checked(Small.storm(), "linux-6.1", hosts);
    assertThat(each.counters().get(VmCounter.LRU_ADD_DRAIN_ALL)).isEqualTo(CALLS);
    assertThat(shared.counters().get(VmCounter.LRU_ADD_DRAIN_ALL)).isEqualTo(CALLS);
    assertThat(each.counters().get(VmCounter.LRU_ADD_DRAIN_ALL_PIGGYBACKED)).isZero();
    assertThat(shared.counters().get(VmCounter.LRU_ADD_DRAIN_ALL_PIGGYBACKED)).isGreaterThan(CALLS / 2);
    // A drain waits for the slice of some busy loop, and there are as many as calls, one after the other.
    assertThat(each.simulatedNanos()).isBetween(CALLS * Cost.FAIR_SLICE.nanos() * 3 / 4, CALLS * Cost.FAIR_SLICE.nanos() * 5 / 4);
    assertThat(shared.simulatedNanos()).isLessThan(each.simulatedNanos() / 3);
    assertThat(each.distributions().get(Distribution.DRAIN_ALL_MUTEX_WAIT).max())
        .isGreaterThan(4 * shared.distributions().get(Distribution.DRAIN_ALL_MUTEX_WAIT).max());
  }

  /** Where workers preempt, no drain waits for a slice: callers come seldom enough to find the mutex free, mostly. */
  @Test
  void whereWorkersPreemptNoDrainWaitsForASlice() {
    RunResult run = Small.checked(Small.storm("worker-wake-up=preempts"), "drain-no-piggyback", HostFactory.sequential());
    assertThat(run.counters().get(VmCounter.LRU_ADD_DRAIN_ALL)).isEqualTo(CALLS);
    assertThat(run.distributions().get(Distribution.DRAIN_ALL).quantile(0.5)).isLessThan(Cost.FAIR_SLICE.nanos() / 10);
  }

  /** S12, the form of v5.13: nothing ends, and the report says because of whom. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void behindAFifoLoopTheWorkItemFormHangsAndTheReportSaysWhoWaitsForWhom(int threads) {
    HostFactory hosts = threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads);
    RunResult run = Small.checked(Small.fifo("background.flow.awaited=true", "background.flow.max-ops=3200"), "lru-cache-work-item", hosts);
    assertThat(run.loadUnfinished()).isTrue();
    assertThat(run.outcome()).isEqualTo(Host.Outcome.QUIESCENT);
    assertThat(run.stuck()).contains(
        "lru_cache_disable() of cma_alloc-1 on cpu0 waits for the drain worker of cpu3; for its mutex wait lru_add_drain_all() of "
            + "fadvise_dontneed-1 on cpu1",
        "the drain worker of cpu3 waits for FIFO task busy_loop-1, which computes in user mode")
        .anyMatch(line -> line.startsWith("cpu 3: busy_loop-1 in [user mode]"));
    Comparison comparison = new Comparison(Small.fifo(), List.of(Small.variant("lru-cache-work-item")), List.of(run), List.of());
    assertThat(comparison.stories()).singleElement().asString().startsWith("lru-cache-work-item, seed 1: not every background task had "
        + "done its max-ops after 0.").contains(", and nobody could do anything any more. Who waits for whom:\n  lru_cache_disable() of cma");
    assertThat(comparison.table().markdown()).contains("load finished").contains("| 0 of 1");
  }

  /** The other forms end: RCU waits for a grace period of 30 ms in each call, the expedited form for 60 us. */
  @Test
  void theOtherFormsEndAndRcuTakesAGracePeriodForEachCall() {
    RunResult rcu = Small.checked(Small.fifo(), "lru-cache-rcu", HostFactory.sequential());
    RunResult expedited = Small.checked(Small.fifo(), "linux-6.1", HostFactory.sequential());
    RunResult once = Small.checked(Small.fifo(), "lru-cache-drain-once", HostFactory.sequential());
    for (RunResult run : List.of(rcu, expedited, once)) {
      assertThat(run.loadUnfinished()).as(run.variant()).isFalse();
      assertThat(run.stuck()).isEmpty();
      assertThat(run.counters().get(VmCounter.CMA_ALLOC_SUCCESS)).as(run.variant()).isEqualTo(ALLOCATIONS);
    }
    long graces = ALLOCATIONS * Cost.RCU_NORMAL.nanos();
    assertThat(rcu.simulatedNanos()).isBetween(graces, graces + graces / 10);
    assertThat(expedited.simulatedNanos()).isLessThan(graces / 10);
  }
}
