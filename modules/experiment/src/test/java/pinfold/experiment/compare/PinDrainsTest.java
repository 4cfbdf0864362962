package pinfold.experiment.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.folio.BatchKind;
import pinfold.scenario.ScenarioConfig;

/**
 * What a variant's rule drains, for the main job, small: call by call. The first VM is so large that its first calls get no page
 * of CMA (with less CMA than other free memory none is handed out until they are even) and its later ones do.
 */
class PinDrainsTest {
  private static final ScenarioConfig SCENARIO = Small.mainJob("machine.cma-per-node-mib=96", "vms.first.memory-mib=96");

  private static RunResult run(String variant) {
    return Small.run(SCENARIO, variant, 1, HostFactory.sequential());
  }

  private static List<PinCall> that(RunResult run, Predicate<PinCall> predicate) {
    return run.pinCalls().stream().filter(predicate).toList();
  }

  @Test
  void until610EveryVmWithPagesInCmaFailsWithEnomemAndNothingIsDrained() {
    RunResult run = Small.run(Small.mainJob(), "linux-6.10", 1, HostFactory.sequential());
    assertThat(run.vms()).hasSize(5).allSatisfy(vm -> {
      assertThat(vm.result()).isEqualTo(-Errno.ENOMEM);
      PinCall failed = vm.failure().orElseThrow();
      assertThat(failed.blamedKind()).isEqualTo(BatchKind.ACTIVATE.ordinal());
      assertThat(failed.blamedCpu()).isEqualTo(failed.cpu());
      assertThat(failed.unexpectedReferences()).isEqualTo(1);
    });
    assertThat(that(run, call -> call.allDrains() > 0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yangge-v1", "linux-6.18"})
  void v1And618DrainInExactlyTheCallsWithAnUnpinnablePage(String variant) {
    RunResult run = run(variant);
    assertThat(that(run, call -> call.allDrains() > 0)).isEqualTo(that(run, call -> call.unpinnable() > 0));
    assertThat(that(run, call -> call.unpinnable() > 0)).isNotEmpty();
    assertThat(that(run, call -> call.unpinnable() == 0)).isNotEmpty();
    assertThat(run.pinCalls()).allSatisfy(call -> assertThat(call.allDrains()).isLessThanOrEqualTo(1));
    assertThat(run.findings()).isEmpty();
    assertThat(run.vms()).allMatch(VmResult::started);
  }

  @Test
  void in612ExactlyTheCallsDrainThatHaveAnUnpinnablePageInThisCpusBatch() {
    RunResult run = run("linux-6.12");
    assertThat(that(run, call -> call.allDrains() > 0)).isEqualTo(that(run, call -> call.heldHere() > 0));
    assertThat(that(run, call -> call.heldHere() > 0)).isNotEmpty();
    assertThat(that(run, call -> call.unpinnable() > 0 && call.heldHere() == 0)).isNotEmpty();
    assertThat(run.findings()).isEmpty();
    assertThat(run.vms()).allMatch(VmResult::started);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-2026", "linux-6.12.117", "batch-owner-hint"})
  void sinceTheRepairNoCallDrainsAllCpusAndThoseThatHoldAPageDrainTheirOwn(String variant) {
    RunResult run = run(variant);
    assertThat(that(run, call -> call.allDrains() > 0)).isEmpty();
    assertThat(that(run, call -> call.localDrains() > 0)).isEqualTo(that(run, call -> call.heldHere() > 0)).isNotEmpty();
    assertThat(run.findings()).isEmpty();
    assertThat(run.vms()).allMatch(VmResult::started);
  }

  /** A check that cannot fail says nothing: one variant's calls, held against another's rule. */
  @ParameterizedTest
  @CsvSource({"linux-2026, yangge-v1, expected a drain of all CPUs", "linux-6.12, linux-6.18, expected a drain of all CPUs",
      "linux-2026, linux-6.12, expected a drain of all CPUs", "yangge-v1, linux-2026, expected a drain of this CPU"})
  void callsOfOneVariantAreFoundOutUnderAnothersRule(String ran, String checkedAs, String complaint) {
    assertThat(PinCheck.findings(Small.variant(checkedAs), SCENARIO, run(ran).pinCalls())).isNotEmpty()
        .allSatisfy(finding -> assertThat(finding).contains(complaint));
  }

  /** S16: 16 GiB in 0.280 s, so 1 GiB in 17.5 ms. What the cost model was fitted to. */
  @ParameterizedTest
  @ValueSource(strings = {"linux-6.10", "linux-2026"})
  void vfioMapsPresentSmallPagesInThePublishedTime(String variant) {
    ScenarioConfig baseline = Small.mapBaseline();
    RunResult run = Small.run(baseline, variant, 1, HostFactory.sequential());
    assertThat(run.pinCalls()).hasSize(512).allSatisfy(call -> assertThat(call.migrated()).isZero());
    double millis = (run.pinCalls().getLast().endNanos() - run.pinCalls().getFirst().startNanos()) / 1e6;
    assertThat(millis).isCloseTo(280.0 / 16, within(280.0 / 16 / 10));
  }
}
