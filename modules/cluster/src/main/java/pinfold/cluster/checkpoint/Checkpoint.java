package pinfold.cluster.checkpoint;

/**
 * A checkpoint that is complete: the state of every group at one boundary.
 *
 * @param name its directory; a later checkpoint of a run has a greater name
 * @param nowNanos simulated time at which all groups stood
 * @param groups how many there are
 */
public record Checkpoint(String name, long nowNanos, int groups) {
  /**
   * The name of a checkpoint.
   *
   * @param nowNanos simulated time
   * @param epoch counts the times that the run was begun or begun again
   */
  public static String name(long nowNanos, int epoch) {
    return "%019d-%06d".formatted(nowNanos, epoch);
  }
}
