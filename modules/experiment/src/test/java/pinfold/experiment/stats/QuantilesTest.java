package pinfold.experiment.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QuantilesTest {
  @Test
  void medianOfAnEvenSampleIsHalfWay() {
    assertThat(Quantiles.of(10, 40, 20, 30).median()).isEqualTo(25);
  }

  @Test
  void ninetiethPercentileIsInterpolated() {
    // position (5 − 1) · 0.9 = 3.6: 40 + 0.6 · (50 − 40)
    assertThat(Quantiles.of(50, 10, 30, 20, 40).at(0.9)).isEqualTo(46);
  }

  @Test
  void orderOfArrivalChangesNothing() {
    assertThat(Quantiles.of(3, 1, 2, 9).at(0.37)).isEqualTo(Quantiles.of(9, 2, 3, 1).at(0.37));
  }

  @Test
  void askingTwiceGivesTheSame() {
    Quantiles quantiles = Quantiles.of(5, 4, 3, 2, 1);
    assertThat(quantiles.max()).isEqualTo(5);
    assertThat(quantiles.min()).isEqualTo(1);
    assertThat(quantiles.max()).isEqualTo(5);
  }

  @Test
  void anEmptySampleHasNoMedian() {
    assertThat(Quantiles.of().median()).isNaN();
  }

  @Test
  void aValueThatWouldBeRoundedIsRefused() {
    assertThatThrownBy(() -> Quantiles.of((1L << 53) + 1)).hasMessageContaining("rounded");
  }
}
