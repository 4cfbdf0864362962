package pinfold.cluster.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pinfold.cluster.front.Metrics.Sample;

class MetricsTest {
  @Test
  void whatIsWrittenIsRead() {
    Sample sample = new Sample("a_total", Metrics.labels("run", "a \"b\" \\ c,}\nd", "part", "0"), 0.25);
    assertThat(sample.line()).isEqualTo("a_total{run=\"a \\\"b\\\" \\\\ c,}\\nd\",part=\"0\"} 0.25");
    assertThat(Metrics.read("# HELP a_total x\n" + sample.line() + "\n").all("a_total")).containsExactly(sample);
  }

  @Test
  void wholeNumbersAreWrittenWhole() {
    assertThat(new Sample("a", Metrics.labels(), 123_456_789_012.0).line()).isEqualTo("a 123456789012");
    assertThat(new Sample("a", Metrics.labels(), 1e300).line()).isEqualTo("a 1.0E300");
  }

  @Test
  void samplesAreFoundByTheirLabels() {
    Metrics metrics = Metrics.read("a{x=\"1\",y=\"1\"} 11\na{x=\"1\",y=\"2\"} 12\nb 3\na{x=\"2\",y=\"2\"} 22\n");
    assertThat(metrics.all("a", "y", "2").mapToDouble(Sample::value)).containsExactly(12.0, 22.0);
    assertThat(metrics.value("a", "x", "2")).hasValue(22);
    assertThat(metrics.value("b")).hasValue(3);
    assertThat(metrics.value("c")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "a{x=1} 2", "a{x=\"1\" 2", "a{x=\"1\"y=\"2\"} 2", "a", "a b"})
  void whatIsNoMetricIsRefused(String line) {
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Metrics.read(line));
  }
}
