package pinfold.kernel.node;

/** Why reclaim has a task sleep (enum vmscan_throttle_state, include/linux/mmzone.h, 6.12), and for how long at most. */
public enum ThrottleReason {
  /** kswapd meets what is under writeback and waits to be freed; it goes on when enough was written. */
  WRITEBACK(100_000_000),
  /** Others have isolated too many folios. */
  ISOLATED(20_000_000),
  /** Everything was scanned in vain. */
  NOPROGRESS(4_000_000),
  /** All that is dirty is under writeback and waits to be freed. */
  CONGESTED(4_000_000);

  private static final ThrottleReason[] ALL = values();

  /** reclaim_throttle() (mm/vmscan.c, 6.12): HZ/10, HZ/50, and one tick with CONFIG_HZ=250, as distributions have it. */
  final long timeoutNanos;

  ThrottleReason(long timeoutNanos) {
    this.timeoutNanos = timeoutNanos;
  }

  static ThrottleReason of(int ordinal) {
    return ALL[ordinal];
  }
}
