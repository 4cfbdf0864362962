package pinfold.engine;

/** Folds longs into 64 bits, in order; two states that differ in one long differ in the hash but for chance. */
public final class StateHash {
  /** From so many longs on an array is folded in lanes, which take their four longs at the same time. */
  private static final int LANES_FROM = 12;

  private long hash = 0x2545F4914F6CDD1DL;

  public StateHash add(long word) {
    hash = fold(hash, word);
    return this;
  }

  /** Folds {@code count} longs; not the same as adding them one by one. */
  public StateHash addAll(long[] words, int from, int count) {
    int end = from + count;
    int at = count < LANES_FROM ? from : addInLanes(words, from, end);
    for (; at < end; at++) {
      add(words[at]);
    }
    return this;
  }

  /** Each step of a fold waits for the one before it, so four folds side by side take little longer than one. */
  private int addInLanes(long[] words, int from, int end) {
    long a = hash;
    long b = 1;
    long c = 2;
    long d = 3;
    int at = from;
    for (; at + 4 <= end; at += 4) {
      a = fold(a, words[at]);
      b = fold(b, words[at + 1]);
      c = fold(c, words[at + 2]);
      d = fold(d, words[at + 3]);
    }
    hash = fold(fold(fold(a, b), c), d);
    return at;
  }

  private static long fold(long hash, long word) {
    return Long.rotateLeft((hash ^ word) * 0x9E3779B97F4A7C15L, 29);
  }

  public long value() {
    return KeyedDraws.mix(hash);
  }
}
