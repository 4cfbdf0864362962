package pinfold.scenario.recorded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code cma-alloc.csv}: what cma_alloc() of a whole CMA area did to pages in the states that scenarios name.
 *
 * @param name what errors and reports call the file
 */
public record RecordedCmaAllocs(String name, List<Row> rows) {
  private static final List<String> KEYS = List.of("scenario", "variant", "rep");
  private static final String FIRST_FIELDS = String.join(",", KEYS) + ",result,present_after,";

  public RecordedCmaAllocs {
    rows = List.copyOf(rows);
  }

  /**
   * One run.
   *
   * @param line its number in the file, from 1
   * @param variant the recorded build: A, B, C1 or C2
   * @param fields what came out, by column
   */
  public record Row(int line, String scenario, String variant, int repeat, Map<String, String> fields) {
    public Row {
      fields = new LinkedHashMap<>(fields);
    }
  }

  /** Whether a text is such a file; its first line tells. */
  public static boolean is(String text) {
    return text.startsWith(FIRST_FIELDS);
  }

  /**
   * Reads a text.
   *
   * @param name what errors call the text
   * @throws ScriptSyntaxException if a row does not have the columns of the first line
   */
  public static RecordedCmaAllocs parse(String name, String text) {
    List<String> lines = text.lines().toList();
    List<String> columns = List.of(lines.getFirst().split(",", -1));
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String[] cells = lines.get(i).split(",", -1);
      if (cells.length != columns.size()) {
        throw new ScriptSyntaxException(name, i + 1, 1, "a row has " + columns.size() + " columns, this one has " + cells.length);
      }
      if (!cells[2].matches("\\d{1,9}")) {
        throw new ScriptSyntaxException(name, i + 1, cells[0].length() + cells[1].length() + 3, "rep must be a number, not \""
            + cells[2] + "\"");
      }
      Map<String, String> fields = new LinkedHashMap<>();
      for (int column = KEYS.size(); column < cells.length; column++) {
        fields.put(columns.get(column), cells[column]);
      }
      rows.add(new Row(i + 1, cells[0], cells[1], Integer.parseInt(cells[2]), fields));
    }
    return new RecordedCmaAllocs(name, rows);
  }
}
