package pinfold.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be said of report.html without a browser; {@link ReportInBrowserTest} draws it. */
class ReportPageTest {
  private static final String BUILD = "a build";

  @TempDir Path directory;

  @Test
  void theSameResultGivesTheSameBytes() throws IOException {
    assertThat(MadeUp.page(MadeUp.overOneNumber(directory)).html(BUILD)).isEqualTo(MadeUp.page(MadeUp.overOneNumber(directory))
        .html(BUILD));
  }

  @Test
  void whatNamesAndFailuresSayIsText() throws IOException {
    String html = MadeUp.page(MadeUp.overOneNumber(directory)).html(BUILD);
    assertThat(html).contains("Is &lt;b&gt;this&lt;/b&gt; &amp; &quot;that&quot; harmless", "&lt;i&gt;CMA&lt;/i&gt;",
        "<li>linux-6.12, 0, seed 2: &lt;/script&gt;");
    // Ours: of the data, of the library, of the page.
    assertThat(Pattern.compile("<script", Pattern.CASE_INSENSITIVE).matcher(html).results()).hasSize(3);
    assertThat(Pattern.compile("</script", Pattern.CASE_INSENSITIVE).matcher(html).results()).hasSize(3);
    assertThat(html).doesNotContain("<!--", "<i>");
  }

  @Test
  void nothingIsFetched() throws IOException {
    String html = MadeUp.page(MadeUp.overOneNumber(directory)).html(BUILD);
    assertThat(html).contains("default-src 'none'");
    String own = html.substring(0, html.indexOf("<script type="));
    assertThat(Pattern.compile("(src|href)=\"(?!data:)|url\\(|@import|https?:").matcher(own).results()).isEmpty();
  }

  @Test
  void theTableIsThatOfTheText() throws IOException {
    String html = MadeUp.page(MadeUp.overOneNumber(directory)).html(BUILD);
    // Five points, three variants: a row each.
    String table = html.substring(html.indexOf("id=\"comparison\""), html.indexOf("id=\"differences\""));
    assertThat(table.split("<tr")).hasSize(1 + 1 + 15);
    assertThat(table).contains("<td class=\"number\">1600</td><td>linux-2026</td><td class=\"number\">6</td><td class=\"number\">100 % [61 %, 100 %]</td>");
  }

  /** Ten thousand runs, with all that they keep, fit into a mail. */
  @Test
  void tenThousandRunsAreFewMegabytes() throws IOException {
    String html = MadeUp.page(MadeUp.large(directory)).html(BUILD);
    assertThat(html).contains("10,050 runs: 67 points, 3 variants, 50 seeds");
    assertThat(html.getBytes(StandardCharsets.UTF_8).length).isBetween(1_100_000, 5_000_000);
  }

  @Test
  void whatIsPutIntoASlotIsNotLookedThrough() {
    assertThat(Html.filled("{{a}} {{b}}", Map.of("a", "{{b}} $1 \\", "b", "2"))).isEqualTo("{{b}} $1 \\ 2");
  }
}
