package pinfold.experiment.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A timeline as a sequence chart: a lane for each actor, time downwards, a row for each step. Rows are as far apart as their words need;
 * the time is written beside them. An SVG that needs nothing else: colours come from the page's custom properties.
 */
final class SequenceChart {
  private static final int TIME_WIDTH = 118;
  private static final int LANE_WIDTH = 84;
  private static final int TEXT_WIDTH = 560;
  private static final int CHARACTERS = 92;
  private static final int HEAD = 44;
  private static final int LINE = 15;
  private static final int GAP = 9;

  private final List<Lane> lanes;

  /** A chart with the lanes that these steps need. */
  SequenceChart(List<Step> steps) {
    TreeSet<Lane> used = new TreeSet<>();
    steps.forEach(step -> {
      used.add(step.from());
      used.add(step.to());
    });
    this.lanes = new ArrayList<>(used);
  }

  /** The SVG element of some of the steps, so that a long timeline is several pictures, which paper can break between. */
  String svg(List<Step> steps) {
    StringBuilder svg = new StringBuilder();
    int width = TIME_WIDTH + lanes.size() * LANE_WIDTH + TEXT_WIDTH;
    StringBuilder rows = new StringBuilder();
    int y = HEAD;
    for (Step step : steps) {
      y = row(rows, step, y);
    }
    svg.append("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 ").append(width).append(' ').append(y + GAP).append("\" width=\"")
        .append(width).append("\" height=\"").append(y + GAP).append("\" aria-label=\"sequence of ").append(steps.size())
            .append(" steps\">");
    for (int lane = 0; lane < lanes.size(); lane++) {
      int x = x(lane);
      svg.append("<line class=\"lane\" x1=\"").append(x).append("\" y1=\"").append(HEAD - 12).append("\" x2=\"").append(x)
          .append("\" y2=\"")
          .append(y).append("\"/>");
      head(svg, x, lanes.get(lane).title());
    }
    return svg.append(rows).append("</svg>").toString();
  }

  private static void head(StringBuilder svg, int x, String title) {
    List<String> lines = wrap(title.replace('_', ' '), 12);
    for (int i = 0; i < lines.size(); i++) {
      text(svg, "head", x, HEAD - 18 - 12 * (lines.size() - 1 - i), lines.get(i));
    }
  }

  private int x(int lane) {
    return TIME_WIDTH + lane * LANE_WIDTH + LANE_WIDTH / 2;
  }

  private int row(StringBuilder out, Step step, int top) {
    List<String> what = wrap((step.task().isEmpty() ? "" : step.task() + ": ") + step.what(), CHARACTERS);
    List<String> rule = step.rule().isEmpty() ? List.of() : wrap(step.rule(), CHARACTERS);
    int y = top + LINE;
    text(out, "time", 4, y, "%.9f".formatted(step.nanos() / 1e9));
    int from = x(lanes.indexOf(step.from()));
    int to = x(lanes.indexOf(step.to()));
    int mid = y - 4;
    if (from != to) {
      int tip = to > from ? to - 7 : to + 7;
      out.append("<line class=\"act\" x1=\"").append(from).append("\" y1=\"").append(mid).append("\" x2=\"").append(tip).append("\" y2=\"")
          .append(mid).append("\"/><path class=\"tip\" d=\"M").append(to).append(' ').append(mid).append('L').append(tip).append(' ')
          .append(mid - 4).append('L').append(tip).append(' ').append(mid + 4).append("Z\"/>");
    }
    out.append("<circle class=\"dot\" cx=\"").append(from).append("\" cy=\"").append(mid).append("\" r=\"4\"/>");
    int textX = TIME_WIDTH + lanes.size() * LANE_WIDTH;
    for (String line : what) {
      text(out, "what", textX, y, line);
      y += LINE;
    }
    for (String line : rule) {
      text(out, "rule", textX, y, line);
      y += LINE;
    }
    return y - LINE + GAP;
  }

  private static void text(StringBuilder out, String kind, int x, int y, String words) {
    out.append("<text class=\"").append(kind).append("\" x=\"").append(x).append("\" y=\"").append(y).append("\">")
        .append(StoryPage.escaped(words))
        .append("</text>");
  }

  /** Lines of at most so many characters; a longer word has a line of its own, cut where it must be. */
  static List<String> wrap(String text, int most) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      String rest = word;
      if (!line.isEmpty() && line.length() + 1 + rest.length() > most) {
        lines.add(line.toString());
        line.setLength(0);
      }
      for (; rest.length() > most; rest = rest.substring(most)) {
        lines.add(rest.substring(0, most));
      }
      line.append(line.isEmpty() ? "" : " ").append(rest);
    }
    lines.add(line.toString());
    return lines;
  }
}
