package pinfold.engine;

/**
 * Random numbers as a function of (seed, purpose, task, operation number): no generator state, so two variants of a
 * kernel meet the same load even after they part, and there is nothing to save.
 *
 * <p>The mixer is the finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), a bijection of 64-bit words.
 */
public final class KeyedDraws {
  private KeyedDraws() {}

  /** A bijection of 64-bit words whose output bits all depend on all input bits. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 uniform bits. */
  public static long bits(long seed, long purpose, long task, long operation) {
    return mix(mix(mix(mix(seed) + purpose) + task) + operation);
  }

  /** A uniform number in [0, bound); bound at least 1. */
  public static long below(long bound, long seed, long purpose, long task, long operation) {
    return Math.unsignedMultiplyHigh(bits(seed, purpose, task, operation), bound);
  }
}
