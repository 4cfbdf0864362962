package pinfold.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A set of CPUs written as the kernel does: {@code 0-3,8}. */
final class CpuList {
  /** NR_CPUS of the largest x86-64 kernel configuration. */
  static final int LIMIT = 8192;

  private static final Pattern RANGE = Pattern.compile("\\s*(\\d{1,5})\\s*(?:-\\s*(\\d{1,5})\\s*)?");

  private CpuList() {}

  /**
   * The CPUs in ascending order; blank text has none.
   *
   * @throws IllegalArgumentException if the text is no such list, or names a CPU twice; the message says what is wrong
   */
  static List<Integer> parse(String text) {
    TreeSet<Integer> cpus = new TreeSet<>();
    if (text.isBlank()) {
      return List.of();
    }
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      if (!range.matches()) {
        throw new IllegalArgumentException("must be a list of CPUs such as 0-3,8");
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first || last >= LIMIT) {
        throw new IllegalArgumentException("must be a list of CPUs such as 0-3,8, ascending and below " + LIMIT);
      }
      for (int cpu = first; cpu <= last; cpu++) {
        if (!cpus.add(cpu)) {
          throw new IllegalArgumentException("names CPU " + cpu + " twice");
        }
      }
    }
    return List.copyOf(cpus);
  }

  /** The shortest such text for ascending CPUs. */
  static String format(List<Integer> cpus) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < cpus.size(); ) {
      int first = cpus.get(i);
      int last = first;
      for (i++; i < cpus.size() && cpus.get(i) == last + 1; i++) {
        last++;
      }
      parts.add(first == last ? String.valueOf(first) : first + "-" + last);
    }
    return String.join(",", parts);
  }
}
