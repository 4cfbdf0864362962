package pinfold.scenario.litmus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pinfold.kernel.reclaim.ThpDefrag;
import pinfold.scenario.Labelled;
import pinfold.scenario.VariantFile;

class ShippedLitmusTest {
  private static final RunOptions PAGE_BY_PAGE =
      new RunOptions(RunOptions.SEQUENTIAL.hosts(), 2, 1, RunOptions.SEQUENTIAL.afterStep());

  static Stream<String> files() {
    return ShippedLitmus.names();
  }

  /**
   * A walk of single pages never sees the whole 2 MiB that a fault would fill, so it makes no large folios; it releases pages one by
   * one; and it is slow.
   */
  static Stream<String> filesOfAFewSmallPages() {
    return files().filter(name -> !name.equals("release-batch") && ShippedLitmus.named(name).pages().stream()
        .noneMatch(pages -> pages.backing() == NamedPages.Backing.THP || pages.count() > 10_000));
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

  /** Bursts must not change the outcome, nor may the seed. */
  @ParameterizedTest
  @MethodSource("filesOfAFewSmallPages")
  void everythingHoldsPageByPageAndWithAnotherSeed(String name) {
    assertThat(misses(name, PAGE_BY_PAGE)).isEmpty();
  }

  @Test
  void theExampleOfTheDocumentationHolds() throws IOException {
    String page = Files.readString(ShippedLitmus.CONFIG.resolve("../docs/litmus.md"));
    int start = page.indexOf("```\nlitmus 1\n") + 4;
    Litmus litmus = new LitmusParser("docs/litmus.md", VariantFile.names(ShippedLitmus.SEARCH_PATH))
        .parse(page.substring(start, page.indexOf("```", start)));
    for (String variant : litmus.variants()) {
      assertThat(LitmusRun.run(litmus, ShippedLitmus.variant(variant), RunOptions.SEQUENTIAL).text()).endsWith("hold\n");
    }
  }

  /** A person who has never seen the code finds every word that may be written. */
  @Test
  void theDocumentationNamesEveryWord() throws IOException {
    String page = Files.readString(ShippedLitmus.CONFIG.resolve("../docs/litmus.md"));
    Stream<String> words = Stream.of(Stream.of(Verb.values()).map(Verb::word), Stream.of(PlainVerb.values()).map(PlainVerb::word),
        Stream.of(FolioProperty.values()).map(FolioProperty::word), Results.NAMES.keySet().stream(),
        Stream.of(NamedPages.Backing.values()).map(NamedPages.Backing::word),
        Stream.of(NamedPages.Start.values()).map(NamedPages.Start::word),
        Check.Kswapd.STATES.stream(), Stream.of(ThpDefrag.values()).map(Labelled::of),
        CounterNames.ALL.keySet().stream().filter(name -> name.contains("-"))).flatMap(some -> some);
    assertThat(words).allSatisfy(word -> assertThat(page).contains("`" + word));
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
