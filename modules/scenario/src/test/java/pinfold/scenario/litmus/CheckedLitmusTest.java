package pinfold.scenario.litmus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.kernel.check.CheckLevel;

/** The shipped tests with every invariant verified: after every window where there are few pages, else now and then. */
class CheckedLitmusTest {
  private static final int FEW_PAGES = 64;

  @ParameterizedTest
  @MethodSource("pinfold.scenario.litmus.ShippedLitmusTest#files")
  void nothingIsViolated(String name) {
    Litmus litmus = ShippedLitmus.named(name);
    int pages = litmus.pages().stream().mapToInt(NamedPages::count).sum();
    CheckLevel level = pages <= FEW_PAGES ? CheckLevel.FULL : CheckLevel.TOUCHED;
    for (String variant : litmus.variants()) {
      Outcome outcome = LitmusRun.run(litmus, ShippedLitmus.variant(variant), RunOptions.SEQUENTIAL.checking(level));
      assertThat(outcome.passed()).as(outcome.text()).isTrue();
    }
  }
}
