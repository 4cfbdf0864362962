package pinfold.scenario.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.scenario.recorded.RecordedScript.Format;
import pinfold.scenario.recorded.RecordedScript.Mapping;

class RecordedScriptFileTest {

  private static final String TAIL = " pre=11 preref=00 post=22 postref=00 rc=0 drain_all=0 lru_add_drain=0 mig_ok=2 mig_fail=0"
      + " act=0 deact=0 culled=0 rescued=0 pinned=4 unpinned=2";

  @Test
  void everyRecordedLinePrintsBackUnchanged() throws IOException {
    for (String kind : List.of("scripts", "wide")) {
      for (String variant : List.of("A", "B", "C1", "C2")) {
        List<String> lines = Files.readAllLines(Recordings.directory().resolve(kind + "-" + variant + ".txt"));
        assertThat(Recordings.scripts(kind, variant).scripts().stream().map(RecordedScript::toLine))
            .containsExactlyElementsOf(lines.subList(1, lines.size()));
      }
    }
  }

  @Test
  void aLineBecomesItsParts() {
    RecordedScript script = parse("R RND2 seed=18446744073709551615 n=2 mov=2 ops=S,N0:0+2,F1:1+1,E2:30,G3:0+2=-12,DA,D2" + TAIL);
    assertThat(script.raced()).isTrue();
    assertThat(script.format()).isEqualTo(Format.WIDE);
    assertThat(script.seed()).isEqualTo(-1L);
    assertThat(script.mapping()).isEqualTo(Mapping.SHARED_MEMFD);
    assertThat(script.ops()).containsExactly(new Op.MlockOnFault(0, new PageRange(0, 2)), new Op.Fault(1, new PageRange(1, 1)),
        new Op.FaultElsewhere(2, 30), new Op.Pin(3, new PageRange(0, 2), -12), new Op.DrainAll(), new Op.DrainCpu(2));
    assertThat(script.expected().firstEntry()).hasToString("mov=2");
    assertThat(script.expected().lastEntry()).hasToString("unpinned=2");
  }

  @Test
  void commentsAndEmptyLinesAreSkipped() {
    assertThat(RecordedScriptFile.parse("x", "# a\n\n  RND2 seed=1 n=2 mov=2 ops=A,F0:0+2" + TAIL + "\n").scripts()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "RNX seed=1 n=2 mov=2 ops=A,F0:0+2 | 1 | expected RND (scripts-*.txt) or RND2 (wide-*.txt)",
      "RND2 seed=x n=2 mov=2 ops=A,F0:0+2 | 11 | unsigned 64-bit",
      "RND2 seed=1 n=0 mov=2 ops=A,F0:0+2 | 15 | the number of pages, 1 or more",
      "RND2 seed=1 n=2 mov=2 ops=F0:0+2 | 27 | expected A (private anonymous) or S (shared memfd)",
      "RND2 seed=1 n=2 mov=2 ops=A,Q0:0+2 | 29 | found the operation \"Q0:0+2\", expected one that begins with F, T, L",
      "RND2 seed=1 n=2 mov=2 ops=A,T4:0+2 | 30 | found \"4\", expected a CPU, 0 to 3, after T",
      "RND2 seed=1 n=2 mov=2 ops=A,T1:2+1 | 32 | found \"2\", expected the first page, 0 to 1 (n=2)",
      "RND2 seed=1 n=2 mov=2 ops=A,T1:1+2 | 34 | a number of pages from 1 to 1 (n=2, first page 1)",
      "RND2 seed=1 n=2 mov=2 ops=A,T1:1 | 32 | expected pages as first+count",
      "RND2 seed=1 n=2 mov=2 ops=A,T1 | 29 | expected pages after the CPU, as in T1:0+1",
      "RND2 seed=1 n=2 mov=2 ops=A,D1:0+1 | 29 | expected D1 without pages",
      "RND2 seed=1 n=2 mov=2 ops=A,G1:0+1 | 29 | expected the result of the pin too, as in G1:0+1=0",
      "RND2 seed=1 n=2 mov=2 ops=A,G1:0+1=5 | 36 | 0 or -errno",
      "RND2 seed=1 n=2 mov=2 mov=2 ops=A,F0:0+2 | 23 | the field mov is there twice",
      "RND2 seed=1 n=2 mov=2 oops ops=A,F0:0+2 | 23 | expected name=value",
      "RND2 seed=1 n=2 mov=two ops=A,F0:0+2 | 21 | mov is a decimal number"})
  void anErrorNamesThePlaceAndWhatWouldBeRight(String head, int column, String message) {
    assertThatThrownBy(() -> RecordedScriptFile.parse("some.txt", "# first line\n" + head.strip() + TAIL))
        .isInstanceOf(ScriptSyntaxException.class)
        .hasMessageStartingWith("some.txt:2:" + column + ": ")
        .hasMessageContaining(message.strip());
  }

  @Test
  void fieldsAreChecked() {
    assertThatThrownBy(() -> parse("RND2 seed=1 n=2 mov=2 ops=A,F0:0+2" + TAIL.replace("pre=11", "pre=111")))
        .hasMessageContaining("pre has one hexadecimal digit per page, so 2 of them, not \"111\"");
    assertThatThrownBy(() -> parse("RND2 seed=1 n=2 mov=2 ops=A,F0:0+2" + TAIL.replace(" culled=0", "")))
        .hasMessageContaining("the field culled is missing");
    assertThatThrownBy(() -> parse("RND2 seed=1 n=2")).hasMessageContaining("x:1:16: the field ops is missing");
    assertThatThrownBy(() -> parse("RND2 seed=1")).hasMessageContaining("x:1:12: the line ends here, expected n=");
  }

  private static RecordedScript parse(String line) {
    return RecordedScriptFile.parse("x", line).scripts().getFirst();
  }
}
