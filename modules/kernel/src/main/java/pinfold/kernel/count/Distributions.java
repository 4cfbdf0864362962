package pinfold.kernel.count;

/** One entity's share of the distributions; the machine's are those of all entities together. */
public final class Distributions {
  private final Histogram[] histograms = new Histogram[Distribution.values().length];

  /** Counts a value, 0 or more. */
  public void record(Distribution of, long value) {
    Histogram histogram = histograms[of.ordinal()];
    if (histogram == null) {
      histogram = new Histogram();
      histograms[of.ordinal()] = histogram;
    }
    histogram.record(value);
  }

  /** What was counted, empty if nothing. */
  public Histogram get(Distribution of) {
    Histogram histogram = histograms[of.ordinal()];
    return histogram == null ? new Histogram() : histogram;
  }

  /** Adds all of {@code other}. */
  public void addAll(Distributions other) {
    for (int i = 0; i < histograms.length; i++) {
      if (other.histograms[i] != null) {
        if (histograms[i] == null) {
          histograms[i] = new Histogram();
        }
        histograms[i].addAll(other.histograms[i]);
      }
    }
  }
}
