package pinfold.kernel.node;

/** A spinlock in simulated time, served in order of arrival: who asks while it is held gets it when all before are done. */
final class SimLock {
  private long freeAtNanos;

  /** When somebody who asks now gets it, ns. */
  long grantNanos(long askNanos) {
    return Math.max(askNanos, freeAtNanos);
  }

  /** Takes the lock from {@code fromNanos} (as {@link #grantNanos} said) for {@code holdNanos}. */
  void hold(long fromNanos, long holdNanos) {
    assert fromNanos >= freeAtNanos : "lock granted at " + fromNanos + " ns while held until " + freeAtNanos + " ns";
    freeAtNanos = fromNanos + holdNanos;
  }

  long freeAtNanos() {
    return freeAtNanos;
  }
}
