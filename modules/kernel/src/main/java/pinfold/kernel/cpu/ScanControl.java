package pinfold.kernel.cpu;

/** What the frames of one try_to_free_pages() share (mm/vmscan.c: struct scan_control, 6.12). */
final class ScanControl {
  /** DEF_PRIORITY: the first scan looks at 1/4096 of a list. */
  static final int DEF_PRIORITY = 12;
  /** include/linux/swap.h. */
  static final int SWAP_CLUSTER_MAX = 32;

  final int memcg;
  final int nrToReclaim;
  final int swappiness;
  /** A write to memory.reclaim asks. */
  final boolean proactive;
  int priority = DEF_PRIORITY;
  int nrReclaimed;
  /** Folios that were written to swap or looked at in vain have made these lists dearer. */
  long anonCost;
  long fileCost;
  boolean mayDeactivateAnon;
  boolean forceDeactivate;
  /** An active list was spared that could have been scanned. */
  boolean skippedDeactivate;

  /** @param memcg the memory cgroup whose memory is to be reclaimed */
  ScanControl(int memcg, int nrToReclaim, int swappiness, boolean proactive) {
    this.memcg = memcg;
    this.nrToReclaim = nrToReclaim;
    this.swappiness = swappiness;
    this.proactive = proactive;
  }
}
