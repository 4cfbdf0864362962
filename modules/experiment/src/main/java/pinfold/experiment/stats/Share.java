package pinfold.experiment.stats;

import java.util.Locale;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * How many of a number of trials succeeded (VMs that started, pins that held), with the Wilson score interval of the
 * underlying share.
 *
 * <p>Wilson's interval and not the textbook one (share ± z·√(p(1−p)/n)), because our numbers of trials are small and the
 * shares are often 0 or 1, where the textbook interval has width zero: three starts out of three say no more than that
 * the share is above 0.44. It treats trials as independent; VMs of one run share a machine, so a comparison over
 * several seeds should count runs.
 *
 * @param successes of the trials, 0 to {@code trials}
 * @param trials at least 0; with 0 nothing is known and the interval is [0, 1]
 * @param low lower end of the interval, 0 to 1
 * @param high upper end of the interval, 0 to 1
 */
public record Share(int successes, int trials, double low, double high) {
  /** The share of a 95 % interval that lies outside. */
  private static final double ERROR_RATE = 0.05;

  /** The share with its 95 % interval. */
  public static Share of(int successes, int trials) {
    if (trials < 0 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(successes + " successes of " + trials + " trials");
    }
    if (trials == 0) {
      return new Share(0, 0, 0, 1);
    }
    Interval interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(trials, successes, ERROR_RATE);
    return new Share(successes, trials, interval.getLowerBound(), interval.getUpperBound());
  }

  /** The observed share, 0 to 1; NaN without trials. */
  public double value() {
    return trials == 0 ? Double.NaN : (double) successes / trials;
  }

  /** As a report prints it: {@code 3 of 3 [0.44, 1.00]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d of %d [%.2f, %.2f]", successes, trials, low, high);
  }
}
