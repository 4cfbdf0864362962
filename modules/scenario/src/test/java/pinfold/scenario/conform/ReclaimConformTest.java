package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.engine.SequentialHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.recorded.RecordedReclaim;
import pinfold.scenario.recorded.RecordedReclaim.Case;
import pinfold.scenario.recorded.RecordedTrace;
import pinfold.scenario.recorded.Recordings;

class ReclaimConformTest {
  private static final Path CONFIG = Recordings.directory().getParent().getParent();
  private static final Map<String, String> BUILDS =
      Map.of("A", "linux-6.12-before-33dfe", "B", "linux-6.12.43", "C1", "linux-6.12.57", "C2", "linux-6.12.117");

  static Stream<Case> cases() throws IOException {
    Path file = Recordings.directory().resolve("reclaim.csv");
    return RecordedReclaim.parse(file.toString(), Files.readString(file)).cases().stream();
  }

  /** With every invariant verified in every window. */
  @ParameterizedTest
  @MethodSource("cases")
  void everyCaseIsWithinWhatWasRecorded(Case recorded) {
    CheckLevel checks = recorded.pages() <= 256 ? CheckLevel.FULL : CheckLevel.OFF;

    assertThat(new ReclaimConform(SequentialHost::new, checks).check(recorded, variant(BUILDS.get(recorded.build()))).differences())
        .as(recorded.text()).isEmpty();
  }

  @Test
  void everyRoundOfTheRecordedTraceAgrees() throws IOException {
    RecordedTrace trace = RecordedTrace.read(Recordings.directory().resolve("trace-A-reclaim.txt"));

    TraceConform.Verdict verdict = new TraceConform(variant(BUILDS.get("A")), SequentialHost::new).check(trace);

    assertThat(verdict.differences()).isEmpty();
    assertThat(verdict.agree()).isEqualTo(98);
    assertThat(verdict.agrees()).isTrue();
  }

  private static KernelVariant variant(String name) {
    return KernelVariants.of(VariantFile.load(name, List.of(CONFIG)));
  }
}
