package pinfold.experiment.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** z = 1.959964 for 95 %, z² = 3.841459. */
class ShareTest {
  @Test
  void threeOfThreeLeavesRoomDownToFortyFourPercent() {
    // All succeed: low = n / (n + z²) = 3 / 6.841459
    Share share = Share.of(3, 3);
    assertThat(share.low()).isCloseTo(0.438503, within(1e-6));
    assertThat(share.high()).isCloseTo(1, within(1e-12));
    assertThat(share).hasToString("3 of 3 [0.44, 1.00]");
  }

  @Test
  void noneOfTenLeavesRoomUpToTwentyEightPercent() {
    // None succeed: high = z² / (n + z²) = 3.841459 / 13.841459
    Share share = Share.of(0, 10);
    assertThat(share.low()).isCloseTo(0, within(1e-12));
    assertThat(share.high()).isCloseTo(0.277533, within(1e-6));
    assertThat(share.value()).isZero();
  }

  @Test
  void halfIsSymmetric() {
    // centre (0.5 + z²/20) / (1 + z²/10) = 0.5
    // half width z / (1 + z²/10) · √(0.25/10 + z²/400) = 1.959964 / 1.3841459 · √0.03460365 = 0.263407
    Share share = Share.of(5, 10);
    assertThat(share.low()).isCloseTo(0.236593, within(1e-6));
    assertThat(share.high()).isCloseTo(0.763407, within(1e-6));
  }

  @Test
  void withoutTrialsNothingIsKnown() {
    assertThat(Share.of(0, 0)).isEqualTo(new Share(0, 0, 0, 1));
    assertThat(Share.of(0, 0).value()).isNaN();
  }

  @Test
  void moreSuccessesThanTrialsIsRefused() {
    assertThatThrownBy(() -> Share.of(4, 3)).hasMessage("4 successes of 3 trials");
  }
}
