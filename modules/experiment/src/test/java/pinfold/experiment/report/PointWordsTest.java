package pinfold.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pinfold.scenario.Factor;
import pinfold.scenario.Factor.Level;

class PointWordsTest {
  private static final Factor SHARE = factor("CMA", "0", "10", "20", "30");
  private static final Factor VM = factor("VM", "64", "256");
  private static final Factor LRU = factor("LRU", "classic", "mglru");

  /** Points as a grid has them: the last factor changes fastest. */
  private static final List<List<Integer>> GRID = grid(2, 4);

  private static Factor factor(String name, String... labels) {
    return new Factor(name, List.of(labels).stream()
        .map(label -> new Level(label, label.matches("\\d+") ? Double.parseDouble(label) : Double.NaN, List.of(), List.of())).toList());
  }

  private static List<List<Integer>> grid(int first, int second) {
    return IntStream.range(0, first * second).mapToObj(i -> List.of(i / second, i % second)).toList();
  }

  private static String ofGrid(Integer... chosen) {
    return new PointWords(List.of(VM, SHARE), GRID).of(List.of(chosen));
  }

  @Test
  void aFactorThatDoesNotMatterIsNotNamed() {
    // CMA 20 and 30 of both VMs; the whole of the second VM.
    assertThat(ofGrid(2, 3, 6, 7)).isEqualTo("CMA = 20 or 30");
    assertThat(ofGrid(4, 5, 6, 7)).isEqualTo("VM = 256");
  }

  @Test
  void levelsInARowAreARange() {
    assertThat(ofGrid(1, 2, 3)).isEqualTo("VM = 64 and CMA from 10 to 30");
    assertThat(ofGrid(0, 1, 3)).isEqualTo("VM = 64 and CMA = 0, 10 or 30");
  }

  @Test
  void whatIsNoBlockIsSaidPartByPart() {
    assertThat(ofGrid(2, 3, 5, 6, 7)).isEqualTo("VM = 64 and CMA = 20 or 30, and with VM = 256 and CMA from 10 to 30");
    assertThat(ofGrid(0)).isEqualTo("VM = 64 and CMA = 0");
  }

  @Test
  void wordsHaveNoRange() {
    List<Integer> mglru = List.of(1, 3, 5, 7);
    assertThat(new PointWords(List.of(SHARE, LRU), grid(4, 2)).of(mglru)).isEqualTo("LRU = mglru");
  }

  @Test
  void scatteredPointsAreNamedWhileTheyAreFew() {
    List<List<Integer>> diagonal = new ArrayList<>();
    Factor many = factor("a", "0", "1", "2", "3", "4", "5");
    Factor more = factor("b", "0", "1", "2", "3", "4", "5");
    IntStream.range(0, 36).forEach(i -> diagonal.add(List.of(i / 6, i % 6)));
    PointWords words = new PointWords(List.of(many, more), diagonal);
    assertThat(words.of(List.of(0, 7))).isEqualTo("a = 0 and b = 0, and with a = 1 and b = 1");
    assertThat(words.of(List.of(0, 7, 14, 21, 28, 35))).isEqualTo("6 of 36 points");
  }
}
