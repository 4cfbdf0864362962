package pinfold.experiment.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import pinfold.experiment.batch.ExperimentResult;
import pinfold.experiment.measure.Measure;
import pinfold.experiment.plan.Plan;
import pinfold.experiment.report.AnswerWords.Answer;
import pinfold.experiment.report.TextTable.Column;

/**
 * The report as one HTML file that needs nothing else: the words and tables of {@link ExperimentText}, and charts that its script draws
 * from {@link ChartData} with Apache ECharts. The same result gives the same bytes. It asks for nothing over the network, and forbids
 * itself to.
 */
public final class ReportPage {
  private static final int MOST_ROWS = 1000;
  private static final int MOST_FAILURES = 100;
  /** Classes of colours in the style sheet. */
  private static final int COLOURS = 8;
  private static final String WEBJAR = "/META-INF/resources/webjars/echarts/";
  private static final String WEBJAR_POM = "/META-INF/maven/org.webjars.npm/echarts/pom.properties";

  private final ExperimentResult result;
  private final Plan plan;
  private final ExperimentText text;

  /** @param text the words and tables of that result */
  public ReportPage(ExperimentResult result, ExperimentText text) {
    this.result = result;
    this.plan = result.plan();
    this.text = text;
  }

  /** @param build version and commit of Pinfold */
  public String html(String build) {
    String version = echartsVersion();
    Map<String, String> slots = new LinkedHashMap<>();
    slots.put("name", Html.text(plan.experiment().name()));
    slots.put("question", Html.text(plan.experiment().question()));
    slots.put("answer", answer());
    slots.put("incomplete", result.isWhole() ? "" : "<p class=\"warning\">The experiment ended early: some runs are missing here.</p>");
    slots.put("expected", plan.experiment().expected().isBlank() ? ""
        : "<p class=\"expected\"><b>Expected:</b> " + Html.text(plan.experiment().expected().strip()) + "</p>");
    slots.put("facts", Html.text(facts(build)));
    slots.put("table", Html.table(text.table(), MOST_ROWS, "All are in cells.csv."));
    slots.put("differences", differences());
    slots.put("sensitivity", sensitivity());
    slots.put("failures", failures());
    slots.put("trust", trust());
    slots.put("repeat", repeat(build));
    slots.put("css", resource("page.css"));
    slots.put("data", Html.json(new ChartData(result).json()));
    slots.put("echarts", Html.script("/*\n" + resource(WEBJAR + version + "/licenses/LICENSE-d3") + "*/\n"
        + resource(WEBJAR + version + "/dist/echarts.min.js")));
    slots.put("echartsVersion", Html.text(version));
    slots.put("script", Html.script(resource("page.js")));
    return Html.filled(resource("page.html"), slots);
  }

  private String answer() {
    List<Answer> answers = text.answers();
    return IntStream.range(0, answers.size()).mapToObj(variant -> "<li>" + swatch(variant) + answer(answers.get(variant)) + "</li>")
        .collect(Collectors.joining("\n"));
  }

  private static String answer(Answer of) {
    return "<span class=\"name\">" + Html.text(of.variant()) + "</span>: " + Html.text(of.sentence())
        + (of.more().isEmpty() ? "" : "<small>" + Html.text(of.more()) + "</small>");
  }

  private static String swatch(int variant) {
    return "<span class=\"swatch v" + variant % COLOURS + "\"></span>";
  }

  private String facts(String build) {
    return "Scenario %s; %,d runs: %s, %s, %s. %s".formatted(plan.experiment().scenario(), result.count(),
        count(plan.points(), "point", "points"), count(plan.variants().size(), "variant", "variants"),
        plan.experiment().until().isEmpty() ? count(plan.experiment().seeds(), "seed", "seeds") : "seeds as precision asked for", build);
  }

  private static String count(int number, String one, String many) {
    return "%,d %s".formatted(number, number == 1 ? one : many);
  }

  private String differences() {
    if (plan.variants().size() < 2) {
      return "";
    }
    StringBuilder out = new StringBuilder("<section id=\"differences\">\n<h2>Seed by seed, against ")
        .append(Html.text(plan.variants().getFirst()))
            .append("</h2>\n<p class=\"note\">Runs with the same seed met the same load, so they are "
            + "compared in pairs.</p>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">measure</th>");
    IntStream.range(1, plan.variants().size()).forEach(variant -> out.append("<th scope=\"col\">").append(swatch(variant)).append(' ')
        .append(Html.text(plan.variants().get(variant))).append("</th>"));
    out.append("</tr></thead>\n<tbody>\n");
    for (Measure measure : plan.measures()) {
      out.append("<tr class=\"first\"><td class=\"words\">").append(Html.text(measure.titleWithUnit())).append("</td>");
      IntStream.range(1, plan.variants().size()).forEach(variant -> out.append("<td class=\"words\">")
          .append(Html.text(text.difference(variant, measure))).append("</td>"));
      out.append("</tr>\n");
    }
    return out.append("</tbody></table></div>\n</section>").toString();
  }

  private String sensitivity() {
    return text.sensitivityTable().map(table -> "<section id=\"sensitivity\">\n<h2>What the verdicts owe to assumed costs</h2>\n<ul>\n"
        + text.sensitivity().stream().map(sentence -> "<li>" + Html.text(sentence) + "</li>\n").collect(Collectors.joining())
        + "</ul>\n" + Html.table(table, MOST_ROWS, "") + "</section>").orElse("");
  }

  private String failures() {
    List<String> lines = text.failures();
    return lines.isEmpty() ? "" : "<section id=\"failures\">\n<h2>Runs without a result</h2>\n"
        + "<p class=\"warning\">%,d of %,d runs failed; they are in no figure.%s</p>\n<ul>\n"
        .formatted(lines.size(), result.count(), lines.size() > MOST_FAILURES ? " The first " + MOST_FAILURES
            + ", all are in failures.csv:" : "")
        + lines.stream().limit(MOST_FAILURES).map(line -> "<li>" + Html.text(line) + "</li>\n").collect(Collectors.joining())
            + "</ul>\n</section>";
  }

  private String trust() {
    TextTable kinds = new TextTable(Column.text("measure"), Column.text("better"), Column.text("what it is"));
    plan.measures().forEach(measure -> kinds.row(measure.title(), measure.better().name().toLowerCase(Locale.ROOT), isTime(measure)
        ? "time: a prediction" : "count or outcome"));
    return "<p>" + Html.text(Claims.TIMES) + "</p>\n<p>" + Html.text(Claims.COUNTS) + "</p>\n" + Html.table(kinds, MOST_ROWS, "");
  }

  private static boolean isTime(Measure measure) {
    return List.of("ns", "us", "ms", "s").contains(measure.unit());
  }

  private String repeat(String build) {
    String name = plan.experiment().name();
    return "<p>With " + Html.text(build) + ", the first text below in a file <code>" + Html.text(name)
        + ".conf</code> and that build's scenario "
        + "and variants:</p>\n<pre>pinfold experiment " + Html.text(name)
            + ".conf</pre>\n<p>It gives the same result to the last bit, on any machine.</p>\n"
        + details("The experiment, with every default", plan.experiment().effective())
        + details("The scenario in force at the first point, with every default", plan.cell(0, 0).scenario().effective());
  }

  private static String details(String summary, String content) {
    return "<details><summary>" + Html.text(summary) + "</summary><pre>" + Html.text(content) + "</pre></details>\n";
  }

  private static String echartsVersion() {
    Properties properties = new Properties();
    try (InputStream in = open(WEBJAR_POM)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static String resource(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = ReportPage.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(name + " is not on the class path");
    }
    return in;
  }
}
