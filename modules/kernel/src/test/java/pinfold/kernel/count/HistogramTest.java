package pinfold.kernel.count;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void everyValueBelowThirtyTwoHasItsBucket() {
    Histogram histogram = new Histogram();
    for (int value = 0; value < 32; value++) {
      histogram.record(value);
    }
    for (int bucket = 0; bucket < 32; bucket++) {
      assertThat(Histogram.from(bucket)).isEqualTo(bucket);
      assertThat(histogram.inBucket(bucket)).isEqualTo(1);
    }
  }

  @Test
  void aboveThatAPowerOfTwoIsCutInSixteen() {
    // From 32 by twos, from 64 by fours, ..., from 1024 = 2^10 by 64.
    assertThat(Histogram.from(32)).isEqualTo(32);
    assertThat(Histogram.from(33)).isEqualTo(34);
    assertThat(Histogram.from(48)).isEqualTo(64);
    assertThat(Histogram.from(16 * 7)).isEqualTo(1024);
    assertThat(Histogram.from(16 * 7 + 1)).isEqualTo(1088);
  }

  @Test
  void quantilesAreAtMostASixteenthTooHigh() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      Histogram histogram = new Histogram();
      long[] values = new long[1 + random.nextInt(2000)];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextLong(1L << random.nextInt(1, 63));
        histogram.record(values[i]);
      }
      Arrays.sort(values);
      for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
        long exact = values[(int) Math.max(1, Math.ceil(share * values.length)) - 1];
        assertThat(histogram.quantile(share)).as("seed %d, share %s", seed, share).isGreaterThanOrEqualTo(exact)
            .isLessThanOrEqualTo(exact + exact / 16);
      }
      assertThat(histogram.max()).isEqualTo(values[values.length - 1]);
      assertThat(histogram.count()).isEqualTo(values.length);
    }
  }

  @Test
  void addingIsAsIfOneHadCountedAll() {
    Histogram all = new Histogram();
    Histogram one = new Histogram();
    Histogram two = new Histogram();
    for (long value : new long[] {3, 70, 1_000_000}) {
      one.record(value);
      all.record(value);
    }
    for (long value : new long[] {3, 5_000_000_000L}) {
      two.record(value);
      all.record(value);
    }
    one.addAll(two);
    assertThat(one).usingRecursiveComparison().isEqualTo(all);
    assertThat(one.mean()).isEqualTo((3 + 70 + 1_000_000 + 3 + 5_000_000_000L) / 5.0);
  }

  @Test
  void ofNothingEverythingIsZero() {
    Histogram none = new Histogram();
    assertThat(none.quantile(0.5)).isZero();
    assertThat(none.mean()).isZero();
    assertThat(none.max()).isZero();
  }
}
