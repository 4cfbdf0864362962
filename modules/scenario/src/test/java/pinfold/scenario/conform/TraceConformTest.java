package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.engine.SequentialHost;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.conform.TraceConform.Verdict;
import pinfold.scenario.recorded.RecordedTrace;
import pinfold.scenario.recorded.Recordings;

class TraceConformTest {
  private static final String A = "linux-6.12-before-33dfe";
  private static final String B = "linux-6.12.43";

  @ParameterizedTest
  @CsvSource({"A-activate-batch, linux-6.12-before-33dfe, 63, 0", "B-activate-batch, linux-6.12.43, 89, 6",
      "C1-needless-drain, linux-6.12.57, 64, 6"})
  void everyLineOfTheScenarioAgrees(String trace, String variant, int lines, int recordersFolios) throws IOException {
    Verdict verdict = check(variant, trace, text -> text);

    assertThat(verdict.differences()).isEmpty();
    assertThat(verdict.agrees()).isTrue();
    assertThat(verdict.lines()).isEqualTo(lines);
    assertThat(verdict.leftOut()).isEqualTo(recordersFolios == 0 ? Map.of(TraceConform.RECORDER, 2)
        : Map.of(TraceConform.RECORDER, 2, TraceConform.RECORDERS_FOLIOS, recordersFolios));
    assertThat(verdict.agree()).isEqualTo(lines - 2 - recordersFolios);
  }

  @Test
  void anotherVariantDiffersWhereItDrains() throws IOException {
    Verdict verdict = check("linux-6.12.57", "B-activate-batch", text -> text);

    assertThat(verdict.agrees()).isFalse();
    assertThat(verdict.differences().stream().filter(line -> !line.startsWith("  "))).containsExactly(
        "+ [000] task    ..... k_lru_add_drain: (lru_add_drain)",
        "+ [000] task    ..... k_lru_add_drain_cpu: (lru_add_drain_cpu)");
  }

  @Test
  void aMissingLineIsSeen() throws IOException {
    Verdict verdict = check(A, "A-activate-batch", text -> text.replaceFirst("(?m)^.*\\[000].*k_folio_mark_accessed.*\n", ""));

    assertThat(verdict.differences()).anyMatch(line -> line.startsWith("+ ") && line.contains("k_folio_mark_accessed"));
    assertThat(verdict.agrees()).isFalse();
  }

  @Test
  void anotherOrderOfFoliosIsSeen() throws IOException {
    Verdict verdict = check(B, "B-activate-batch", text -> swap(text, "mm_lru_activate: folio=00000000ad1a33e3 pfn=0x7ffd1",
        "mm_lru_activate: folio=000000008cf21442 pfn=0x7ffd0"));

    assertThat(verdict.agrees()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"ref=1026, ref=1025", "flags=0x800000000002082c, flags=0x800000000002080c", "flags=Ma bd , flags= a bd ",
      "nr_failed=8, nr_failed=7",
      "reason=longterm_pin, reason=demotion", "[001] d...., [001] ....."})
  void anotherValueOfAFieldIsSeen(String recorded, String other) throws IOException {
    Verdict verdict = check(A, "A-activate-batch", text -> text.replace(recorded, other));

    assertThat(verdict.agrees()).isFalse();
    assertThat(verdict.agree()).isLessThan(61);
  }

  @Test
  void foliosOfTheScenarioAreNotTakenForThoseOfTheRecorder() throws IOException {
    Verdict verdict = check(B, "B-activate-batch", text ->
        text.replace("kworker/3:1-46      [003]", "kworker/1:1-48      [001]"));

    assertThat(verdict.leftOut()).containsOnlyKeys(TraceConform.RECORDER);
    assertThat(verdict.agrees()).isFalse();
  }

  @Test
  void anotherResultOfThePinIsSeen() throws IOException {
    Verdict verdict = check(A, "A-activate-batch", text -> text.replaceFirst("rc=-12", "rc=0"));

    assertThat(verdict.differences()).isEmpty();
    assertThat(verdict.agrees()).isFalse();
  }

  private static String swap(String text, String one, String other) {
    return text.replace(one, "\0").replace(other, one).replace("\0", other);
  }

  private static Verdict check(String variant, String trace, UnaryOperator<String> change) throws IOException {
    String name = "trace-" + trace + ".txt";
    String text = Files.readString(Recordings.directory().resolve(name));
    List<java.nio.file.Path> config = List.of(Recordings.directory().getParent().getParent());
    return new TraceConform(KernelVariants.of(VariantFile.load(variant, config)), SequentialHost::new)
        .check(RecordedTrace.parse(name, change.apply(text)));
  }
}
