package pinfold.scenario.conform;

import java.util.ArrayList;
import java.util.List;

/** The longest common part of two lists of lines, and what differs. */
final class LineDiff {
  private static final int CONTEXT = 3;

  private final List<String> expected;
  private final List<String> actual;
  private final int[][] common;

  LineDiff(List<String> expected, List<String> actual) {
    this.expected = expected;
    this.actual = actual;
    this.common = new int[expected.size() + 1][actual.size() + 1];
    for (int i = expected.size() - 1; i >= 0; i--) {
      for (int j = actual.size() - 1; j >= 0; j--) {
        common[i][j] = expected.get(i).equals(actual.get(j)) ? common[i + 1][j + 1] + 1
            : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
  }

  boolean isEmpty() {
    return expected.equals(actual);
  }

  /** Lines that both have, in order. */
  int common() {
    return common[0][0];
  }

  /** What differs, {@code -} expected and {@code +} actual, with a few lines around. */
  List<String> lines() {
    List<String> all = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < expected.size() || j < actual.size()) {
      if (i < expected.size() && j < actual.size() && expected.get(i).equals(actual.get(j))) {
        all.add("  " + expected.get(i++));
        j++;
      } else if (j == actual.size() || i < expected.size() && common[i + 1][j] >= common[i][j + 1]) {
        all.add("- " + expected.get(i++));
      } else {
        all.add("+ " + actual.get(j++));
      }
    }
    List<String> near = new ArrayList<>();
    int shown = -1;
    for (int at = 0; at < all.size(); at++) {
      if (differsNear(all, at)) {
        if (shown >= 0 && shown < at - 1) {
          near.add("  ...");
        }
        near.add(all.get(at));
        shown = at;
      }
    }
    return near;
  }

  private static boolean differsNear(List<String> all, int at) {
    for (int other = Math.max(0, at - CONTEXT); other < Math.min(all.size(), at + CONTEXT + 1); other++) {
      if (!all.get(other).startsWith("  ")) {
        return true;
      }
    }
    return false;
  }
}
