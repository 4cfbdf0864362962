package pinfold.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import pinfold.cli.backend.BenchBackEnd;

class BenchesTest {
  @Test
  void theCommandLineFindsTheBenchmarks() {
    assertThat(ServiceLoader.load(BenchBackEnd.class)).hasExactlyElementsOfTypes(Benches.class);
  }

  @Test
  void anAimIsMetAtItsValueAndOnTheRightSideOfIt() {
    assertThat(Aim.atLeast(5).isMetBy(5)).isTrue();
    assertThat(Aim.atLeast(5).isMetBy(4.9)).isFalse();
    assertThat(Aim.atMost(0.75).isMetBy(0.74)).isTrue();
    assertThat(Aim.atMost(0.75).isMetBy(0.76)).isFalse();
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
    assertThat(Effort.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Effort.median(new double[] {9, 1, 2})).isEqualTo(2);
  }
}
