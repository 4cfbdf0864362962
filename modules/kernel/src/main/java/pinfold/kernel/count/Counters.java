package pinfold.kernel.count;

import pinfold.engine.StateHash;

/** One entity's share of the counters; the machine's value is the sum over all entities. */
public final class Counters {
  private final long[] values = new long[VmCounter.values().length];

  public void add(VmCounter counter, long delta) {
    values[counter.ordinal()] += delta;
  }

  public void increment(VmCounter counter) {
    values[counter.ordinal()]++;
  }

  public long get(VmCounter counter) {
    return values[counter.ordinal()];
  }

  /** All values, by ordinal of {@link VmCounter}. */
  public long[] values() {
    return values.clone();
  }

  /** Counters with these values. */
  public static Counters of(long[] values) {
    Counters counters = new Counters();
    System.arraycopy(values, 0, counters.values, 0, counters.values.length);
    return counters;
  }

  /** Adds all of {@code other}. */
  public void addAll(Counters other) {
    for (int i = 0; i < values.length; i++) {
      values[i] += other.values[i];
    }
  }

  /** This minus {@code earlier}, counter by counter. */
  public Counters minus(Counters earlier) {
    Counters difference = new Counters();
    for (int i = 0; i < values.length; i++) {
      difference.values[i] = values[i] - earlier.values[i];
    }
    return difference;
  }

  /** Those behind {@link VmCounter#PAGE_OPERATIONS} are folded where they count: runs that know nothing of them keep their digests. */
  public void hashState(StateHash hash) {
    int always = VmCounter.PAGE_OPERATIONS.ordinal() + 1;
    hash.addAll(values, 0, always);
    for (int i = always; i < values.length; i++) {
      if (values[i] != 0) {
        hash.add(i).add(values[i]);
      }
    }
  }
}
