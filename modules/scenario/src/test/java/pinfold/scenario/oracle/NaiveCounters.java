package pinfold.scenario.oracle;

import java.util.EnumMap;

/** A count for each {@link NaiveCounter}. */
final class NaiveCounters {

  private final EnumMap<NaiveCounter, Long> counts = new EnumMap<>(NaiveCounter.class);

  void add(NaiveCounter counter, long amount) {
    counts.merge(counter, amount, Long::sum);
  }

  void addAll(NaiveCounters other) {
    other.counts.forEach(this::add);
  }

  long get(NaiveCounter counter) {
    return counts.getOrDefault(counter, 0L);
  }

  NaiveCounters copy() {
    NaiveCounters copy = new NaiveCounters();
    copy.addAll(this);
    return copy;
  }

  /** How far this is ahead of an earlier state. */
  long since(NaiveCounters earlier, NaiveCounter counter) {
    return get(counter) - earlier.get(counter);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NaiveCounters that && counts.equals(that.counts);
  }

  @Override
  public int hashCode() {
    return counts.toString().hashCode();
  }
}
