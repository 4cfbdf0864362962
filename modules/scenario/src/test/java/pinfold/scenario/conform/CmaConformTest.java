package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.engine.SequentialHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.ConfigError;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.recorded.RecordedCmaAllocs;
import pinfold.scenario.recorded.RecordedCmaAllocs.Row;
import pinfold.scenario.recorded.Recordings;
import pinfold.scenario.recorded.ScriptSyntaxException;

/** cma_alloc() of a whole area over pages in every state of a batch, against what a real kernel did. */
class CmaConformTest {
  private static final List<Path> CONFIG = List.of(Recordings.directory().getParent().getParent());
  private static final Map<String, String> BUILDS = Map.of("A", "linux-6.12-before-33dfe", "B", "linux-6.12.43",
      "C1", "linux-6.12.57", "C2", "linux-6.12.117");

  private static final String HEADER = "scenario,variant,rep,result,present_after,in_cma_after,lru_after,active_after,"
      + "unevictable_after,pgactivate,pgdeactivate,pglazyfreed,culled,rescued";

  private static KernelVariant variant(String name) {
    return KernelVariants.of(VariantFile.load(name, CONFIG));
  }

  @Test
  void everyFieldOfEveryRecordedRowAgrees() throws IOException {
    String text = Files.readString(Recordings.directory().resolve("cma-alloc.csv"));
    RecordedCmaAllocs recorded = RecordedCmaAllocs.parse("cma-alloc.csv", text);
    assertThat(recorded.rows()).hasSize(40);
    List<String> misses = new ArrayList<>();
    for (Row row : recorded.rows()) {
      CmaConform.Verdict verdict = new CmaConform(SequentialHost::new, CheckLevel.FULL)
          .check(recorded.name(), row, variant(BUILDS.get(row.variant())));
      verdict.differences().forEach((field, values) -> misses.add(row.scenario() + " " + row.variant() + ": " + field
          + " recorded " + values[0] + ", simulated " + values[1]));
    }
    assertThat(misses).isEmpty();
  }

  /**
   * States that the file does not have, from the specification: deactivated in the drain, so 8; act_shm moves its page cache. An
   * mlocked page is culled by the drain, rescued when it moves (not mlocked yet) and culled again when it is mapped (1.9). Of the
   * pages of crosvm lru_add was flushed before: they are on the unevictable list and only move.
   */
  @ParameterizedTest
  @CsvSource({
      "add_local, ok, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0",
      "act_local, ok, 8, 0, 8, 8, 0, 8, 0, 0, 0, 0",
      "act_shm, ok, 8, 0, 8, 8, 0, 8, 0, 0, 0, 0",
      "cold_remote, ok, 8, 0, 8, 0, 0, 0, 8, 0, 0, 0",
      "mlock_remote, ok, 8, 0, 8, 0, 8, 0, 0, 0, 16, 8",
      "crosvm, ok, 8, 0, 8, 0, 8, 0, 0, 0, 8, 8",
      "populate_local, ok, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0"})
  void statesThatWereNotRecordedComeOutAsTheSpecificationSays(String scenario, String result, String present, String inCma,
      String lru, String active, String unevictable, String pgactivate, String pgdeactivate, String pglazyfreed, String culled,
      String rescued) {
    String row = String.join(",", scenario, "A", "0", result, present, inCma, lru, active, unevictable, pgactivate, pgdeactivate,
        pglazyfreed, culled, rescued);
    RecordedCmaAllocs rows = RecordedCmaAllocs.parse("made up", HEADER + "\n" + row);
    for (String name : BUILDS.values()) {
      CmaConform.Verdict verdict = new CmaConform(SequentialHost::new, CheckLevel.FULL)
          .check("made up", rows.rows().getFirst(), variant(name));
      assertThat(verdict.actual()).as(scenario + " on " + name).isEqualTo(verdict.row().fields());
    }
  }

  @Test
  void aFieldThatIsOtherwiseIsADifference() {
    RecordedCmaAllocs rows = RecordedCmaAllocs.parse("made up", HEADER + "\non_lru,A,0,ok,8,0,7,0,0,0,0,0,0,0\n");
    CmaConform.Verdict verdict = new CmaConform(SequentialHost::new).check("made up", rows.rows().getFirst(), variant("linux-6.18"));
    assertThat(verdict.agrees()).isFalse();
    assertThat(verdict.differences().get("lru_after")).containsExactly("7", "8");
    assertThat(verdict.differences()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "scenario,variant,rep,result,present_after,x|on_lru,A,0,ok,8,1|the column \"x\" cannot be compared",
      "scenario,variant,rep,result,present_after,lru_after|on_moon,A,0,ok,8,8|\"on_moon\" is not known, only on_lru, add_local",
      "scenario,variant,rep,result,present_after,lru_after|on_lru,A,0,ok,8|a row has 6 columns, this one has 5",
      "scenario,variant,rep,result,present_after,lru_after|on_lru,A,x,ok,8,8|rep must be a number"})
  void whatCannotBeComparedIsOneErrorThatNamesThePlace(String header, String row, String message) {
    assertThat(RecordedCmaAllocs.is(header)).isTrue();
    assertThatThrownBy(() -> {
      RecordedCmaAllocs rows = RecordedCmaAllocs.parse("made up", header + "\n" + row);
      new CmaConform(SequentialHost::new).check("made up", rows.rows().getFirst(), variant("linux-6.18"));
    }).isInstanceOfAny(ConfigError.class, ScriptSyntaxException.class).hasMessageStartingWith("made up:").hasMessageContaining(message);
  }
}
