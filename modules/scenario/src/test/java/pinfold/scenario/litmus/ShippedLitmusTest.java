package pinfold.scenario.litmus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedLitmusTest {
  private static final RunOptions PAGE_BY_PAGE =
      new RunOptions(RunOptions.SEQUENTIAL.hosts(), 2, 1, RunOptions.SEQUENTIAL.afterStep());

  static Stream<String> files() {
    return ShippedLitmus.names();
  }

  /** A walk of single pages never sees the whole 2 MiB that a fault would fill at once, so it makes no large folios. */
  static Stream<String> filesOfSmallPages() {
    return files().filter(name -> ShippedLitmus.named(name).pages().stream().noneMatch(pages -> pages.backing() == NamedPages.Backing.THP));
  }

  private static String misses(String name, RunOptions options) {
    Litmus litmus = ShippedLitmus.named(name);
    StringBuilder misses = new StringBuilder();
    for (String variant : litmus.variants()) {
      Outcome outcome = LitmusRun.run(litmus, ShippedLitmus.variant(variant), options);
      misses.append(outcome.passed() ? "" : outcome.text());
    }
    return misses.toString();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everythingHolds(String name) {
    assertThat(misses(name, RunOptions.SEQUENTIAL)).isEmpty();
  }

  /** Bursts must not change the outcome, nor may the seed decide it. */
  @ParameterizedTest
  @MethodSource("filesOfSmallPages")
  void everythingHoldsPageByPageAndWithAnotherSeed(String name) {
    assertThat(misses(name, PAGE_BY_PAGE)).isEmpty();
  }

  @Test
  void everyFileThatNamesAVariantExpectsSomethingOfIt() {
    for (Litmus litmus : ShippedLitmus.all()) {
      for (String variant : litmus.variants()) {
        boolean expects = litmus.lines().stream().anyMatch(line -> line instanceof Line.Expect expect && expect.concerns(variant)
            && !expect.checks().isEmpty());
        assertThat(expects).as(litmus.file() + " in " + variant).isTrue();
      }
    }
  }

  /** A title says what happens, so that a list of files can be read. */
  @Test
  void everyFileHasItsOwnTitleAndASource() {
    assertThat(ShippedLitmus.all()).allMatch(litmus -> !litmus.sources().isEmpty());
    assertThat(ShippedLitmus.all().stream().collect(Collectors.groupingBy(Litmus::title, Collectors.counting())).values())
        .allMatch(count -> count == 1);
  }
}
