package pinfold.kernel.count;

import java.util.Arrays;

/**
 * Counts values of 0 and up in fixed buckets: one for each value below 32, then sixteen to each power of two, so a bucket is at
 * most 1/16 of its values wide. It grows to the largest value that it saw. Not part of any digest: it follows from what is.
 */
public final class Histogram {
  private static final int SUB_BITS = 4;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;
  private static final int EXACT = 2 * SUB_BUCKETS;

  private long[] counts = new long[EXACT];
  private long count;
  private long sum;
  private long max;

  /** Counts a value. */
  public void record(long value) {
    int bucket = bucket(value);
    if (bucket >= counts.length) {
      grow(bucket + 1);
    }
    counts[bucket]++;
    count++;
    sum += value;
    max = Math.max(max, value);
  }

  /** Adds all that {@code other} counted. */
  public void addAll(Histogram other) {
    if (other.counts.length > counts.length) {
      grow(other.counts.length);
    }
    for (int i = 0; i < other.counts.length; i++) {
      counts[i] += other.counts[i];
    }
    count += other.count;
    sum += other.sum;
    max = Math.max(max, other.max);
  }

  private void grow(int buckets) {
    counts = Arrays.copyOf(counts, (buckets + SUB_BUCKETS - 1) / SUB_BUCKETS * SUB_BUCKETS);
  }

  private static int bucket(long value) {
    assert value >= 0 : "a histogram got " + value;
    if (value < EXACT) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(value);
    return (shift << SUB_BITS) + (int) (value >>> shift);
  }

  /** Buckets in use; those above are empty. */
  public int buckets() {
    return counts.length;
  }

  /** Least value of a bucket; that of the next one is the first above it. */
  public static long from(int bucket) {
    if (bucket < EXACT) {
      return bucket;
    }
    int shift = (bucket >> SUB_BITS) - 1;
    return (long) (SUB_BUCKETS + (bucket & SUB_BUCKETS - 1)) << shift;
  }

  /** Values in a bucket. */
  public long inBucket(int bucket) {
    return counts[bucket];
  }

  /** Values counted. */
  public long count() {
    return count;
  }

  /** Mean of the values themselves, 0 of none. */
  public double mean() {
    return count == 0 ? 0 : (double) sum / count;
  }

  /** The largest value itself, 0 of none. */
  public long max() {
    return max;
  }

  /**
   * The least value that is not exceeded by {@code share} of all, as far as the buckets tell: at most 1/16 too high. 0 of none.
   */
  public long quantile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      seen += counts[bucket];
      if (seen >= rank) {
        return Math.min(max, from(bucket + 1) - 1);
      }
    }
    return 0;
  }
}
