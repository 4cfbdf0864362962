package pinfold.experiment.report;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pinfold.experiment.results.Json;

/** Text of others inside a page of ours: whatever it says, it stays text. */
final class Html {
  private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)}}");
  /** What ends a script, or makes the parser take the rest of it for something else. */
  private static final Pattern ENDS_SCRIPT = Pattern.compile("<(?=/?script|!--)", Pattern.CASE_INSENSITIVE);

  /** Columns that paper has room for with each cell on one line. */
  private static final int COLUMNS_ON_PAPER = 10;

  private Html() {}

  /** Text for an element or a quoted attribute. */
  static String text(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
  }

  /** A value for a script element of type application/json. */
  static String json(Object value) {
    return Json.line(value).replace("<", "\\u003c");
  }

  /**
   * A program for a script element. Where it says such a thing it is in a string or a regular expression, where {@code \x3c} is the
   * same.
   */
  static String script(String program) {
    return ENDS_SCRIPT.matcher(program).replaceAll("\\\\x3c");
  }

  /** The template with what stands for each <code>{{name}}</code>; nothing is looked for in what was put in. */
  static String filled(String template, Map<String, String> slots) {
    return SLOT.matcher(template).replaceAll(slot -> {
      String content = slots.get(slot.group(1));
      if (content == null) {
        throw new IllegalArgumentException("nothing for " + slot.group());
      }
      return Matcher.quoteReplacement(content);
    });
  }

  /** A table in a box of its own that scrolls; of its rows as many as these, with a word on the rest. */
  static String table(TextTable table, int mostRows, String rest) {
    StringBuilder out = new StringBuilder("<div class=\"scroll\" tabindex=\"0\"><table")
        .append(table.columns().size() > COLUMNS_ON_PAPER ? " class=\"wide\"" : "").append(">\n<thead><tr>");
    table.columns().forEach(column -> out.append("<th scope=\"col\"").append(column.number() ? " class=\"number\">" : ">")
        .append(text(column.title())).append("</th>"));
    out.append("</tr></thead>\n<tbody>\n");
    String before = null;
    for (List<String> row : table.rows().subList(0, Math.min(mostRows, table.rows().size()))) {
      out.append(row.getFirst().equals(before) ? "<tr>" : "<tr class=\"first\">");
      before = row.getFirst();
      for (int c = 0; c < row.size(); c++) {
        out.append(table.columns().get(c).number() ? "<td class=\"number\">" : "<td>").append(text(row.get(c))).append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>\n");
    if (table.rows().size() > mostRows) {
      out.append("<p class=\"note\">The first ").append(mostRows).append(" of ").append(table.rows().size()).append(" rows. ")
          .append(text(rest)).append("</p>\n");
    }
    return out.toString();
  }
}
