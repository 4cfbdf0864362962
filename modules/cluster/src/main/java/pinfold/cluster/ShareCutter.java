package pinfold.cluster;

/**
 * Cuts a window into shares. One share, which stays on one thread, unless the window promises enough work to pay for
 * waking another: hand-overs between threads are what a short window costs. Decides by wall time, so it decides
 * differently each run; what entities compute does not depend on it.
 */
final class ShareCutter {
  /** Work below which a share of its own does not pay, ns; see docs/decisions/0002-actor-host.md. */
  static final long SHARE_NANOS = 4_000;

  /** Weight of the newest measurement in the running mean of a visit's cost: one part in sixteen. */
  private static final int MEAN_SHIFT = 4;

  private final Share[] shares;
  private final long shareNanos;
  private int count;
  private long visitPicos = 1_000_000;

  /** @param shareNanos work that pays for a share, ns, at least 1 */
  ShareCutter(int parallelism, long shareNanos) {
    this.shareNanos = shareNanos;
    shares = new Share[parallelism == 1 ? 1 : 2 * parallelism];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = new Share();
    }
  }

  /** Shares of the last cut. */
  int shares() {
    return count;
  }

  /** Fills shares with the first {@code awakeCount} ids; {@link #shares()} tells how many shares. */
  Share[] cut(int[] awake, int awakeCount, long endNanos) {
    long paying = awakeCount * visitPicos / 1000 / shareNanos;
    count = (int) Math.max(1, Math.min(Math.min(paying, awakeCount), shares.length));
    for (int i = 0; i < count; i++) {
      Share share = shares[i];
      share.begin(endNanos);
      for (int at = awakeCount * i / count; at < awakeCount * (i + 1) / count; at++) {
        share.add(awake[at]);
      }
    }
    return shares;
  }

  /** Takes note of what a share cost. */
  void learn(Share share) {
    long picos = share.busyNanos * 1000 / share.count;
    visitPicos += (picos - visitPicos) >> MEAN_SHIFT;
  }
}
