package pinfold.kernel.cpu;

import static pinfold.kernel.trace.TraceBuffer.pair;

import pinfold.engine.EventBatch;
import pinfold.kernel.Messages;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.reclaim.Reclaim;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.zone.AllocFlags;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.ZoneType;

/**
 * kswapd of one node from when it is woken to when it sleeps (mm/vmscan.c: kswapd(), balance_pgdat(), kswapd_shrink_node(), 6.12):
 * reclaims until a zone meets its high watermark without its free CMA pages, and for a watermark boost without swapping. For an
 * order it reclaims twice as much as that at most, and leaves it to kcompactd then. What it shares with those that wake it is in
 * {@link Reclaim}.
 */
final class Kswapd extends Frame {
  /** Priority beyond which reclaim for a boost does not go. */
  private static final int BOOST_PRIORITY = ScanControl.DEF_PRIORITY - 2;

  private final int node;
  private int order;
  private int highestZone = ZoneType.MOVABLE.ordinal();
  private ScanControl control;
  private int outcome = Reclaim.BALANCED;

  // The look at the zones.
  private int zone;
  private boolean balanced;
  private long highPages;
  private final long[] boosts;
  private boolean boostsKnown;

  private long boostReclaim;
  private int memcg;
  private int reclaimedBefore;
  private boolean raisePriority;
  /** The order that the last run was for, if that is now kcompactd's to bring about; else 0. */
  private int leftOrder;
  /** The run is over, and the zones are looked at once more for what it has gone down to. */
  private boolean lastLook;

  Kswapd(int node, int zones) {
    this.node = node;
    this.boosts = new long[zones];
  }

  /** wake_all_kswapds() (mm/page_alloc.c, 6.12): an allocation has found nothing on these nodes. */
  static void wakeAll(Cpu cpu, int[] nodes, PageRequest request, int order) {
    for (int owner : nodes) {
      cpu.tell(cpu.directory().reclaim(owner), Messages.WAKE_KSWAPD).add(order).add(cpu.pcps().highestZone(request)).close();
    }
  }

  @Override
  protected Signal step(Cpu cpu) {
    return switch (at) {
      case 0 -> {
        EventBatch next = cpu.request(cpu.directory().reclaim(node), Messages.KSWAPD_NEXT).add(outcome);
        if (leftOrder > 0) {
          next.add(leftOrder).add(highestZone);
        }
        next.close();
        at = 1;
        yield Signal.BUSY;
      }
      case 1 -> begin(cpu);
      case 2 -> lookAtZones(cpu);
      case 3 -> {
        balanced |= cpu.reply(ReadZone.OK) != 0;
        highPages += Math.max(cpu.reply(ReadZone.MARK), ScanControl.SWAP_CLUSTER_MAX);
        if (!boostsKnown) {
          boosts[zone] = cpu.reply(ReadZone.BOOST);
          boostReclaim += boosts[zone];
        }
        zone++;
        at = 2;
        yield Signal.RUN;
      }
      case 4 -> round(cpu);
      case 5 -> age(cpu);
      case 6 -> {
        boolean low = ScanCount.inactiveIsLow(cpu.burstResult(ShrinkLruVec.STATISTICS), cpu.burstResult(ShrinkLruVec.STATISTICS + 1));
        at = low ? 7 : 8;
        yield Signal.RUN;
      }
      case 7 -> {
        control.memcg = memcg++;
        at = memcg > cpu.memcgs() ? 8 : 7;
        yield cpu.call(new ShrinkActiveList(control, node, ShrinkLruVec.ACTIVE_ANON, ScanControl.SWAP_CLUSTER_MAX));
      }
      case 8 -> {
        control.nrScanned = 0;
        control.nrToReclaim = (int) Math.min(highPages, Integer.MAX_VALUE);
        at = 9;
        yield cpu.call(new ShrinkNode(control, node));
      }
      case 9 -> endOfRound();
      default -> endOfRun(cpu);
    };
  }

  private Signal begin(Cpu cpu) {
    if (cpu.reply(0) == 0) {
      cpu.trace(TraceEvent.MM_VMSCAN_KSWAPD_SLEEP, 0, node, 0, 0);
      return cpu.ret(0);
    }
    order = (int) cpu.reply(1);
    highestZone = cpu.reply(2) < 0 ? highestZone : (int) cpu.reply(2);
    cpu.trace(TraceEvent.MM_VMSCAN_KSWAPD_WAKE, 0, pair(node, order), 0, 0);
    cpu.count(VmCounter.PAGEOUTRUN, 1);
    control = ScanControl.kswapd(highestZone, order);
    boostReclaim = 0;
    boostsKnown = false;
    leftOrder = 0;
    lastLook = false;
    return look();
  }

  private Signal look() {
    zone = 0;
    balanced = false;
    highPages = 0;
    at = 2;
    return Signal.RUN;
  }

  /** pgdat_balanced(): alloc flags of 0, so free CMA pages do not count. */
  private Signal lookAtZones(Cpu cpu) {
    int[] zones = cpu.directory().zonesOfNode(node);
    while (zone < zones.length && cpu.directory().zones().get(zones[zone]).type().ordinal() > highestZone) {
      zone++;
    }
    if (zone == zones.length) {
      boostsKnown = true;
      at = 4;
      return Signal.RUN;
    }
    at = 3;
    return ReadZone.ask(cpu, zones[zone], control.order, highestZone, AllocFlags.WMARK_HIGH, 0);
  }

  private Signal round(Cpu cpu) {
    if (lastLook) {
      outcome = balanced ? Reclaim.BALANCED : 0;
      at = 10;
      return Signal.RUN;
    }
    if (!balanced && boostReclaim > 0) {
      // The boost has to wait for the watermarks; the round begins anew without it.
      boostReclaim = 0;
      control.priority = ScanControl.DEF_PRIORITY;
      return look();
    }
    if (balanced && boostReclaim == 0) {
      outcome = Reclaim.BALANCED;
      cpu.tell(cpu.directory().node(node), Messages.RECLAIM_UNMARK).add(0).close();
      at = 10;
      return Signal.RUN;
    }
    raisePriority = boostReclaim == 0 || control.priority != BOOST_PRIORITY;
    control.maySwap = boostReclaim == 0;
    reclaimedBefore = control.nrReclaimed;
    at = cpu.mglru() || !cpu.directory().hasSwap() ? 8 : 5;
    return Signal.RUN;
  }

  /** kswapd_age_node() of the classic lists. MGLRU ages when it is scanned. */
  private Signal age(Cpu cpu) {
    memcg = 0;
    control.memcg = 0;
    at = 6;
    return ShrinkLruVec.read(cpu, control, node, 0, BurstOp.OF_ALL);
  }

  private Signal endOfRound() {
    if (control.order > 0 && control.nrReclaimed >= 2 << control.order) {
      control.order = 0;
    }
    int reclaimed = control.nrReclaimed - reclaimedBefore;
    if (Math.max(control.nrScanned, reclaimed) >= control.nrToReclaim) {
      raisePriority = false;
    }
    boostReclaim -= Math.min(boostReclaim, reclaimed);
    boolean boostInVain = boostReclaim > 0 && reclaimed == 0;
    if (!boostInVain && (raisePriority || reclaimed == 0)) {
      control.priority--;
    }
    if (control.priority < 1 && control.order < order) {
      lastLook = true;
      look();
      return Signal.PREEMPTIBLE;
    }
    if (boostInVain || control.priority < 1) {
      outcome = control.nrReclaimed == 0 ? Reclaim.FAILED : 0;
      at = 10;
      return Signal.PREEMPTIBLE;
    }
    look();
    return Signal.PREEMPTIBLE;
  }

  /** Boosts have had their reclaim. Whether to sleep is decided by a last look, where the run did not end with one. */
  private Signal endOfRun(Cpu cpu) {
    control.refaultsSeen(cpu, node);
    // Where nothing had to be done kswapd would not have been woken, but kcompactd (wakeup_kswapd()).
    leftOrder = control.order < order || outcome == Reclaim.BALANCED && control.nrScanned == 0 ? order : 0;
    int[] zones = cpu.directory().zonesOfNode(node);
    boolean boosted = false;
    for (int i = 0; i < zones.length; i++) {
      if (boosts[i] > 0) {
        boosted = true;
        cpu.tell(cpu.directory().zone(zones[i]), Messages.LOWER_BOOST).add(boosts[i]).close();
        boosts[i] = 0;
      }
    }
    if (boosted && cpu.compaction().kcompactd()) {
      cpu.tell(cpu.directory().reclaim(node), Messages.WAKE_KCOMPACTD).add(BuddyOrders.PAGEBLOCK_ORDER).add(highestZone).close();
    }
    at = 0;
    return Signal.RUN;
  }
}
