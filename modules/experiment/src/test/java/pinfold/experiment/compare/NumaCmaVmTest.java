package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.scenario.ScenarioConfig;

/** S9 at a size for tests, with every invariant checked: what each THP that the local node has no room for costs. */
class NumaCmaVmTest {
  private static final int THP = BuddyOrders.PAGEBLOCK_PAGES;
  /** SWAP_CLUSTER_MAX: pages that one call of shrink_list() is to scan. */
  private static final int BUDGET = 32;

  private static RunResult checked(ScenarioConfig scenario, String variant, HostFactory hosts) {
    RunResult run = new ScenarioRun(scenario, Small.variant(variant), 1, hosts, CheckLevel.TOUCHED).run((now, windows) -> true);
    assertThat(run.findings()).isEmpty();
    assertThat(run.vms()).allMatch(VmResult::started);
    assertThat(count(run, VmCounter.THP_FAULT_ALLOC)).isEqualTo(96);
    return run;
  }

  private static long count(RunResult run, VmCounter counter) {
    return run.counters().get(counter);
  }

  private static long startNanos(RunResult run) {
    return run.vms().getFirst().endNanos() - run.vms().getFirst().startNanos();
  }

  /** Of the first node's 120 MiB outside CMA watermarks and per-CPU lists keep some; what was allocated without a stall is there. */
  private static long local(RunResult run) {
    long local = 96 - count(run, VmCounter.ALLOCSTALL);
    assertThat(local).isBetween(50L, 60L);
    return local;
  }

  /**
   * Every THP of which the local node has none left is compacted for, reclaimed for, and compacted for again. Reclaim finds nothing but
   * pinned THPs: the last scan alone is to look at as many pages as there are, 32 a call, and each call meets a whole THP.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void freeCmaMakesEveryRemoteThpScanTheNode(int threads) {
    RunResult run = checked(Small.numaCma(), "linux-6.12", threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads));
    long stalls = count(run, VmCounter.ALLOCSTALL);
    assertThat(count(run, VmCounter.COMPACT_STALL)).isEqualTo(2 * stalls);
    assertThat(count(run, VmCounter.COMPACT_FAIL)).isEqualTo(2 * stalls);
    long lastScan = local(run) * THP / BUDGET * THP;
    assertThat(count(run, VmCounter.PGSCAN_DIRECT)).isBetween(stalls * lastScan, stalls * 2 * lastScan);
    assertThat(count(run, VmCounter.PGSTEAL_DIRECT)).isZero();
    // Nothing else takes long: the rest of the start is what it takes where no allocation stalls.
    long elsewhere = startNanos(run) - count(run, VmCounter.ALLOCSTALL_NANOS) - count(run, VmCounter.COMPACT_STALL_NANOS);
    assertThat(elsewhere).isCloseTo(startNanos(checked(Small.numaCma(), "linux-2026", HostFactory.sequential())), withinPercentage(5));
  }

  @Test
  void withoutFreeCmaCountedItGoesToTheNextNodeAtOnce() {
    RunResult run = checked(Small.numaCma(), "linux-2026", HostFactory.sequential());
    assertThat(count(run, VmCounter.ALLOCSTALL)).isZero();
    assertThat(count(run, VmCounter.COMPACT_STALL)).isZero();
    assertThat(count(run, VmCounter.PGSCAN_DIRECT)).isZero();
  }

  /** Without swap anonymous memory is not scanned: compaction and reclaim are still tried in vain, and cost little. */
  @Test
  void withoutSwapThereIsNothingToScan() {
    RunResult run = checked(Small.numaCma("swap.kind=none"), "linux-6.12", HostFactory.sequential());
    RunResult swaps = checked(Small.numaCma(), "linux-6.12", HostFactory.sequential());
    assertThat(local(run)).isEqualTo(local(swaps));
    assertThat(count(run, VmCounter.PGSCAN_DIRECT)).isZero();
    assertThat(startNanos(run)).isLessThan(startNanos(swaps) / 5);
  }
}
