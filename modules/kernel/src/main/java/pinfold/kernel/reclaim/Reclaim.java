package pinfold.kernel.reclaim;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;

/**
 * What a node's reclaim shares (struct pglist_data, include/linux/mmzone.h, 6.12): what kswapd was woken for, whether it sleeps, and
 * how often it has failed. kswapd itself is a task of a CPU of the node.
 *
 * <p>WAKE_KSWAPD (order, highest zone type), unanswered: an allocation met a low watermark (wakeup_kswapd()); without effect on kswapd
 * while the node is hopeless. RECLAIM_PROGRESS, unanswered: a task or kswapd has reclaimed from the node, so it is not. From kswapd:
 * KSWAPD_NEXT (sent at, task, what came of its last run: {@link #FAILED}, {@link #BALANCED}), answered by 1 to go on or 0 to sleep, and
 * order and highest zone type of what it is to balance for, -1 if nobody has asked since. To its CPU: KSWAPD_RUN.
 */
public final class Reclaim extends Entity {
  /** Bit of KSWAPD_NEXT: a whole run has reclaimed nothing. */
  public static final int FAILED = 1;
  /** Bit of KSWAPD_NEXT: a zone of the node meets its high watermark. */
  public static final int BALANCED = 2;

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

  public Reclaim(Directory directory, int node, long seed) {
    super(directory.reclaim(node), seed);
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
        }
      }
      case Messages.RECLAIM_PROGRESS -> {
        if (failures >= MAX_RECLAIM_RETRIES) {
          tellHopeless(0);
        }
        failures = 0;
      }
      case Messages.KSWAPD_NEXT -> next(event);
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
    answeredAtNanos = Math.max(event.word(0), nowNanos() + latency(event.origin()));
    open(event.origin(), answeredAtNanos, Messages.KSWAPD_NEXT_IS).add(event.word(1)).add(runs ? 1 : 0).add(order).add(highestZone).close();
    if (runs) {
      order = 0;
      highestZone = NOBODY;
    }
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
  }
}
