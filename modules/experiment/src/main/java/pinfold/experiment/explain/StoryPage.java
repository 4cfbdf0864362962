package pinfold.experiment.explain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import pinfold.experiment.explain.Story.Section;
import pinfold.experiment.results.WholeText;

/** An explanation as one page that works offline and without scripts, with a sequence chart for each timeline. */
public final class StoryPage {
  /** Steps of a chart from its beginning and its end where there are more; a browser draws no endless picture. */
  private static final int FIRST_STEPS = 200;
  private static final int LAST_STEPS = 800;

  /** Steps of one picture: less than a page of paper. */
  private static final int STEPS_OF_PICTURE = 20;

  private static final String STYLE = """
      :root { color-scheme: light dark; --ink: #1a1c20; --soft: #5b6270; --line: #c9ced8; --paper: #ffffff; --act: #1f5fae;
        --rule: #8a4b00; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6e8ec; --soft: #a2a9b6; --line: #454b57; --paper: #16181c; --act: #7fb2f0; --rule: #e6a75a; }
      }
      @media print {
        :root { --ink: #000; --soft: #444; --line: #999; --paper: #fff; --act: #000; --rule: #333; } .scroll { overflow: visible; }
        svg.chart { max-width: 100%; height: auto; } }
      body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--paper); color: var(--ink);
        font: 15px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.3rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
      p { margin: 0.3rem 0; max-width: 75ch; overflow-wrap: anywhere; }
      .scroll { overflow-x: auto; margin-top: 1rem; }
      svg.chart { display: block; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
      svg .head { font-weight: 600; text-anchor: middle; } svg .time { fill: var(--soft); font-family: monospace; }
      svg .rule { fill: var(--rule); } svg .lane { stroke: var(--line); } svg .act { stroke: var(--act); stroke-width: 1.5; }
      svg .tip, svg .dot { fill: var(--act); }
      footer { margin-top: 2rem; color: var(--soft); font-size: 0.85rem; }
      """;

  private StoryPage() {}

  /** Writes the page; an existing file is replaced when all of the new one is there. */
  public static void write(Story story, Path file) throws IOException {
    WholeText.write(file, html(story));
  }

  /** The page. */
  static String html(Story story) {
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    page.append(escaped(story.title())).append("</title>\n<style>\n").append(STYLE).append("</style></head><body>\n<h1>")
        .append(escaped(story.title())).append("</h1>\n");
    for (Section section : story.sections()) {
      page.append("<section><h2>").append(escaped(section.heading())).append("</h2>\n");
      section.sentences().forEach(sentence -> page.append("<p>").append(escaped(sentence)).append("</p>\n"));
      charts(page, section.steps());
      page.append("</section>\n");
    }
    return page.append("<footer>Simulated times, in seconds. A dot is who acts, an arrow leads to where it takes effect; in the second "
        + "colour the switch of the kernel variant that decided.</footer>\n</body></html>\n").toString();
  }

  private static void charts(StringBuilder page, List<Step> steps) {
    if (steps.isEmpty()) {
      return;
    }
    if (steps.size() <= FIRST_STEPS + LAST_STEPS) {
      chart(page, steps);
      return;
    }
    chart(page, steps.subList(0, FIRST_STEPS));
    page.append("<p>").append("%,d steps are left out.".formatted(steps.size() - FIRST_STEPS - LAST_STEPS)).append("</p>\n");
    chart(page, steps.subList(steps.size() - LAST_STEPS, steps.size()));
  }

  private static void chart(StringBuilder page, List<Step> steps) {
    SequenceChart chart = new SequenceChart(steps);
    page.append("<div class=\"scroll\">");
    for (int from = 0; from < steps.size(); from += STEPS_OF_PICTURE) {
      page.append(chart.svg(steps.subList(from, Math.min(steps.size(), from + STEPS_OF_PICTURE)))).append('\n');
    }
    page.append("</div>\n");
  }

  /** Text for an element or an attribute. */
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
  }
}
