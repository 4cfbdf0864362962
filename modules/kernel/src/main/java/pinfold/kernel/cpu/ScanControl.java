package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.zone.PerCpuPages;
import pinfold.kernel.zone.ZoneType;

/** What the frames of one reclaim share, be it a task's or kswapd's (mm/vmscan.c: struct scan_control, 6.12). */
final class ScanControl {
  /** DEF_PRIORITY: the first scan looks at 1/4096 of a list. */
  static final int DEF_PRIORITY = 12;
  /** include/linux/swap.h. */
  static final int SWAP_CLUSTER_MAX = 32;

  /** Who reclaims, and for whom. */
  enum Reclaimer {
    /** A task, as its allocation finds no page. */
    DIRECT,
    /** kswapd. */
    KSWAPD,
    /** A task, for a memory cgroup. */
    MEMCG
  }

  final Reclaimer reclaimer;
  /** The memory cgroup whose memory is to be reclaimed; all of them from kswapd and {@link Reclaimer#DIRECT}. */
  final int target;
  /** {@link ZoneType} of the highest zone that is of use to whom this is for. */
  final int reclaimIdx;
  /** Order of the allocation that needs it. */
  int order;
  int nrToReclaim;
  boolean maySwap = true;
  /** A write to memory.reclaim asks. */
  final boolean proactive;
  int priority = DEF_PRIORITY;
  int nrScanned;
  int nrReclaimed;
  /** What shrink_node() has met. */
  final ScanTally tally = new ScanTally();
  /** The target's lruvec of this node is congested. */
  boolean congested;
  /** It was on some node. */
  boolean unmarks;
  /** Tasks sleep that have reclaimed in vain. */
  boolean tasksSleep;
  boolean forceDeactivate;
  /** An active list was spared that could have been scanned. */
  boolean skippedDeactivate;

  /** The memory cgroup whose lruvec is being shrunk. */
  int memcg;

  // What prepare_scan_control() finds for a node.
  boolean prepared;
  /** Folios that were written to swap or looked at in vain have made these lists dearer. */
  long anonCost;
  long fileCost;
  boolean mayDeactivateAnon;
  boolean mayDeactivateFile;
  /** There is inactive page cache enough that nobody misses. */
  boolean cacheTrimMode;
  /** So little page cache is left that it would only thrash. */
  boolean fileIsTiny;
  /** Free pages and high watermarks of the node's zones. */
  long freePages;
  long highPages;

  private ScanControl(Reclaimer reclaimer, int target, int reclaimIdx, int order, int nrToReclaim, boolean proactive) {
    this.reclaimer = reclaimer;
    this.target = target;
    this.memcg = target;
    this.reclaimIdx = reclaimIdx;
    this.order = order;
    this.nrToReclaim = nrToReclaim;
    this.proactive = proactive;
  }

  /** For try_to_free_mem_cgroup_pages(). */
  static ScanControl ofMemcg(int memcg, int pages, boolean proactive) {
    return new ScanControl(Reclaimer.MEMCG, memcg, ZoneType.MOVABLE.ordinal(), 0, Math.max(pages, SWAP_CLUSTER_MAX), proactive);
  }

  /** For try_to_free_pages(). */
  static ScanControl direct(int highestZone, int order) {
    return new ScanControl(Reclaimer.DIRECT, 0, highestZone, order, SWAP_CLUSTER_MAX, false);
  }

  /** For balance_pgdat(). */
  static ScanControl kswapd(int highestZone, int order) {
    return new ScanControl(Reclaimer.KSWAPD, 0, highestZone, order, 0, false);
  }

  /** Whether it is for a block of an order beyond which memory alone does not help. */
  boolean costly() {
    return order > PerCpuPages.COSTLY_ORDER;
  }

  boolean isGlobal() {
    return reclaimer != Reclaimer.MEMCG;
  }

  boolean isKswapd() {
    return reclaimer == Reclaimer.KSWAPD;
  }

  /** Argument of {@link BurstOp}s that scan; {@code low} is for the operation. */
  int argument(int low) {
    return memcg << BurstOp.MEMCG_SHIFT | (isKswapd() ? BurstOp.BY_KSWAPD : 0) | reclaimIdx << BurstOp.ZONE_SHIFT | low;
  }

  /** snapshot_refaults() on a node; MGLRU keeps none. */
  void refaultsSeen(Cpu cpu, int node) {
    if (!cpu.mglru()) {
      cpu.tell(cpu.directory().node(node), Messages.REFAULTS_SEEN).add(target).close();
    }
  }

  /** Whether a scan of an active list may take place, by type. */
  boolean mayDeactivate(boolean file) {
    return file ? mayDeactivateFile : mayDeactivateAnon;
  }
}
