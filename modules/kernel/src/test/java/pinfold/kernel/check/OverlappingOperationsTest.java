package pinfold.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.kernel.variant.KernelVariant;

/** Checks raise no false alarm, and the model breaks no invariant, while operations on the same pages overlap. */
class OverlappingOperationsTest {
  private static final long FULLY_CHECKED_SEEDS = 3;
  private static final long SEEDS = 6;

  record Case(KernelVariant variant, int nodes, CheckLevel level, long seed) {
    @Override
    public String toString() {
      return variant.name() + ", " + nodes + " nodes, " + level + ", seed " + seed;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    OverlappingOperations.variants().forEach(variant -> {
      for (int nodes = 1; nodes <= 2; nodes++) {
        for (long seed = 1; seed <= SEEDS; seed++) {
          cases.add(new Case(variant, nodes, seed <= FULLY_CHECKED_SEEDS ? CheckLevel.FULL : CheckLevel.TOUCHED, seed));
        }
      }
    });
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsViolatedAndEveryTaskEnds(Case drawn) {
    OverlappingOperations operations =
        new OverlappingOperations(drawn.variant, drawn.nodes, drawn.seed, drawn.level);
    operations.run();
    assertThat(operations.machine.observer().taskEnds()).hasSize(OverlappingOperations.OPERATIONS);
  }
}
