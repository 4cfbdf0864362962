package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pinfold.engine.Host;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.VmCounter;

/** What cma-size is there to show (S14), at a size for tests and with every invariant checked. */
class CmaSizeTest {
  private static RunResult run(String variant, int cmaMib) {
    RunResult run = new ScenarioRun(Small.cmaSize("machine.cma-per-node-mib=" + cmaMib), Small.variant(variant), 1,
        HostFactory.sequential(), CheckLevel.TOUCHED).run((now, windows) -> true);
    assertThat(run.findings()).isEmpty();
    assertThat(run.outcome()).isEqualTo(Host.Outcome.STOPPED);
    assertThat(run.oomKills()).isEmpty();
    return run;
  }

  private static long swappedOut(RunResult run) {
    return run.counters().get(VmCounter.PSWPOUT);
  }

  /** kswapd does not count free CMA pages. Where CMA is a fallback it keeps others free, so that CMA stays empty and the build swaps. */
  @Test
  void halfOfMemoryAsCmaMakesABuildSwapWhereCmaIsAFallback() {
    RunResult without = run("cma-as-fallback", 0);
    RunResult fallback = run("cma-as-fallback", 64);
    RunResult halfRule = run("linux-6.1", 64);
    assertThat(swappedOut(fallback)).isGreaterThan(1_000).isGreaterThan(5 * swappedOut(without)).isGreaterThan(2 * swappedOut(halfRule));
    // A direct reclaim wants 32 pages. A turn over the lists frees 32 of each of three at most, and one more follows when it has them.
    assertThat(fallback.counters().get(VmCounter.PGSTEAL_DIRECT))
        .isPositive().isLessThanOrEqualTo((32 + 2 * 96) * fallback.counters().get(VmCounter.ALLOCSTALL));
    assertThat(fallback.simulatedNanos()).isGreaterThan(without.simulatedNanos() * 5 / 4);
  }
}
