package pinfold.cli.terminal;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What is at the other end of standard error.
 *
 * @param redraws whether a line can be drawn over: a terminal, and not a dumb one
 * @param colour whether colours are welcome
 * @param columns width in characters
 */
public record Terminal(boolean redraws, boolean colour, int columns) {
  private static final int DEFAULT_COLUMNS = 140;
  private static final int LEAST_COLUMNS = 20;

  /**
   * Reads the environment and the properties that the launcher sets ({@code pinfold.terminal}, {@code pinfold.columns}):
   * Java itself cannot tell whether standard error is a terminal. COLUMNS wins over the terminal's own width; NO_COLOR,
   * if set and not empty, and TERM=dumb are respected.
   */
  public static Terminal detect(Map<String, String> environment, UnaryOperator<String> properties) {
    boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
    boolean redraws = Boolean.parseBoolean(properties.apply("pinfold.terminal")) && !dumb;
    boolean colour = redraws && environment.getOrDefault("NO_COLOR", "").isEmpty();
    int columns = positive(environment.get("COLUMNS"), positive(properties.apply("pinfold.columns"), DEFAULT_COLUMNS));
    return new Terminal(redraws, colour, Math.max(LEAST_COLUMNS, columns));
  }

  private static int positive(String text, int otherwise) {
    return text != null && text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : otherwise;
  }
}
