package pinfold.experiment.results;

import java.util.List;

/** Tables as CSV (RFC 4180, newline-ended): a header, then one line per row; null is an empty cell. */
final class Csv {
  private Csv() {}

  /** @param name of the table, for complaints */
  static String of(String name, List<String> header, Iterable<? extends List<?>> rows) {
    StringBuilder lines = new StringBuilder();
    line(lines, header);
    for (List<?> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(name + ": a row of " + row.size() + " under " + header.size() + " headers");
      }
      line(lines, row);
    }
    return lines.toString();
  }

  private static void line(StringBuilder lines, List<?> cells) {
    String separator = "";
    for (Object cell : cells) {
      String text = cell == null ? "" : cell.toString();
      boolean quote = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      lines.append(separator).append(quote ? '"' + text.replace("\"", "\"\"") + '"' : text);
      separator = ",";
    }
    lines.append('\n');
  }
}
