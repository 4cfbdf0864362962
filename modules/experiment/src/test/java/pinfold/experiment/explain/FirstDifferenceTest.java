package pinfold.experiment.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.experiment.compare.HostFactory;
import pinfold.experiment.compare.ScenarioRun;
import pinfold.experiment.compare.Small;
import pinfold.experiment.explain.FirstDifference.Answer;
import pinfold.kernel.trace.TraceRecord;
import pinfold.kernel.trace.TraceRequest;
import pinfold.scenario.ScenarioConfig;
import pinfold.scenario.ScenarioFile;
import pinfold.scenario.trace.FtraceWriter;

/** On repeated-access with some hundred accesses, against whole traces of both runs that are compared line by line. */
class FirstDifferenceTest {
  private static final ScenarioConfig SCENARIO = ScenarioFile.load("scenarios/repeated-access.conf",
      List.of(Path.of("..", "..", "config")), List.of("background.0.max-ops=500"));

  private static Answer between(String left, String right, HostFactory hosts) {
    return new FirstDifference(SCENARIO, 1, hosts).between(Small.variant(left), Small.variant(right), 5, 7, (now, windows) -> true);
  }

  /** A record, and its line, which rounds its time. */
  private record Line(TraceRecord record, String text) {}

  private static List<Line> wholeTrace(String variant) {
    List<Line> lines = new ArrayList<>();
    TraceRequest request = FirstDifference.request();
    new ScenarioRun(SCENARIO, Small.variant(variant), 1, HostFactory.sequential()).run((now, windows) -> true, request, machine -> {
      assertThat(machine.tracing().kept()).isEqualTo(machine.tracing().written());
      machine.tracing().forEach(record -> lines.add(new Line(record, new FtraceWriter(machine).line(record))));
    });
    return lines;
  }

  private static List<String> texts(List<Line> lines, int from, int to) {
    return lines.subList(from, to).stream().map(Line::text).toList();
  }

  @Test
  void theDifferenceIsWhereWholeTracesDifferFirst() {
    List<Line> left = wholeTrace("linux-6.10");
    List<Line> right = wholeTrace("linux-6.11");
    int at = 0;
    while (left.get(at).record().equals(right.get(at).record())) {
      at++;
    }
    assertThat(at).isGreaterThan(5);

    Answer answer = between("linux-6.10", "linux-6.11", HostFactory.sequential());

    assertThat(answer.same()).isFalse();
    assertThat(answer.common()).isEqualTo(texts(left, at - 5, at));
    assertThat(answer.sides().get(0).lines()).isNotEmpty().isEqualTo(texts(left, at, at + answer.sides().get(0).lines().size()));
    assertThat(answer.sides().get(1).lines()).isNotEmpty().isEqualTo(texts(right, at, at + answer.sides().get(1).lines().size()));
    assertThat(between("linux-6.10", "linux-6.11", HostFactory.actors(2))).isEqualTo(answer);
  }

  @Test
  void aVariantIsTheSameAsItself() {
    Answer answer = between("linux-6.12", "linux-6.12", HostFactory.sequential());
    assertThat(answer.same()).isTrue();
    assertThat(answer.digests().getFirst()).isEqualTo(new ScenarioRun(SCENARIO, Small.variant("linux-6.12"), 1, HostFactory.sequential())
        .run((now, windows) -> true).digestText());
  }
}
