package pinfold.cluster.testing;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format, version 0.0.4, and allows nothing that its linter objects to: every metric has one HELP and one TYPE
 * before its samples, its samples stand together, counters and nothing else end in {@code _total}, names carry base units, no sample is
 * there twice, the last line ends.
 */
public final class PrometheusText {
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)");
  private static final Pattern SAMPLE = Pattern.compile(
      "([a-z_:][a-z0-9_:]*)(\\{[a-z_][a-z0-9_]*=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\"(?:,[a-z_][a-z0-9_]*=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\")*})? (\\S+)");
  private static final Pattern WRONG_UNIT = Pattern.compile(".*_(nanos|nanoseconds|millis|milliseconds|ms|ns|kb|kib|mib|percent)(_.*)?");

  private PrometheusText() {}

  /** Values by name and labels. */
  public static TreeMap<String, Double> read(String text) {
    require(text.endsWith("\n"), "the last line has no end");
    TreeMap<String, Double> values = new TreeMap<>();
    Set<String> over = new HashSet<>();
    String name = "";
    String help = "";
    String type = "";
    for (String line : text.split("\n")) {
      Matcher comment = COMMENT.matcher(line);
      if (comment.matches() && comment.group(1).equals("HELP")) {
        require(over.add(name = comment.group(2)), "a second time: " + line);
        help = comment.group(3);
        type = "";
      } else if (comment.matches()) {
        require(comment.group(2).equals(name) && type.isEmpty() && !help.isEmpty(), "not right after its HELP: " + line);
        type = comment.group(3);
        require(Set.of("counter", "gauge").contains(type), line);
        require(name.endsWith("_total") == type.equals("counter"), "the end of its name: " + line);
        require(!WRONG_UNIT.matcher(name).matches(), "its unit: " + line);
      } else {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), "not a sample: " + line);
        require(sample.group(1).equals(name) && !type.isEmpty(), "not below its TYPE: " + line);
        double value = Double.parseDouble(sample.group(3));
        require(type.equals("gauge") || value >= 0, "a counter below 0: " + line);
        require(values.put(name + (sample.group(2) == null ? "" : sample.group(2)), value) == null, "twice: " + line);
      }
    }
    return values;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
