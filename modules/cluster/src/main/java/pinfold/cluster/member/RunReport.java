package pinfold.cluster.member;

/**
 * What the manager knows of a run, for metrics; rates and shares are computed here and nowhere else.
 *
 * @param share of the work that is done, 0 to 1; negative while nobody knows
 * @param windowsPerSecond rounds per second of wall time, over the last {@value Rate#SECONDS} s
 * @param bytesPerWindow bytes that all parts together sent per round of this epoch
 * @param imbalance busy time of the busiest part over the mean of all, 1 when all are equally busy; 0 while nobody knows
 * @param checkpoint the last complete one since this manager began, null for none
 */
public record RunReport(String run, String scenario, String variant, long seed, RunState state, int epoch, long nowNanos, long rounds,
    double share, double windowsPerSecond, double bytesPerWindow, double imbalance, int members, int groups, long checkpoints,
    LastCheckpoint checkpoint) {
  /**
   * A complete checkpoint.
   *
   * @param nowNanos simulated time in it
   * @param wallNanos from asking for it until it was complete
   * @param completedMillis wall clock when it was, since 1970
   */
  public record LastCheckpoint(long nowNanos, long bytes, long wallNanos, long completedMillis) {}
}
