package pinfold.experiment.stats;

import java.util.ArrayList;
import java.util.List;

/**
 * Two samples whose values belong together pair by pair, as runs with the same seed do: they met the same load.
 *
 * @param pairs how many pairs have two numbers
 * @param lower pairs in which the second is lower than the first
 * @param equal pairs in which they are equal
 * @param higher pairs in which the second is higher
 * @param difference second minus first: the median, or for shares the mean
 */
public record PairedDifference(int pairs, int lower, int equal, int higher, Interval difference) {
  /**
   * Compares two samples of the same length; a pair in which one is not a number is left out.
   *
   * @param shares whether values are 0 or 1
   */
  public static PairedDifference of(double[] first, double[] second, boolean shares) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(first.length + " values and " + second.length + " are no pairs");
    }
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < first.length; i++) {
      if (!Double.isNaN(first[i]) && !Double.isNaN(second[i])) {
        differences.add(second[i] - first[i]);
      }
    }
    double[] all = differences.stream().mapToDouble(Double::doubleValue).toArray();
    int lower = (int) differences.stream().filter(difference -> difference < 0).count();
    int higher = (int) differences.stream().filter(difference -> difference > 0).count();
    return new PairedDifference(all.length, lower, all.length - lower - higher, higher,
        shares ? Bootstrap.mean(all) : Bootstrap.quantile(all, 0.5));
  }

  /** In words, as {@code lower in every pair}; {@code word} and {@code opposite} stand for lower and higher. */
  public String sentence(String word, String opposite) {
    if (pairs == 0) {
      return "no pair to compare";
    }
    if (equal == pairs) {
      return "the same in every pair";
    }
    if (lower == pairs) {
      return word + " in every pair";
    }
    if (higher == pairs) {
      return opposite + " in every pair";
    }
    if (lower == 0 || higher == 0) {
      return "%s in %d of %d pairs, the same in the others".formatted(lower == 0 ? opposite : word, lower + higher, pairs);
    }
    return "%s in %d of %d pairs, %s in %d".formatted(word, lower, pairs, opposite, higher);
  }
}
