package pinfold.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A page frame number on the command line, as {@code 540720} or as traces and stories print it, {@code 0x84030}. */
final class PageFrame implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a page frame number: write it as 540720 or 0x84030");
    }
  }
}
