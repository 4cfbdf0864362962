package pinfold.kernel.cost;

import java.util.Map;

/** The costs of one run: the defaults of {@link Cost} with what a scenario overrides. */
public final class CostModel {
  private final long[] nanos = new long[Cost.values().length];

  public CostModel(Map<Cost, Long> overrides) {
    for (Cost cost : Cost.values()) {
      nanos[cost.ordinal()] = overrides.getOrDefault(cost, cost.nanos());
    }
  }

  public static CostModel defaults() {
    return new CostModel(Map.of());
  }

  /** The cost, ns. */
  public long of(Cost cost) {
    return nanos[cost.ordinal()];
  }
}
