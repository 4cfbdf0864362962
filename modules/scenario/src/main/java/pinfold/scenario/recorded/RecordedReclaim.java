package pinfold.scenario.recorded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code reclaim.csv}: outcomes of memory.reclaim on a memory cgroup, several repeats of each case. Rows of one case are put
 * together, in the order in which cases first appear.
 */
public record RecordedReclaim(String name, List<Case> cases) {
  private static final String HEADER =
      "variant,lru,pages,touched_left_in_batch,rep,pgscan,pgsteal,present_after,touched_present_after";
  private static final int FIRST_VALUE = 5;
  private static final List<String> FIELDS = List.of(HEADER.split(",")).subList(FIRST_VALUE, HEADER.split(",").length);
  private static final int MOST_PAGES = 1 << 17;

  /** The smallest and the largest value of some repeats. */
  public record Spread(long least, long most) {
    public boolean contains(long value) {
      return value >= least && value <= most;
    }

    Spread with(long value) {
      return new Spread(Math.min(least, value), Math.max(most, value));
    }

    @Override
    public String toString() {
      return least == most ? Long.toString(least) : least + ".." + most;
    }
  }

  /**
   * One case.
   *
   * @param line of its first row
   * @param build letter of the build that it was recorded on
   * @param pages pages of the mapping; a quarter is touched, half is to be reclaimed
   * @param leftInBatch the CPUs are not drained after the touches
   * @param repeats how many rows there are
   * @param recorded by field: what the repeats gave
   */
  public record Case(int line, String build, boolean mglru, int pages, boolean leftInBatch, int repeats,
      Map<String, Spread> recorded) {
    /** What it is, in the words of the file. */
    public String text() {
      return build + " " + (mglru ? "mglru" : "classic") + " " + pages + " pages, touched left in batch: "
          + (leftInBatch ? "yes" : "no");
    }
  }

  public RecordedReclaim {
    cases = List.copyOf(cases);
  }

  /** Whether a text is one; its first line tells. */
  public static boolean is(String text) {
    return text.startsWith(HEADER);
  }

  /**
   * Reads a text.
   *
   * @param name what errors call the text
   * @throws ScriptSyntaxException if it is not such a file
   */
  public static RecordedReclaim parse(String name, String text) {
    List<String> lines = text.lines().toList();
    if (!is(text)) {
      throw new ScriptSyntaxException(name, 1, 1, "expected the header " + HEADER);
    }
    Map<String, Case> cases = new LinkedHashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        addRow(name, i + 1, lines.get(i).split(",", -1), cases);
      }
    }
    return new RecordedReclaim(name, new ArrayList<>(cases.values()));
  }

  private static void addRow(String name, int line, String[] cells, Map<String, Case> cases) {
    int columns = FIRST_VALUE + FIELDS.size();
    if (cells.length != columns) {
      throw new ScriptSyntaxException(name, line, 1, "found " + cells.length + " columns, expected " + columns);
    }
    boolean mglru = choice(name, line, "lru", cells[1], "mglru", "classic");
    boolean left = choice(name, line, "touched_left_in_batch", cells[3], "yes", "no");
    int pages = (int) number(name, line, "pages", cells[2]);
    if (pages < 4 || pages > MOST_PAGES) {
      throw new ScriptSyntaxException(name, line, 1, "pages = " + pages + " is not between 4 and " + MOST_PAGES);
    }
    String key = String.join(",", cells[0], cells[1], cells[2], cells[3]);
    Case before = cases.get(key);
    Map<String, Spread> recorded = new LinkedHashMap<>();
    for (int i = 0; i < FIELDS.size(); i++) {
      long value = number(name, line, FIELDS.get(i), cells[FIRST_VALUE + i]);
      recorded.put(FIELDS.get(i), before == null ? new Spread(value, value) : before.recorded.get(FIELDS.get(i)).with(value));
    }
    cases.put(key, new Case(before == null ? line : before.line, cells[0], mglru, pages, left,
        before == null ? 1 : before.repeats + 1, recorded));
  }

  private static boolean choice(String name, int line, String column, String cell, String yes, String no) {
    if (!cell.equals(yes) && !cell.equals(no)) {
      throw new ScriptSyntaxException(name, line, 1, column + " is \"" + cell + "\", expected " + yes + " or " + no);
    }
    return cell.equals(yes);
  }

  private static long number(String name, int line, String column, String cell) {
    try {
      return Long.parseLong(cell);
    } catch (NumberFormatException e) {
      throw new ScriptSyntaxException(name, line, 1, column + " is \"" + cell + "\", expected a number");
    }
  }
}
