package pinfold.scenario.recorded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code trace-*.txt}: one line that sums up the run, then, between TRACE-BEGIN and TRACE-END, ftrace text.
 *
 * @param name what errors and reports call the file
 * @param kind first word of the summary: RES for a scenario and its pin, RCL for a reclaim
 * @param scenario name of what was run
 * @param pages pages of the mapping
 * @param rc result of the pin or of the reclaim: 0 or -errno
 * @param drained a reclaim: the CPUs were drained after the touches
 */
public record RecordedTrace(String name, String kind, String scenario, int pages, int rc, boolean drained, List<TraceLine> lines) {
  private static final Pattern SUMMARY = Pattern.compile("(?<kind>RES|RCL) (?<rest>.*)");
  private static final Pattern PAGES = Pattern.compile("(?:^| )n=(\\d{1,9})(?: |$)");
  private static final Pattern RC = Pattern.compile("(?:^| )rc=(-?\\d{1,9})(?: |$)");
  private static final Pattern DRAINED = Pattern.compile(" drain=1(?: |$)");
  private static final String BEGIN = "TRACE-BEGIN ";
  private static final String END = "TRACE-END";

  public RecordedTrace {
    lines = List.copyOf(lines);
  }

  /** Whether a text is a recorded trace, and not recorded scripts; its first line tells. */
  public static boolean is(String text) {
    return SUMMARY.matcher(text.lines().findFirst().orElse("")).matches();
  }

  /**
   * Reads a file.
   *
   * @throws ScriptSyntaxException if it is not a recorded trace
   */
  public static RecordedTrace read(Path path) throws IOException {
    return parse(path.toString(), Files.readString(path, StandardCharsets.UTF_8));
  }

  /**
   * Reads a text.
   *
   * @param name what errors call the text
   * @throws ScriptSyntaxException if it is not a recorded trace
   */
  public static RecordedTrace parse(String name, String text) {
    String[] rows = text.split("\n", -1);
    Matcher summary = SUMMARY.matcher(rows[0]);
    if (!summary.matches()) {
      throw new ScriptSyntaxException(name, 1, 1, "expected a line that begins with RES or RCL and sums up the run");
    }
    if (rows.length < 2 || !rows[1].startsWith(BEGIN)) {
      throw new ScriptSyntaxException(name, 2, 1, "expected " + BEGIN + "and the name of the scenario");
    }
    List<TraceLine> lines = new ArrayList<>();
    int row = 2;
    for (; row < rows.length && !rows[row].equals(END); row++) {
      if (!rows[row].isBlank() && !rows[row].startsWith("#")) {
        lines.add(TraceLine.parse(name, row + 1, rows[row]));
      }
    }
    if (row == rows.length) {
      throw new ScriptSyntaxException(name, rows.length, 1, "the text ends without " + END);
    }
    return new RecordedTrace(name, summary.group("kind"), rows[1].substring(BEGIN.length()).strip(),
        number(name, PAGES, rows[0], "n"), number(name, RC, rows[0], "rc"), DRAINED.matcher(rows[0]).find(), lines);
  }

  private static int number(String name, Pattern pattern, String summary, String field) {
    Matcher matcher = pattern.matcher(summary);
    if (!matcher.find()) {
      throw new ScriptSyntaxException(name, 1, 1, "the summary has no field " + field + "=<number>");
    }
    return Integer.parseInt(matcher.group(1));
  }
}
