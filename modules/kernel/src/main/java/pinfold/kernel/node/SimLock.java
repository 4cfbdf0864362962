package pinfold.kernel.node;

/** A spinlock in simulated time, served in order of arrival: who asks while it is held gets it when all before are done. */
final class SimLock {
  private static final int NOBODY = -1;

  private long freeAtNanos;
  private int lastCpu = NOBODY;

  /**
   * When a CPU that asks now gets it, ns. A CPU does not wait for itself: a burst's elements may run ahead of what they cost, by up to the
   * link, so its round before may seem to last still.
   */
  long grantNanos(long askNanos, int cpu) {
    return cpu == lastCpu ? askNanos : Math.max(askNanos, freeAtNanos);
  }

  /** A CPU takes the lock from {@code fromNanos} (as {@link #grantNanos} said) for {@code holdNanos}. */
  void hold(long fromNanos, long holdNanos, int cpu) {
    assert fromNanos >= freeAtNanos || cpu == lastCpu : "lock granted at " + fromNanos + " ns while held until " + freeAtNanos + " ns";
    freeAtNanos = Math.max(fromNanos, freeAtNanos) + holdNanos;
    lastCpu = cpu;
  }

  long freeAtNanos() {
    return freeAtNanos;
  }
}
