package pinfold.scenario.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.scenario.recorded.Op;
import pinfold.scenario.recorded.RandomScripts;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.RecordedScriptFile;

class RandomScriptsTest {

  private static final int SCRIPTS = 500;

  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void theOracleRunsEveryRandomScriptAndItsLineReadsBack(NaiveRules rules) {
    for (long seed = 1; seed <= SCRIPTS; seed++) {
      for (RecordedScript script : List.of(RandomScripts.narrow(seed), RandomScripts.wide(seed))) {
        RecordedScript recorded = OracleRecorder.record(script, rules);
        assertThat(RecordedScriptFile.parse("random", recorded.toLine()).scripts()).as("seed %d", seed).containsExactly(recorded);
        assertThat(OracleRecorder.allows(recorded, rules)).as("seed %d", seed).isTrue();
      }
    }
  }

  @Test
  void memoryIsDroppedOnlyBetweenMunlockAndFaultOfTheSamePages() {
    int dropped = 0;
    for (long seed = 1; seed <= SCRIPTS; seed++) {
      List<Op> ops = RandomScripts.wide(seed).ops();
      for (int i = 0; i < ops.size(); i++) {
        if (ops.get(i) instanceof Op.DontNeed drop) {
          dropped++;
          assertThat(ops.get(i - 1)).as("seed %d", seed).isEqualTo(new Op.Munlock(drop.cpu(), drop.pages()));
          assertThat(ops.get(i + 1)).as("seed %d", seed).isInstanceOfSatisfying(Op.Fault.class,
              fault -> assertThat(fault.pages()).isEqualTo(drop.pages()));
        }
      }
    }
    assertThat(dropped).isGreaterThan(SCRIPTS / 10);
  }

  @Test
  void aScriptDependsOnItsSeedAlone() {
    assertThat(RandomScripts.wide(7)).isEqualTo(RandomScripts.wide(7)).isNotEqualTo(RandomScripts.wide(8));
  }
}
