package pinfold.engine;

/** Folds longs into 64 bits, in order; two states that differ in one long differ in the hash but for chance. */
public final class StateHash {
  private long hash = 0x2545F4914F6CDD1DL;

  public StateHash add(long word) {
    hash = Long.rotateLeft((hash ^ word) * 0x9E3779B97F4A7C15L, 29);
    return this;
  }

  public StateHash addAll(long[] words, int from, int count) {
    for (int i = from; i < from + count; i++) {
      add(words[i]);
    }
    return this;
  }

  public long value() {
    return KeyedDraws.mix(hash);
  }
}
