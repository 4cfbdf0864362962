package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.Observer.Livelock;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.machine.PfnRange;
import pinfold.scenario.ScenarioConfig;

/** S10 at a size for tests, with every invariant checked: the VM hangs with one list of free THPs per CPU and starts with two. */
class ThpPcpTest {
  private static final ScenarioConfig SCENARIO = Small.thpPcp();
  /** CMA lies at the end of the one zone. */
  private static final PfnRange CMA = SCENARIO.machine().zones().getFirst().cmaAreas().getFirst();

  /** linux-6.10 and one-thp-list differ in nothing but the number of lists. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void oneListHangsAndTwoDoNot(int threads) {
    HostFactory hosts = threads == 0 ? HostFactory.sequential() : HostFactory.actors(threads);
    VmResult hangs = Small.checked(SCENARIO, "one-thp-list", hosts).vms().getFirst();
    assertThat(hangs.livelocked()).isTrue();
    assertThat(hangs.started()).isFalse();
    RunResult two = Small.checked(SCENARIO, "linux-6.10", hosts);
    assertThat(two.vms().getFirst().started()).isTrue();
    // A THP that has to move moves once: two rounds for a call of 512 pages that finds one, or one round.
    assertThat(two.pinCalls()).allSatisfy(call -> assertThat(call.migrated()).isEqualTo((call.rounds() - 1) * 512));
    assertThat(two.pinCalls()).anyMatch(call -> call.rounds() == 2).noneMatch(call -> call.rounds() > 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-6.1", "linux-6.8"})
  void kernelsOfThatTimeHang(String variant) {
    assertThat(Small.checked(SCENARIO, variant, HostFactory.sequential()).vms().getFirst().livelocked()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-6.12", "linux-6.18", "linux-2026"})
  void laterOnesDoNot(String variant) {
    assertThat(Small.checked(SCENARIO, variant, HostFactory.sequential()).vms().getFirst().started()).isTrue();
  }

  @Test
  void theReportSaysWhatWentRoundAndWhere() {
    RunResult run = Small.checked(SCENARIO, "one-thp-list", HostFactory.sequential());
    PinCall call = run.vms().getFirst().failure().orElseThrow();
    Livelock livelock = call.livelock();
    // It goes on until 1,000 rounds have found what the one before them had; all moved the same 2 MiB, as each call pins one THP.
    assertThat(livelock.sameRounds()).isEqualTo(1000);
    assertThat(call.rounds()).isEqualTo(1001);
    assertThat(call.migrated()).isEqualTo(1001 * 512);
    assertThat(livelock.movedPages()).isEqualTo(512);
    assertThat(livelock.inCma()).isTrue();
    assertThat(List.of(livelock.fromPfn(), livelock.toPfn())).allMatch(CMA::contains).doesNotHaveDuplicates();
    Comparison comparison = new Comparison(SCENARIO, List.of(Small.variant("one-thp-list")), List.of(run), List.of());
    assertThat(comparison.stories()).singleElement().asString()
        .contains("livelock: task %d of CPU 0 (VM guest) has gone round 1001 times in __gup_longterm_locked()".formatted(livelock.task()))
        .contains("The same 512 pages moved in each of the last 1000 rounds, each time from CMA to CMA")
        .contains("one list of free THPs");
    assertThat(comparison.table().markdown()).contains("livelock").contains("0 of 1");
  }
}
