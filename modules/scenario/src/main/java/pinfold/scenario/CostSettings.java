package pinfold.scenario;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import pinfold.kernel.cost.Cost;

/** Reads what a scenario says of the cost model. */
final class CostSettings {
  private static final long MOST_NANOS = 1_000_000_000_000L;

  private CostSettings() {}

  /** {@code name=nanoseconds} each. */
  static Map<Cost, Long> read(Settings root) {
    Map<Cost, Long> costs = new EnumMap<>(Cost.class);
    List<String> known = Arrays.stream(Cost.values()).map(Labelled::of).toList();
    for (String assignment : root.texts("costs")) {
      String[] parts = assignment.split("=", -1);
      if (parts.length != 2 || !parts[1].strip().matches("\\d{1,13}") || Long.parseLong(parts[1].strip()) > MOST_NANOS) {
        throw root.error("costs", "must be name=nanoseconds each, such as fault-page=900, of at most " + MOST_NANOS);
      }
      int index = known.indexOf(parts[0].strip());
      if (index < 0) {
        throw root.error("costs", "there is no cost " + parts[0].strip() + Settings.didYouMean(parts[0].strip(), known));
      }
      costs.put(Cost.values()[index], Long.parseLong(parts[1].strip()));
    }
    return Collections.unmodifiableMap(costs);
  }
}
