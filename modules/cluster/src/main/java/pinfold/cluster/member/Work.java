package pinfold.cluster.member;

import java.util.List;

/**
 * How much of a run's work is done, item by item (a VM, the background load), in whatever unit the run counts it. For progress only.
 * Whoever is given one owns the arrays, and nobody changes them.
 *
 * @param done of each item; what several parts did of one is added up, and more than all of it is all
 * @param all of each item, the same in every part
 */
public record Work(long[] done, long[] all) {
  /** Items of a run at most, as it travels five times a second: of more VMs some share an item. */
  public static final int MOST_ITEMS = 1_024;

  /** The share that is done, 0 to 1, by what all parts did; 0 if there is nothing to do. */
  public static double share(List<Work> parts) {
    long[] all = parts.isEmpty() ? new long[0] : parts.getFirst().all;
    double done = 0;
    double whole = 0;
    for (int item = 0; item < all.length; item++) {
      long sum = 0;
      for (Work part : parts) {
        sum += item < part.done.length ? part.done[item] : 0;
      }
      done += Math.clamp(sum, 0, all[item]);
      whole += all[item];
    }
    return whole == 0 ? 0 : done / whole;
  }
}
