package pinfold.experiment.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  /** Of a mean, theory says what the interval is: 1.96 standard errors to each side. */
  @Test
  void theIntervalOfAMeanIsThatOfTheory() {
    Random random = new Random(1);
    double[] values = random.doubles(400).map(uniform -> 10 + 6 * uniform).toArray();
    Interval found = Bootstrap.mean(values);
    double error = 6 / Math.sqrt(12) / Math.sqrt(400);
    assertThat(found.value()).isCloseTo(Arrays.stream(values).average().orElseThrow(), within(1e-9));
    assertThat(found.halfWidth()).isCloseTo(1.96 * error, within(0.15 * error));
  }

  /** Of a median the number of values below it is binomial, so the interval's ends lie some sqrt(n) ranks away. */
  @Test
  void theIntervalOfAMedianCoversTheRanksOfTheory() {
    double[] values = new double[401];
    Arrays.setAll(values, i -> i);
    Interval found = Bootstrap.quantile(values, 0.5);
    assertThat(found.value()).isEqualTo(200);
    assertThat(found.low()).isBetween(200 - 1.96 * 10 - 4, 200 - 1.96 * 10 + 4);
    assertThat(found.high()).isBetween(200 + 1.96 * 10 - 4, 200 + 1.96 * 10 + 4);
  }

  @Test
  void theOrderOfTheValuesChangesNothingAndNoNumbersAreLeftOut() {
    double[] values = {5, 1, Double.NaN, 9, 2, 7};
    assertThat(Bootstrap.quantile(values, 0.9)).isEqualTo(Bootstrap.quantile(new double[] {9, 7, 5, 2, 1}, 0.9));
    assertThat(Bootstrap.quantile(values, 0.9).value()).isEqualTo(Quantiles.of(5, 1, 9, 2, 7).at(0.9));
    assertThat(Bootstrap.quantile(new double[] {Double.NaN}, 0.5)).isEqualTo(Interval.NONE);
    assertThat(Bootstrap.quantile(new double[] {3, 3}, 0.5)).isEqualTo(new Interval(3, 3, 3));
  }

  @Test
  void pairsAreComparedOneByOne() {
    PairedDifference found = PairedDifference.of(new double[] {1, 5, 5, Double.NaN, 2}, new double[] {0, 5, 3, 4, 9}, false);
    assertThat(found).returns(4, PairedDifference::pairs).returns(2, PairedDifference::lower).returns(1, PairedDifference::equal)
        .returns(1, PairedDifference::higher);
    assertThat(found.difference().value()).isEqualTo(-0.5);
    assertThat(found.sentence("fewer", "more")).isEqualTo("fewer in 2 of 4 pairs, more in 1");
    assertThat(PairedDifference.of(new double[] {3, 4}, new double[] {1, 2}, false).sentence("fewer", "more")).isEqualTo("fewer in every pair");
    assertThat(PairedDifference.of(new double[] {3, 4}, new double[] {3, 5}, false).sentence("fewer", "more"))
        .isEqualTo("more in 1 of 2 pairs, the same in the others");
    assertThat(PairedDifference.of(new double[] {3}, new double[] {3}, false).sentence("fewer", "more")).isEqualTo("the same in every pair");
  }
}
