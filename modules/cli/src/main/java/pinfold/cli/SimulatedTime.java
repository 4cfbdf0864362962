package pinfold.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A simulated instant on the command line: a number and a unit, as {@code 1.5s}, {@code 200ms}, {@code 10us}, {@code 5ns}. */
final class SimulatedTime implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s)");

  @Override
  public Long convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is not a time: write a number and ns, us, ms or s, as 1.5ms");
    }
    int decimals = switch (matcher.group(2)) {
      case "ns" -> 0;
      case "us" -> 3;
      case "ms" -> 6;
      default -> 9;
    };
    try {
      return new BigDecimal(matcher.group(1)).movePointRight(decimals).setScale(0, RoundingMode.HALF_UP).longValueExact();
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + text + "' is beyond the 292 years that simulated time can count");
    }
  }
}
