package pinfold.scenario.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.scenario.recorded.RecordedReclaim.Case;
import pinfold.scenario.recorded.RecordedReclaim.Spread;

class RecordedReclaimTest {
  private static final String HEADER =
      "variant,lru,pages,touched_left_in_batch,rep,pgscan,pgsteal,present_after,touched_present_after\n";

  @Test
  void repeatsOfACaseAreOneSpread() {
    RecordedReclaim recorded = RecordedReclaim.parse("r.csv",
        HEADER + "A,classic,256,no,0,329,134,122,64\nB,mglru,256,yes,0,128,128,128,0\nA,classic,256,no,1,328,132,126,64\n");

    assertThat(recorded.cases()).hasSize(2);
    Case first = recorded.cases().getFirst();
    assertThat(first.text()).isEqualTo("A classic 256 pages, touched left in batch: no");
    assertThat(first.repeats()).isEqualTo(2);
    assertThat(first.line()).isEqualTo(2);
    assertThat(first.recorded()).containsEntry("pgscan", new Spread(328, 329)).containsEntry("pgsteal", new Spread(132, 134))
        .containsEntry("present_after", new Spread(122, 126)).containsEntry("touched_present_after", new Spread(64, 64));
    assertThat(first.recorded().get("pgscan")).hasToString("328..329");
    assertThat(recorded.cases().getLast().mglru()).isTrue();
  }

  @Test
  void theRecordedFileHasSixteenCases() throws IOException {
    String text = Files.readString(Recordings.directory().resolve("reclaim.csv"));

    assertThat(RecordedReclaim.is(text)).isTrue();
    assertThat(RecordedReclaim.parse("reclaim.csv", text).cases()).hasSize(16).allMatch(one -> one.repeats() == 3);
    assertThat(RecordedReclaim.is("RCL rep=0")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "A,classic,256,no,0,329,134,122         | found 8 columns, expected 9",
      "A,clasic,256,no,0,329,134,122,64       | lru is \"clasic\", expected mglru or classic",
      "A,classic,256,maybe,0,329,134,122,64   | touched_left_in_batch is \"maybe\", expected yes or no",
      "A,classic,1e3,no,0,329,134,122,64      | pages is \"1e3\", expected a number",
      "A,classic,2,no,0,329,134,122,64        | pages = 2 is not between 4 and 131072",
      "A,classic,256,no,0,many,134,122,64     | pgscan is \"many\", expected a number"})
  void whatCannotBeReadIsNamedWithItsLine(String row, String message) {
    assertThatThrownBy(() -> RecordedReclaim.parse("r.csv", HEADER + row + "\n")).isInstanceOf(ScriptSyntaxException.class)
        .hasMessageContaining("r.csv").hasMessageContaining("2").hasMessageContaining(message);
  }
}
