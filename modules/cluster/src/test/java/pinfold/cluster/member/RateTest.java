package pinfold.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void itIsThatOfTheLastTenSeconds() {
    Rate rate = new Rate();
    assertThat(rate.perSecond()).isZero();
    for (int second = 0; second <= 30; second++) {
      rate.at(second * SECOND, second <= 20 ? 1_000 * second : 20_000 + 10 * (second - 20));
    }
    assertThat(rate.perSecond()).isEqualTo(10); // 1,000 per second until 20 s, then 10.
    rate.clear();
    assertThat(rate.perSecond()).isZero();
  }
}
