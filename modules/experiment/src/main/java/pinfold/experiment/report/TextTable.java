package pinfold.experiment.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table for a person: columns line up, units stand in the header, numbers are right-aligned. Too wide for the terminal,
 * it first breaks headers and text at spaces, then gives up columns and prints one block per row.
 */
public final class TextTable {
  private static final String GAP = "  ";

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * One column.
   *
   * @param header what it holds
   * @param unit of its numbers; empty if they have none
   * @param number whether to align it to the right and never break it
   */
  public record Column(String header, String unit, boolean number) {
    /** Words, to the left. */
    public static Column text(String header) {
      return new Column(header, "", false);
    }

    /** Counts, to the right. */
    public static Column number(String header) {
      return new Column(header, "", true);
    }

    /** Quantities, to the right, with their unit in the header. */
    public static Column number(String header, String unit) {
      return new Column(header, unit, true);
    }

    String title() {
      return unit.isEmpty() ? header : header + " (" + unit + ")";
    }
  }

  public TextTable(Column... columns) {
    this.columns = List.of(columns);
  }

  /** Adds a row with one cell per column; null is an empty cell. */
  public TextTable row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
    }
    rows.add(Arrays.stream(cells).map(cell -> cell == null ? "" : cell.toString()).toList());
    return this;
  }

  List<Column> columns() {
    return columns;
  }

  List<List<String>> rows() {
    return rows;
  }

  /** The table in at most {@code width} characters per line where words allow it; every line ends with a newline. */
  public String render(int width) {
    int[] widths = fit(width);
    return widths == null ? blocks(width) : grid(widths);
  }

  /** The table as GitHub-flavoured Markdown. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    markdownLine(out, columns.stream().map(Column::title).toList());
    out.append(columns.stream().map(column -> column.number() ? "---:" : "---").collect(Collectors.joining("|", "|", "|\n")));
    rows.forEach(row -> markdownLine(out, row));
    return out.toString();
  }

  private static void markdownLine(StringBuilder out, List<String> cells) {
    out.append(cells.stream().map(cell -> cell.replace("|", "\\|").replace("\n", " ")).collect(
        Collectors.joining(" | ", "| ", " |\n")));
  }

  /** Column widths that fit, or null. Narrows the widest column that can still be narrowed, one character at a time. */
  private int[] fit(int width) {
    int[] least = columnWidths(TextTable::longestWord);
    int[] widths = columnWidths(TextTable::length);
    for (int excess = total(widths) - width; excess > 0; excess--) {
      int widest = -1;
      for (int c = 0; c < widths.length; c++) {
        if (widths[c] > least[c] && (widest < 0 || widths[c] > widths[widest])) {
          widest = c;
        }
      }
      if (widest < 0) {
        return null;
      }
      widths[widest]--;
    }
    return widths;
  }

  private int[] columnWidths(ToIntFunction<String> measure) {
    return IntStream.range(0, columns.size()).map(c -> {
      int cells = rows.stream().map(row -> row.get(c))
          .mapToInt(cell -> columns.get(c).number() ? length(cell) : measure.applyAsInt(cell)).max().orElse(0);
      return Math.max(cells, measure.applyAsInt(columns.get(c).title()));
    }).toArray();
  }

  private String grid(int[] widths) {
    StringBuilder out = new StringBuilder();
    gridLine(out, columns.stream().map(Column::title).toList(), widths, true);
    out.append(Arrays.stream(widths).mapToObj("-"::repeat).collect(Collectors.joining(GAP))).append('\n');
    rows.forEach(row -> gridLine(out, row, widths, false));
    return out.toString();
  }

  /** One row, of as many lines as its tallest cell; headers stand on the rule below them. */
  private void gridLine(StringBuilder out, List<String> cells, int[] widths, boolean sitsAtBottom) {
    List<List<String>> wrapped = IntStream.range(0, widths.length).mapToObj(c -> wrap(cells.get(c), widths[c])).toList();
    int height = wrapped.stream().mapToInt(List::size).max().orElse(1);
    for (int line = 0; line < height; line++) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        List<String> cell = wrapped.get(c);
        int at = sitsAtBottom ? line - (height - cell.size()) : line;
        String part = at >= 0 && at < cell.size() ? cell.get(at) : "";
        String padding = " ".repeat(Math.max(0, widths[c] - length(part)));
        text.append(c == 0 ? "" : GAP).append(columns.get(c).number() ? padding + part : part + padding);
      }
      out.append(text.toString().stripTrailing()).append('\n');
    }
  }

  /** One block per row: its first cell, then the others as "title: cell". */
  private String blocks(int width) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      out.append(out.isEmpty() ? "" : "\n").append(columns.getFirst().title()).append(": ").append(row.getFirst()).append('\n');
      for (int c = 1; c < columns.size(); c++) {
        String label = columns.get(c).title() + ": ";
        int room = Math.max(12, width - 2 * GAP.length());
        List<String> lines = wrap((label + row.get(c)).strip(), room);
        for (int i = 0; i < lines.size(); i++) {
          out.append(i == 0 ? GAP : GAP + GAP).append(lines.get(i)).append('\n');
        }
      }
    }
    return out.toString();
  }

  /** Breaks at spaces; a word longer than the width stays whole. */
  private static List<String> wrap(String text, int width) {
    if (length(text) <= width) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && length(line.toString()) + 1 + length(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static int total(int[] widths) {
    return Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static int longestWord(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(TextTable::length).max().orElse(0);
  }
}
