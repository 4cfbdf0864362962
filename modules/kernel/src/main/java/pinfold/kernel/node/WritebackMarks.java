package pinfold.kernel.node;

/** Bits of RECLAIM_MARK: what reclaim has found of writeback on a node (mm/vmscan.c: shrink_node(), 6.12). */
public final class WritebackMarks {
  /** PGDAT_WRITEBACK: all that kswapd looked at was being written. */
  public static final int WRITEBACK = 1;
  /** PGDAT_DIRTY: all files that it looked at were dirty, and nobody had begun to write them. */
  public static final int DIRTY = 2;
  /** LRUVEC_NODE_CONGESTED of the root's lruvec, LRUVEC_CGROUP_CONGESTED of another: what was dirty came round before it was written. */
  public static final int CONGESTED = 4;

  private WritebackMarks() {}
}
