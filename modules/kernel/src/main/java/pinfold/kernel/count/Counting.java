package pinfold.kernel.count;

/** An entity that counts. */
public interface Counting {
  Counters counters();

  /** What it keeps as distributions. */
  default Distributions distributions() {
    return new Distributions();
  }
}
