package pinfold.benchmarks;

import java.util.Locale;

/** What a figure should reach: at least a value, or at most one. */
record Aim(double value, boolean least) {
  static Aim atLeast(double value) {
    return new Aim(value, true);
  }

  static Aim atMost(double value) {
    return new Aim(value, false);
  }

  boolean isMetBy(double figure) {
    return least ? figure >= value : figure <= value;
  }

  @Override
  public String toString() {
    return (least ? ">= " : "<= ") + String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
  }
}
