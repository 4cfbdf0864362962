package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.kernel.Observer.PinCall;
import pinfold.kernel.variant.KernelVariant;

class BusyMachineTest {
  static Stream<KernelVariant> variants() {
    return Stream.of(BusyMachine.A, BusyMachine.B, BusyMachine.C2);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void nothingIsViolatedAfterAnyWindow(KernelVariant variant) {
    BusyMachine busy = new BusyMachine(variant, 1, CheckLevel.FULL);
    busy.host.runUntil(600_000);
    assertThat(busy.machine.observer().pinCalls()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void nothingIsViolatedInTheLongRun(KernelVariant variant) {
    for (long seed = 1; seed <= 2; seed++) {
      BusyMachine busy = new BusyMachine(variant, seed, CheckLevel.TOUCHED);
      busy.host.runUntil(40_000_000);
      busy.checks.finish(busy.host.nowNanos());
      assertThat(busy.machine.observer().taskEnds()).as("VMs that started or failed, seed %d", seed).hasSize(3);
    }
  }

  @Test
  void checksChangeNothing() {
    BusyMachine unchecked = new BusyMachine(BusyMachine.A, 7, CheckLevel.OFF);
    BusyMachine checked = new BusyMachine(BusyMachine.A, 7, CheckLevel.FULL);
    unchecked.host.runUntil(500_000);
    checked.host.runUntil(500_000);
    assertThat(checked.machine.digest()).isEqualTo(unchecked.machine.digest());
    assertThat(checked.host.windows()).isEqualTo(unchecked.host.windows());
  }

  @Test
  void checksOfWhatWasTouchedChangeNothingAndSeeWhatIsWrong() {
    BusyMachine unchecked = new BusyMachine(BusyMachine.B, 7, CheckLevel.OFF);
    BusyMachine checked = new BusyMachine(BusyMachine.B, 7, CheckLevel.TOUCHED);
    unchecked.host.runUntil(3_000_000);
    checked.host.runUntil(3_000_000);
    assertThat(checked.machine.digest()).isEqualTo(unchecked.machine.digest());
    checked.checks.finish(checked.host.nowNanos());
    checked.machine.node(0).folios().addPins(checked.machine.node(0).listHead(0, 0), 1);
    assertThatThrownBy(() -> {
      checked.host.runUntil(9_000_000);
      checked.checks.finish(checked.host.nowNanos());
    }).isInstanceOf(InvariantViolation.class);
  }

  @Test
  void everyDecisionOfTheDrainRuleIsRecomputed() {
    for (KernelVariant variant : List.of(BusyMachine.A, BusyMachine.B, BusyMachine.C2)) {
      BusyMachine busy = new BusyMachine(variant, 3, CheckLevel.TOUCHED);
      busy.host.runUntil(40_000_000);
      busy.checks.finish(busy.host.nowNanos());
      long unpinnable = busy.machine.observer().pinCalls().stream().mapToLong(PinCall::unpinnable).sum();
      assertThat(busy.checks.drainDecisions()).as(variant.name()).isGreaterThanOrEqualTo(unpinnable).isPositive();
    }
  }
}
