package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.engine.SequentialHost;
import pinfold.kernel.check.CheckLevel;
import pinfold.kernel.variant.KernelVariant;
import pinfold.scenario.KernelVariants;
import pinfold.scenario.VariantFile;
import pinfold.scenario.oracle.NaiveRules;
import pinfold.scenario.recorded.RandomScripts;
import pinfold.scenario.recorded.RecordedScript;
import pinfold.scenario.recorded.Recordings;

/** Scripts with every invariant verified after every window. */
class CheckedScriptsTest {
  private static final int EVERY = 3;

  /** Every third recorded line, in the order of drain workers that the recording shows. */
  @ParameterizedTest
  @EnumSource(value = NaiveRules.class, names = {"A", "B", "C1", "C2"})
  void recordedLinesAgreeAndViolateNothing(NaiveRules rules) throws IOException {
    KernelVariant variant = KernelVariants.of(VariantFile.load(rules.variant,
        List.of(Recordings.directory().getParent().getParent())));
    Conform unchecked = new Conform(variant, SequentialHost::new);
    List<RecordedScript> lines = new ArrayList<>(Recordings.scripts("scripts", rules.name()).scripts());
    lines.addAll(Recordings.scripts("wide", rules.name()).scripts());
    for (int line = rules.ordinal() % EVERY; line < lines.size(); line += EVERY) {
      RecordedScript script = lines.get(line);
      Conform.Verdict verdict = unchecked.check(script);
      assertThat(verdict.differences()).as("seed %s", Long.toUnsignedString(script.seed())).isEmpty();
      assertThat(new Conform(variant, SequentialHost::new, CheckLevel.FULL).run(script, verdict.order(), verdict.gapNanos())
          .actual())
          .as("seed %s", Long.toUnsignedString(script.seed())).isEqualTo(verdict.actual());
    }
  }

  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void randomScriptsViolateNothing(NaiveRules rules) {
    RandomComparison comparison = new RandomComparison(rules, CheckLevel.FULL);
    for (long seed = 30_001; seed <= 30_012; seed++) {
      assertThat(comparison.differences(RandomScripts.wide(seed))).isEmpty();
    }
    assertThat(comparison.differencesOfTwoNodes(RandomScripts.wide(30_013))).isEmpty();
    assertThat(comparison.differencesOfSinglePages(RandomScripts.narrow(30_014))).isEmpty();
  }
}
