package pinfold.scenario.oracle;

import java.util.ArrayList;
import java.util.List;

/**
 * Which outcome each race takes, in the order in which a run meets them; 0 where nothing was said. Notes what there was
 * to choose.
 */
final class Choices {

  private final List<Integer> taken;
  private final List<Integer> options = new ArrayList<>();

  Choices(List<Integer> taken) {
    this.taken = List.copyOf(taken);
  }

  int choose(int numberOfOptions) {
    int at = options.size();
    options.add(numberOfOptions);
    return at < taken.size() && taken.get(at) < numberOfOptions ? taken.get(at) : 0;
  }

  /** How many options each race had, in order. */
  List<Integer> options() {
    return List.copyOf(options);
  }
}
