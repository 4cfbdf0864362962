package pinfold.scenario.conform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pinfold.kernel.check.CheckLevel;
import pinfold.scenario.oracle.NaiveRules;
import pinfold.scenario.recorded.RandomScripts;
import pinfold.scenario.recorded.RecordedScript;

/** The product and the naive oracle, written apart from each other, on scripts that nobody recorded. */
class RandomComparisonTest {
  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void productAndOracleAgreeOnRandomScripts(NaiveRules rules) {
    assertThat(over(1, 250, rules, RandomComparison::differences)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void burstsOfOnePageGiveTheSameFields(NaiveRules rules) {
    assertThat(over(10_001, 80, rules, RandomComparison::differencesOfSinglePages)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void pagesThatAlternateBetweenTwoNodesGiveTheSameFields(NaiveRules rules) {
    assertThat(over(20_001, 80, rules, RandomComparison::differencesOfTwoNodes)).isEmpty();
  }

  /** Three that each needed a correction of the product. */
  @ParameterizedTest
  @EnumSource(NaiveRules.class)
  void scriptsThatOnceDisagreedAgree(NaiveRules rules) {
    RandomComparison comparison = new RandomComparison(rules, CheckLevel.OFF);
    assertThat(comparison.differencesOfTwoNodes(RandomScripts.wide(60))).as("passes over two nodes").isEmpty();
    assertThat(comparison.differencesOfTwoNodes(RandomScripts.wide(334))).as("VMAs merge after munlock").isEmpty();
    assertThat(comparison.differences(RandomScripts.wide(1453))).as("mlock populates merged VMAs").isEmpty();
  }

  private static List<String> over(long firstSeed, int seeds, NaiveRules rules,
      BiFunction<RandomComparison, RecordedScript, List<String>> compare) {
    RandomComparison comparison = new RandomComparison(rules, CheckLevel.OFF);
    List<String> differences = new ArrayList<>();
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      differences.addAll(compare.apply(comparison, RandomScripts.narrow(seed)));
      differences.addAll(compare.apply(comparison, RandomScripts.wide(seed)));
    }
    return differences;
  }
}
