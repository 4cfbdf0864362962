package pinfold.scenario.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.scenario.recorded.RecordedCmaAllocs;
import pinfold.scenario.recorded.Recordings;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.RecordedScriptFile;

class OracleAgreesWithRecordingsTest {

  @ParameterizedTest
  @CsvSource({"scripts, 50", "wide, 80"})
  void everyFieldOfEveryRecordedLineAgrees(String kind, int lines) throws IOException {
    List<String> misses = new ArrayList<>();
    for (NaiveRules rules : List.of(NaiveRules.A, NaiveRules.B, NaiveRules.C1, NaiveRules.C2)) {
      RecordedScriptFile file = Recordings.scripts(kind, rules.name());
      assertThat(file.scripts()).hasSize(lines);
      for (RecordedScript script : file.scripts()) {
        new OracleCheck(script, rules).differences()
            .forEach(difference -> misses.add(rules + " seed " + Long.toUnsignedString(script.seed()) + ": " + difference));
      }
    }
    assertThat(misses).isEmpty();
  }

  /** A line is marked R when two boots were seen to differ, so the oracle must know a race there; the reverse need not hold. */
  @ParameterizedTest
  @EnumSource(value = NaiveRules.class, names = {"A", "B", "C1", "C2"})
  void everyLineMarkedAsRacedHasARaceInTheOracle(NaiveRules rules) throws IOException {
    for (String kind : List.of("scripts", "wide")) {
      for (RecordedScript script : Recordings.scripts(kind, rules.name()).scripts()) {
        if (script.raced()) {
          assertThat(OracleRun.of(script, rules).options()).as("races of seed %s", Long.toUnsignedString(script.seed()))
              .isNotEmpty();
        }
      }
    }
  }

  @Test
  void everyRowOfTheScenarioTableAgrees() throws IOException {
    List<String> rows = Files.readAllLines(Recordings.directory().resolve("scenarios.csv"));
    assertThat(rows).hasSize(65);
    for (String row : rows.subList(1, rows.size())) {
      String[] cell = row.split(",", -1);
      NaiveScenario.Row ours = NaiveScenario.run(cell[0], NaiveRules.valueOf(cell[2]), Integer.parseInt(cell[1]));
      assertThat(ours.result()).as(row).isEqualTo(cell[3]);
      assertThat(ours.drainAll()).as(row).isEqualTo(Long.parseLong(cell[4]));
      if (!cell[5].isEmpty()) {
        assertThat(ours.localDrains()).as(row).isEqualTo(Long.parseLong(cell[5]));
      }
      // The recording may count one CPU that had something of its own to drain.
      assertThat(Long.parseLong(cell[6]) - ours.cpusDrained()).as(row).isBetween(0L, 1L);
      assertThat(ours.migrated()).as(row).isEqualTo(Long.parseLong(cell[7]));
      assertThat(ours.failed()).as(row).isEqualTo(Long.parseLong(cell[8]));
    }
  }

  @Test
  void everyRowOfTheCmaAllocationsAgrees() throws IOException {
    RecordedCmaAllocs recorded = RecordedCmaAllocs.parse("cma-alloc.csv",
        Files.readString(Recordings.directory().resolve("cma-alloc.csv")));
    assertThat(recorded.rows()).hasSize(40);
    for (RecordedCmaAllocs.Row row : recorded.rows()) {
      assertThat(NaiveScenario.cmaAlloc(row.scenario(), NaiveRules.valueOf(row.variant()), 8)).as("line " + row.line())
          .isEqualTo(row.fields());
    }
  }
}
