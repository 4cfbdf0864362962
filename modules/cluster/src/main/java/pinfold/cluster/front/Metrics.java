package pinfold.cluster.front;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a member's {@code /metrics} says, read. */
public final class Metrics {
  private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("\\G([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(?:,|$)");

  private final List<Sample> samples;

  /** A value with its name and labels. */
  public record Sample(String name, Map<String, String> labels, double value) {
    /** As a line of Prometheus' text format, without its end. */
    String line() {
      String text = labels.entrySet().stream().map(label -> label.getKey() + "=\"" + label.getValue().replace("\\", "\\\\")
          .replace("\"", "\\\"").replace("\n", "\\n") + "\"").collect(Collectors.joining(",", "{", "}"));
      boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
      return name + (labels.isEmpty() ? "" : text) + " " + (whole ? Long.toString((long) value) : Double.toString(value));
    }
  }

  private Metrics(List<Sample> samples) {
    this.samples = samples;
  }

  /** @throws IllegalArgumentException if a line is neither a comment nor a sample */
  public static Metrics read(String text) {
    List<Sample> samples = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        samples.add(sample(line));
      }
    }
    return new Metrics(List.copyOf(samples));
  }

  private static Sample sample(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a sample: " + line);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    String inside = parts.group(2) == null ? "" : parts.group(2);
    Matcher label = LABEL.matcher(inside);
    int end = 0;
    while (end < inside.length() && label.find()) {
      labels.put(label.group(1), unescaped(label.group(2)));
      end = label.end();
    }
    if (end < inside.length()) {
      throw new IllegalArgumentException("not labels: " + inside);
    }
    return new Sample(parts.group(1), labels, Double.parseDouble(parts.group(3)));
  }

  private static String unescaped(String text) {
    return Pattern.compile("\\\\(.)").matcher(text).replaceAll(found -> Matcher.quoteReplacement(
        found.group(1).equals("n") ? "\n" : found.group(1)));
  }

  /** Names and values in turn, in that order. */
  static Map<String, String> labels(String... labels) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      map.put(labels[i], labels[i + 1]);
    }
    return map;
  }

  /** All samples in the order of the text. */
  public Stream<Sample> samples() {
    return samples.stream();
  }

  /**
   * Samples of a name in the order of the text.
   *
   * @param labels names and values in turn that a sample must have among its own
   */
  public Stream<Sample> all(String name, String... labels) {
    Map<String, String> wanted = labels(labels);
    return samples.stream().filter(sample -> sample.name.equals(name) && sample.labels.entrySet().containsAll(wanted.entrySet()));
  }

  /** The first of {@link #all}, if there is one. */
  public OptionalDouble value(String name, String... labels) {
    return all(name, labels).mapToDouble(Sample::value).findFirst();
  }
}
