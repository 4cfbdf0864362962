package pinfold.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pinfold.experiment.HeadlessBrowser;
import pinfold.experiment.batch.ExperimentResult;

/**
 * report.html in headless Chromium: every kind of chart is drawn, nothing is wider than the window, the console is silent. Pictures of it
 * stay in target/report-in-browser.
 */
class ReportInBrowserTest {
  /** Okabe and Ito's blue, vermillion and green, as page.css has them for light and dark. */
  private static final String LIGHT = "#0072b2 #d55e00 #009e73";
  private static final String DARK = "#4fa8e0 #f5803b #2bc79a";

  private static HeadlessBrowser browser;

  /** What a frame of the gallery found in its report. */
  private record Found(String name, int charts, int undrawn, int scrollWidth, int clientWidth, int markup, String title, String colours) {}

  @BeforeAll
  static void findBrowser() throws IOException {
    browser = HeadlessBrowser.orSkip("report-in-browser");
  }

  @Test
  void everyKindOfExperimentIsDrawnOnAScreenAPhoneAndInTheDark(@TempDir Path directory) throws Exception {
    write("number", MadeUp.overOneNumber(directory));
    write("nothing", MadeUp.overNothing(directory));
    write("words", MadeUp.overWords(directory));
    write("two-numbers", MadeUp.overTwoNumbers(directory));
    write("four-numbers", MadeUp.overFourNumbers(directory));
    List<Found> found = gallery("number 1100 light", "number 390 light", "number 1100 dark", "number 390 dark", "nothing 1100 light",
        "words 1100 light",
        "words 390 light", "two-numbers 1100 light", "two-numbers 390 light", "four-numbers 1100 light", "four-numbers 390 light");
    // Four measures of which three have a distribution, a series, a start; of two numbers a map for each variant, of four a cloud.
    assertThat(found).extracting(Found::charts).containsExactly(9, 9, 9, 9, 9, 9, 9, 8, 8, 6, 6);
    assertThat(found).allSatisfy(report -> {
      assertThat(report.undrawn()).isZero();
      assertThat(report.scrollWidth()).isEqualTo(report.clientWidth());
      assertThat(report.clientWidth()).isEqualTo(report.name().contains("390") ? 390 : 1100);
      assertThat(report.markup()).isZero();
      assertThat(report.title()).startsWith("made-up: Is <b>this</b>");
      assertThat(report.colours()).isEqualTo(report.name().endsWith("dark") ? DARK : LIGHT);
    });
  }

  @Test
  void itIsDrawnByItselfAsTheSystemsColoursWant(@TempDir Path directory) throws Exception {
    write("alone", MadeUp.overOneNumber(directory));
    for (boolean dark : List.of(false, true)) {
      String dom = browse(dark ? "alone-dark" : "alone-light", "alone.html", "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1));
      assertThat(dom).contains("data-charts=\"9\"");
      List<String> charts = Pattern.compile("<div class=\"chart\".*?</svg>", Pattern.DOTALL).matcher(dom).results()
          .map(chart -> chart.group()).toList();
      assertThat(charts).hasSize(9).allSatisfy(chart -> assertThat(Stream.of((dark ? DARK : LIGHT).split(" ")))
          .allSatisfy(colour -> assertThat(chart).containsPattern("<path d=\"[^\"]+\"[^>]*" + colour)));
    }
  }

  private static void write(String name, ExperimentResult result) throws IOException {
    Files.writeString(browser.directory().resolve(name + ".html"), MadeUp.page(result).html("a build"));
  }

  /** Reports in frames of a width, as a window may not be as narrow as a phone; each as {@code name width theme}. */
  private static List<Found> gallery(String... reports) throws IOException, InterruptedException {
    StringBuilder frames = new StringBuilder();
    for (String report : reports) {
      String[] words = report.split(" ");
      frames.append("<iframe name=\"%s\" src=\"%s.html?theme=%s\" style=\"width:%spx;height:5000px;border:0\"></iframe>\n"
          .formatted(report, words[0], words[2], words[1]));
    }
    Files.writeString(browser.directory().resolve("gallery.html"), "<!DOCTYPE html><meta charset=\"utf-8\"><body style=\"margin:0;width:9000px\">\n"
        + frames + """
        <pre></pre>
        <script>
        // An element that a chart itself drew has neither of the colours that axes and words have.
        onload = () => document.querySelectorAll('iframe').forEach(frame => {
          const page = frame.contentDocument;
          const css = name => frame.contentWindow.getComputedStyle(page.documentElement).getPropertyValue(name).trim();
          const plain = [null, 'none', 'transparent', css('--text'), css('--faint'), css('--line'), css('--paper')];
          const drawn = chart => [...chart.querySelectorAll('path')].some(path => !plain.includes(path.getAttribute('fill'))
            || !plain.includes(path.getAttribute('stroke')));
          const { charts, scrollWidth, clientWidth } = page.body.dataset;
          document.querySelector('pre').append([frame.name, charts, [...page.querySelectorAll('.chart')].filter(chart => !drawn(chart))
              .length, scrollWidth,
            clientWidth, page.querySelectorAll('main b, h1 *, .answer b, i, img, body > script:not([id])').length - 2, page.title,
            [0, 1, 2].map(i => css('--v' + i)).join(' ')].join('\\t') + '\\n');
        });
        </script>
        """);
    String dom = browse("gallery", "gallery.html", "--allow-file-access-from-files");
    Matcher text = Pattern.compile("<pre>(.*?)</pre>", Pattern.DOTALL).matcher(dom);
    assertThat(text.find()).isTrue();
    List<Found> found = text.group(1).strip().lines().map(line -> line.split("\t")).map(cells -> new Found(cells[0],
        Integer.parseInt(cells[1]),
        Integer.parseInt(cells[2]), Integer.parseInt(cells[3]), Integer.parseInt(cells[4]), Integer.parseInt(cells[5]),
        cells[6].replace("&lt;", "<").replace("&gt;", ">"), cells[7])).toList();
    assertThat(found).extracting(Found::name).containsExactly(reports);
    return found;
  }

  private static String browse(String picture, String file, String... more) throws IOException, InterruptedException {
    return browser.open(picture, browser.directory().resolve(file).toUri().toString(), 1100, 4600, more);
  }
}
