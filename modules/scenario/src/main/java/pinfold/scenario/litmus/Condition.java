package pinfold.scenario.litmus;

import java.util.List;

/**
 * What a value must be.
 *
 * @param values several only with {@link Operator#EQUAL}: any of them will do
 * @param text as the file says it, operator and all
 */
public record Condition(Operator operator, List<Long> values, String text) {
  public Condition {
    values = List.copyOf(values);
  }

  /** How to compare. */
  public enum Operator {
    EQUAL("="), UNEQUAL("!="), LESS("<"), AT_MOST("<="), MORE(">"), AT_LEAST(">=");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  /** Whether the value will do. */
  public boolean holds(long value) {
    long other = values.getFirst();
    return switch (operator) {
      case EQUAL -> values.contains(value);
      case UNEQUAL -> value != other;
      case LESS -> value < other;
      case AT_MOST -> value <= other;
      case MORE -> value > other;
      case AT_LEAST -> value >= other;
    };
  }
}
