package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.count.VmCounter;
import pinfold.scenario.ScenarioConfig;

/** S6, page-fault2: what was published (LKP, 15 March 2024), at full width for as short a time as tells. */
class PageFaultTest {
  private static final ScenarioConfig SHIPPED = Small.pageFaults();

  private static double share(RunResult run, VmCounter waits) {
    return run.series().perSecond(waits, SHIPPED.measureFromNanos()) / 1e9 / SHIPPED.machine().cpuCount();
  }

  /** Throughputs were fitted; how the spinning divides into adding and releasing was not. */
  @ParameterizedTest
  @CsvSource({"linux-6.8, 8839851, 66.59, 44.84, 21.6", "linux-6.9-rc1, 8423518, 65.49, 32.26, 33.14"})
  void thePublishedRowsComeOut(String variant, double faults, double spins, double toAdd, double toRelease) {
    RunResult run = Small.run(SHIPPED, variant, 1, HostFactory.sequential());
    assertThat(run.series().perSecond(VmCounter.PGFREE, SHIPPED.measureFromNanos())).isCloseTo(faults, within(0.02 * faults));
    assertThat(100 * share(run, VmCounter.LRU_LOCK_WAIT_NANOS)).isCloseTo(spins, within(0.1 * spins));
    assertThat(100 * share(run, VmCounter.LRU_ADD_LOCK_WAIT_NANOS)).isCloseTo(toAdd, within(0.1 * toAdd));
    assertThat(100 * share(run, VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS)).isCloseTo(toRelease, within(0.1 * toRelease));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void nothingIsViolatedWhileManyWaitForTheLock(int threads) {
    ScenarioConfig narrow = Small.pageFaults("machine.cpus-per-node=26", "background.page-fault2.cpus=0-51", "duration-limit-ms=7",
        "measure-from-ms=0");
    HostFactory hosts = threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads);
    RunResult run = new ScenarioRun(narrow, Small.variant("linux-6.8"), 1, hosts, CheckLevel.TOUCHED).run((now, windows) -> true);
    assertThat(run.findings()).isEmpty();
    assertThat(run.counters().get(VmCounter.LRU_RELEASE_LOCK_WAIT_NANOS)).isPositive();
  }

  @Test
  void tasksBeginApart() {
    ScenarioConfig together = Small.pageFaults("background.page-fault2.start-within-ms=0", "duration-limit-ms=2", "measure-from-ms=0");
    ScenarioConfig apart = Small.pageFaults("background.page-fault2.start-within-ms=1000", "duration-limit-ms=2", "measure-from-ms=0");
    assertThat(faults(together)).isEqualTo(104 * 510);
    assertThat(faults(apart)).as("two of a thousand ms have passed").isLessThan(10 * 510);
  }

  private static long faults(ScenarioConfig scenario) {
    return Small.run(scenario, "linux-6.8", 1, HostFactory.sequential()).counters().get(VmCounter.PGFAULT);
  }

  @Test
  void theTableSaysHowFastItWent() {
    ScenarioConfig brief = Small.pageFaults("duration-limit-ms=9", "measure-from-ms=2");
    RunResult run = Small.run(brief, "linux-6.8", 1, HostFactory.sequential());
    Comparison comparison = new Comparison(brief, List.of(Small.variant("linux-6.8")), List.of(run), List.of());
    // A row after each ms, so the second is that of 2 ms and the last that of 9.
    double share = (lastLess(run, "lru_lock_wait_nanos", 1)) / 7e6 / 104;
    double faults = lastLess(run, "pgfault", 1) / 7e-3;
    assertThat(comparison.table().render(200)).contains("linux-6.8", "+0.0", "%.3f ".formatted(faults / 1e6),
        "%.2f ".formatted(100 * share));
  }

  private static double lastLess(RunResult run, String counter, int row) {
    int column = Series.header().indexOf(counter);
    return run.series().rows().getLast().get(column) - run.series().rows().get(row).get(column);
  }
}
