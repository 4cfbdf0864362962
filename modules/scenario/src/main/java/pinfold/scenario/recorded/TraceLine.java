package pinfold.scenario.recorded;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One event of an ftrace text, as kernels and perf print it: {@code comm-pid [cpu] flags secs.usecs: event: fields}.
 *
 * @param number line of the file, from 1
 * @param latency four or five characters, empty if the tool prints none
 * @param fields all behind the event's name, cells of fixed width included
 */
public record TraceLine(int number, String comm, int pid, int cpu, String latency, String seconds, String event, String fields) {
  private static final Pattern LINE = Pattern.compile(" *(?<comm>.+)-(?<pid>\\d+) +(?:\\( *[-\\d]+\\) +)?\\[(?<cpu>\\d+)] +"
      + "(?:(?<latency>[^ ]{4,5}) +)?(?<seconds>\\d+\\.\\d+): (?:\\w+:)?(?<event>\\w+):(?: (?<fields>.*))?");
  private static final Pattern PROBE = Pattern.compile("\\((\\w+)\\+0x[0-9a-f]+/0x[0-9a-f]+\\)");
  private static final String MARKER = "tracing_mark_write";

  /**
   * Reads a line.
   *
   * @throws ScriptSyntaxException if it is not one
   */
  public static TraceLine parse(String file, int number, String text) {
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      throw new ScriptSyntaxException(file, number, 1,
          "found \"" + text + "\", expected comm-pid [cpu] flags seconds: event: fields");
    }
    return new TraceLine(number, line.group("comm"), Integer.parseInt(line.group("pid")), Integer.parseInt(line.group("cpu")),
        line.group("latency") == null ? "" : line.group("latency"), line.group("seconds"), line.group("event"),
        line.group("fields") == null ? "" : line.group("fields"));
  }

  /** Whether a program wrote the line into the trace itself. */
  public boolean isMarker() {
    return event.equals(MARKER);
  }

  /** Whether a worker of a workqueue was running. */
  public boolean byWorker() {
    return comm.startsWith("kworker/");
  }

  /** Comm and pid, which name a task. */
  public String task() {
    return comm + "-" + pid;
  }

  /** The value of a field, null if the line has none of that name. */
  public String field(String name) {
    Matcher field = Pattern.compile("(?:^| )" + name + "=([^ ]*)").matcher(fields);
    return field.find() ? field.group(1) : null;
  }

  /** The fields without what depends on the build: a probe's function stands without offset and size. */
  public String plainFields() {
    return PROBE.matcher(fields).replaceAll("($1)");
  }
}
