package pinfold.cluster;

/**
 * Decides into how many shares a window goes. One, which stays on one thread, unless the window promises enough work to pay for
 * waking another: hand-overs between threads are what a short window costs. Decides by wall time, so it decides
 * differently each run; what entities compute does not depend on it.
 */
final class ShareCutter {
  /** Work below which a share of its own does not pay, ns; see docs/decisions/0002-actor-host.md. */
  static final long SHARE_NANOS = 5_000;

  /** Weight of the newest measurement in the running mean of a visit's cost: one part in sixteen. */
  private static final int MEAN_SHIFT = 4;

  private final int parallelism;
  private final long shareNanos;
  private long visitPicos = 1_000_000;

  /** @param shareNanos work that pays for a share, ns, at least 1 */
  ShareCutter(int parallelism, long shareNanos) {
    this.parallelism = parallelism;
    this.shareNanos = shareNanos;
  }

  /** The most shares that a window may go into. */
  int most() {
    return parallelism;
  }

  /** Shares for a window of {@code awake} entities, at least 1. */
  int shares(int awake) {
    long paying = awake * visitPicos / 1000 / shareNanos;
    return (int) Math.max(1, Math.min(Math.min(paying, awake), parallelism));
  }

  /** Takes note of what a share cost. */
  void learn(Share share) {
    long picos = share.busyNanos * 1000 / share.count;
    visitPicos += (picos - visitPicos) >> MEAN_SHIFT;
  }
}
