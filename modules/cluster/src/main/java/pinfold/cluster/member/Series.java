package pinfold.cluster.member;

import java.util.ArrayList;
import java.util.List;

/** Counters of a part of a machine at each sample: rows, the simulated time (ns) first. */
final class Series {
  private Series() {}

  /** The sums of parts that were sampled at the same times, row by row; at least one. */
  static List<long[]> sum(List<List<long[]>> parts) {
    List<long[]> sums = new ArrayList<>();
    for (int i = 0; i < parts.getFirst().size(); i++) {
      long[] sum = parts.getFirst().get(i).clone();
      for (List<long[]> part : parts.subList(1, parts.size())) {
        for (int column = 1; column < sum.length; column++) {
          sum[column] += part.get(i)[column];
        }
      }
      sums.add(sum);
    }
    return sums;
  }
}
