package pinfold.kernel.reclaim;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;

/**
 * What a node's reclaim shares (struct pglist_data, include/linux/mmzone.h, 6.12): what kswapd was woken for, whether it sleeps, and
 * how often it has failed; the same of kcompactd. Both are tasks of a CPU of the node.
 *
 * <p>WAKE_KSWAPD (order, highest zone type), unanswered: an allocation met a low watermark (wakeup_kswapd()); without effect on kswapd
 * while the node is hopeless. RECLAIM_PROGRESS, unanswered: a task or kswapd has reclaimed from the node, so it is not. From kswapd:
 * KSWAPD_NEXT (sent at, task, what came of its last run: {@link #FAILED}, {@link #BALANCED}), answered by 1 to go on or 0 to sleep, and
 * order and highest zone type of what it is to balance for, -1 if nobody has asked since. If it has given up an order, KSWAPD_NEXT also
 * has that order and its highest zone type, for kcompactd. To its CPU: KSWAPD_RUN.
 *
 * <p>WAKE_KCOMPACTD (order, highest zone type), unanswered. From kcompactd: KCOMPACTD_NEXT (sent at, task, what came of it:
 * {@link #FIRST}, {@link #UNSUITABLE} or the order that it has compacted for, and its highest zone type), answered by the order to compact
 * for, 0 to sleep, and its highest zone type. To its CPU: KCOMPACTD_RUN.
 */
public final class Reclaim extends Entity {
  /** Bit of KSWAPD_NEXT: a whole run has reclaimed nothing. */
  public static final int FAILED = 1;
  /** Bit of KSWAPD_NEXT: a zone of the node meets its high watermark. */
  public static final int BALANCED = 2;

  /** In KCOMPACTD_NEXT: it was woken and has done nothing yet. */
  public static final int FIRST = 0;
  /** In KCOMPACTD_NEXT: no zone could be compacted for what it was woken for. */
  public static final int UNSUITABLE = -1;

  /** MAX_RECLAIM_RETRIES (mm/internal.h): how often who needs memory tries in vain; then kswapd leaves its node to direct reclaim. */
  public static final int MAX_RECLAIM_RETRIES = 16;

  private static final int NOBODY = -1;

  private final Directory directory;
  private final int node;
  private boolean runs;
  private int order;
  private int highestZone = NOBODY;
  private int failures;
  /** When kswapd hears of the last answer: what wakes it again must not overtake that. */
  private long answeredAtNanos;
  /** Null where the node has no kcompactd. */
  private final KcompactdState kcompactd;

  /** @param kcompactd the node has a kcompactd */
  public Reclaim(Directory directory, int node, long seed, boolean kcompactd) {
    super(directory.reclaim(node), seed);
    this.kcompactd = kcompactd && directory.kcompactdCpu(node) >= 0 ? new KcompactdState() : null;
    this.directory = directory;
    this.node = node;
  }

  @Override
  public String name() {
    return "reclaim" + node;
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.WAKE_KSWAPD -> {
        order = Math.max(order, event.intWord(0));
        highestZone = Math.max(highestZone, event.intWord(1));
        if (!runs && failures < MAX_RECLAIM_RETRIES && directory.kswapdCpu(node) >= 0) {
          runs = true;
          int cpu = directory.cpu(directory.kswapdCpu(node));
          open(cpu, Math.max(answeredAtNanos, nowNanos() + latency(cpu)), Messages.KSWAPD_RUN).close();
        } else if (!runs) {
          wakeKcompactd(event.intWord(0), event.intWord(1));
        }
      }
      case Messages.RECLAIM_PROGRESS -> {
        if (failures >= MAX_RECLAIM_RETRIES) {
          tellHopeless(0);
        }
        failures = 0;
      }
      case Messages.KSWAPD_NEXT -> next(event);
      case Messages.WAKE_KCOMPACTD -> wakeKcompactd(event.intWord(0), event.intWord(1));
      case Messages.KCOMPACTD_NEXT -> nextCompaction(event);
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  /** prepare_kswapd_sleep(), without the short sleep of a tenth of a second that comes before a long one. */
  private void next(Event event) {
    if ((event.intWord(2) & FAILED) != 0 && ++failures == MAX_RECLAIM_RETRIES) {
      tellHopeless(1);
    }
    boolean hopeless = failures >= MAX_RECLAIM_RETRIES;
    boolean balanced = (event.intWord(2) & BALANCED) != 0;
    runs = !hopeless && (highestZone != NOBODY || !balanced);
    if (hopeless || balanced) {
      mayCompact(event);
    }
    answeredAtNanos = Math.max(event.word(0), nowNanos() + latency(event.origin()));
    open(event.origin(), answeredAtNanos, Messages.KSWAPD_NEXT_IS).add(event.word(1)).add(runs ? 1 : 0).add(order).add(highestZone).close();
    if (runs) {
      order = 0;
      highestZone = NOBODY;
    }
  }

  /** kswapd_try_to_sleep(): the zones forget where compaction has failed, and what reclaim alone did not bring about is kcompactd's. */
  private void mayCompact(Event event) {
    if (kcompactd == null) {
      return;
    }
    for (int zone : directory.zonesOfNode(node)) {
      int entity = directory.zone(zone);
      open(entity, nowNanos() + latency(entity), Messages.RESET_ISOLATION).close();
    }
    if (event.length() > 3) {
      wakeKcompactd(event.intWord(3), event.intWord(4));
    }
  }

  private void wakeKcompactd(int forOrder, int forZone) {
    if (kcompactd != null && kcompactd.wake(forOrder, forZone)) {
      int cpu = directory.cpu(directory.kcompactdCpu(node));
      open(cpu, Math.max(kcompactd.answeredAtNanos(), nowNanos() + latency(cpu)), Messages.KCOMPACTD_RUN).close();
    }
  }

  private void nextCompaction(Event event) {
    int done = event.intWord(2);
    if (done == UNSUITABLE) {
      kcompactd.sleeps();
    } else {
      if (done != FIRST) {
        kcompactd.worked(done, event.intWord(3));
      }
      kcompactd.goesOn();
    }
    kcompactd.answered(Math.max(event.word(0), nowNanos() + latency(event.origin())));
    open(event.origin(), kcompactd.answeredAtNanos(), Messages.KCOMPACTD_NEXT_IS).add(event.word(1))
        .add(kcompactd.runs() ? kcompactd.maxOrder() : 0).add(kcompactd.highestZone()).close();
  }

  /** Whoever reclaims in vain need not sleep then (skip_throttle_noprogress()). */
  private void tellHopeless(int hopeless) {
    int entity = directory.node(node);
    open(entity, nowNanos() + latency(entity), Messages.NODE_HOPELESS).add(hopeless).close();
  }

  private long latency(int entity) {
    return directory.links().latencyNanos(id(), entity);
  }

  /** kswapd_failures; read it only while no window runs. */
  public int failures() {
    return failures;
  }

  /** Whether kswapd runs or is about to; read it only while no window runs. */
  public boolean runs() {
    return runs;
  }

  @Override
  public void hashState(StateHash hash) {
    hash.add(runs ? 1 : 0).add(order).add(highestZone).add(failures).add(answeredAtNanos);
    if (kcompactd != null) {
      kcompactd.hashState(hash);
    }
  }
}
