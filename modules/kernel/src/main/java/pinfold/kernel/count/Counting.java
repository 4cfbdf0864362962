package pinfold.kernel.count;

/** An entity that counts. */
public interface Counting {
  Counters counters();
}
