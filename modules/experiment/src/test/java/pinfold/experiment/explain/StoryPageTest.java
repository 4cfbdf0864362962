package pinfold.experiment.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import pinfold.experiment.explain.Story.Section;

class StoryPageTest {
  private static final String EVIL = "<script>alert('1')</script> & \"more\"";
  private static final List<Step> STEPS = List.of(
      new Step(1_000, Lane.cpu(3), Lane.cpu(3), EVIL, "queued", "clear-lru-at-queue = false: " + EVIL),
      new Step(2_500, Lane.cpu(3), Lane.DRAIN, "qemu-0", EVIL + " x".repeat(200), ""),
      new Step(3_000, Lane.DRAIN, Lane.cpu(11), "", "drains", ""));

  @Test
  void everythingIsEscapedAndThePageHasNoScriptAndLoadsNothing() {
    String page = StoryPage.html(new Story(EVIL, List.of(new Section(EVIL, List.of(EVIL), STEPS))));
    assertThat(page).doesNotContain("<script").doesNotContain("alert('").contains("&lt;script&gt;").doesNotContain("http");
  }

  /** Lanes from left to right: the drain, CPU 3, CPU 11; a step that somebody does by himself has no arrow. */
  @Test
  void theChartHasALanePerActorADotPerStepAndAnArrowWhereAnotherIsMeant() throws Exception {
    Document svg = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new InputSource(new StringReader(new SequenceChart(STEPS).svg(STEPS))));
    assertThat(count(svg, "line", "lane")).isEqualTo(3);
    assertThat(count(svg, "circle", "dot")).isEqualTo(3);
    assertThat(count(svg, "line", "act")).isEqualTo(2);
    assertThat(texts(svg, "head")).containsSubsequence("CPU 3", "CPU 11").startsWith("lru add");
    assertThat(texts(svg, "time")).containsExactly("0.000001000", "0.000002500", "0.000003000");
    assertThat(texts(svg, "what")).allMatch(line -> line.length() <= 92);
    double height = Double.parseDouble(svg.getDocumentElement().getAttribute("height"));
    NodeList all = svg.getElementsByTagName("text");
    double last = 0;
    for (int i = 0; i < all.getLength(); i++) {
      last = Math.max(last, Double.parseDouble(((org.w3c.dom.Element) all.item(i)).getAttribute("y")));
    }
    assertThat(last).isLessThan(height);
  }

  @Test
  void wordsAreWrappedAndNoneIsLost() {
    assertThat(SequenceChart.wrap("a bb ccc dddddddd", 5)).containsExactly("a bb", "ccc", "ddddd", "ddd");
  }

  @Test
  void aLongTimelineIsCutInTheMiddleUnlessAllIsAskedFor() {
    List<Step> many = java.util.stream.IntStream.range(0, 500).mapToObj(i -> new Step(i, Lane.cpu(0), Lane.cpu(0), "t", "step " + i, ""))
        .toList();
    Story story = new Story("title", List.of(new Section("heading", List.of(), many)));
    assertThat(new StoryText(false).lines(story)).hasSize(5 + 200 + 1).anyMatch(line -> line.contains("300 steps left out"))
        .anyMatch(line -> line.endsWith("step 59")).noneMatch(line -> line.endsWith("step 60")).anyMatch(line -> line.endsWith("step 360"))
        .anyMatch(line -> line.endsWith("step 499"));
    assertThat(new StoryText(true).lines(story)).hasSize(5 + 500);
  }

  private static long count(Document svg, String element, String kind) {
    NodeList all = svg.getElementsByTagName(element);
    long found = 0;
    for (int i = 0; i < all.getLength(); i++) {
      found += ((org.w3c.dom.Element) all.item(i)).getAttribute("class").equals(kind) ? 1 : 0;
    }
    return found;
  }

  private static List<String> texts(Document svg, String kind) {
    NodeList all = svg.getElementsByTagName("text");
    List<String> texts = new java.util.ArrayList<>();
    for (int i = 0; i < all.getLength(); i++) {
      if (((org.w3c.dom.Element) all.item(i)).getAttribute("class").equals(kind)) {
        texts.add(all.item(i).getTextContent());
      }
    }
    return texts;
  }
}
