package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.engine.SequentialHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.oracle.NaiveRules;
import pinfold.scenario.oracle.OracleRecorder;
import pinfold.scenario.recorded.RandomScripts;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.Recordings;

/** cma_alloc() of a whole area after random operations on pages in it: the product and the naive oracle. */
class RandomCmaComparisonTest {
  private static final int SEEDS = 60;

  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void productAndOracleAgreeOnWhatAnAllocationLeavesBehind(NaiveRules rules) {
    KernelVariant variant = KernelVariants.of(VariantFile.load(rules.variant,
        List.of(Recordings.directory().getParent().getParent())));
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (long seed = 30_001; seed <= 30_000 + SEEDS; seed++) {
      for (RecordedScript script : List.of(RandomScripts.narrow(seed), RandomScripts.wide(seed))) {
        Map<String, String> expected = OracleRecorder.cmaAlloc(script, rules);
        if (expected == null) {
          continue;
        }
        compared++;
        Map<String, String> actual = new CmaConform(SequentialHost::new, CheckLevel.OFF).fields(script, false, variant);
        if (!actual.equals(expected)) {
          differences.add(rules + " " + script.format() + " seed " + seed + " " + script.opsText() + "\n oracle  " + expected
              + "\n product " + actual);
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(SEEDS);
  }
}
