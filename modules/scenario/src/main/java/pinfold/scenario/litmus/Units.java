package pinfold.scenario.litmus;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes: a number and its unit, with or without a space. */
final class Units {
  private static final Pattern TOGETHER = Pattern.compile("(\\d{1,12})([A-Za-z]+)");
  private static final List<String> TIMES = List.of("ns", "us", "ms", "s");
  private static final List<String> SIZES = List.of("KiB", "MiB", "GiB");

  private Units() {}

  static long nanos(Tokens tokens) {
    long[] factors = {1, 1_000, 1_000_000, 1_000_000_000};
    return quantity(tokens, "time", TIMES, factors);
  }

  static long bytes(Tokens tokens) {
    long[] factors = {1L << 10, 1L << 20, 1L << 30};
    return quantity(tokens, "size", SIZES, factors);
  }

  private static long quantity(Tokens tokens, String what, List<String> units, long[] factors) {
    Matcher together = TOGETHER.matcher(tokens.peek());
    if (together.matches()) {
      int unit = units.indexOf(together.group(2));
      if (unit < 0) {
        throw tokens.wrong("should be a " + what + " in " + String.join(", ", units));
      }
      tokens.word(what);
      return Long.parseLong(together.group(1)) * factors[unit];
    }
    long number = tokens.number("a " + what, 0, 1_000_000_000);
    int unit = units.indexOf(tokens.peek());
    if (unit < 0) {
      throw tokens.unknown("unit of " + what, units);
    }
    tokens.word(what);
    return number * factors[unit];
  }
}
