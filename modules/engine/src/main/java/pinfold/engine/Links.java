package pinfold.engine;

/**
 * Who is near whom: entities of one group (one NUMA node) reach each other after {@code nearNanos}, all others after
 * {@code farNanos}. Depends on the simulated machine alone, never on which JVM holds which entity.
 */
public final class Links {
  private final long nearNanos;
  private final long farNanos;
  private final int[] groupOf;

  /**
   * @param groupOf group of each entity, by entity id; an id in group {@code -1} is far from everyone (itself excepted)
   */
  public Links(long nearNanos, long farNanos, int[] groupOf) {
    if (nearNanos < 1 || farNanos < nearNanos) {
      throw new IllegalArgumentException("links: need 1 <= near (" + nearNanos + " ns) <= far (" + farNanos + " ns)");
    }
    this.nearNanos = nearNanos;
    this.farNanos = farNanos;
    this.groupOf = groupOf.clone();
  }

  /** Time a message takes from one entity to another, ns. */
  public long latencyNanos(int from, int to) {
    return groupOf[from] == groupOf[to] && groupOf[from] >= 0 ? nearNanos : farNanos;
  }

  /** The shortest latency of any link: no window may be longer. */
  public long shortestNanos() {
    return nearNanos;
  }

  /** The longest latency of any link. */
  public long longestNanos() {
    return farNanos;
  }

  /** Group of an entity. */
  public int groupOf(int entity) {
    return groupOf[entity];
  }
}
