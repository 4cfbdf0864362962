package pinfold.scenario.litmus;

import java.util.List;

/**
 * How a litmus test came out in one variant.
 *
 * @param checks how many things had to hold
 * @param misses those that did not, in the order of the file
 * @param digest of the run: equal on every host
 */
public record Outcome(Litmus litmus, String variant, int checks, List<Miss> misses, long digest) {
  public Outcome {
    misses = List.copyOf(misses);
  }

  /** Whether everything held. */
  public boolean passed() {
    return misses.isEmpty();
  }

  /** A line that says how it came out and, for each miss, what was expected and what was found. */
  public String text() {
    StringBuilder text = new StringBuilder(litmus.file()).append("  ").append(variant).append(": ");
    if (passed()) {
      return text.append("all ").append(checks).append(" hold\n").toString();
    }
    text.append(misses.size()).append(" of ").append(checks).append(" missed\n");
    int line = 0;
    for (Miss miss : misses) {
      if (miss.line() != line) {
        text.append("  line ").append(miss.line());
        text.append(miss.step().isEmpty() ? "" : ", after '" + miss.step() + "'").append('\n');
        line = miss.line();
      }
      text.append("    - ").append(miss.expected()).append('\n').append("    + ").append(miss.found()).append('\n');
      miss.detail().lines().forEach(more -> text.append("      ").append(more).append('\n'));
    }
    return text.toString();
  }
}
