package pinfold.kernel.drain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Distributions;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.LruCacheDisable;

/**
 * __lru_add_drain_all() (mm/swap.c, 6.12): its mutex, its generation, and which CPUs have something to drain.
 *
 * <p>Before eef1a429f234 (v5.5) there was no generation: whoever got the mutex drained (mm/swap.c of v4.3 and v4.12). A variant
 * without {@link KernelVariant#drainAllPiggybacks} still counts it, but nobody asks for it.
 *
 * <p>NEEDS_DRAIN (CPU, 1 or 0) comes from memory nodes while batches are lent. Requests (after sent-at and task):
 * DRAIN_GENERATION; DRAIN_ALL force, generation or -1 for the one at arrival, answered by 1 if a scan was made and 0 if somebody
 * else's covered it, and the CPUs disturbed; DRAIN_OWNER CPU; LRU_CACHE_DISABLE, answered like DRAIN_ALL; LRU_CACHE_ENABLE,
 * answered when the caller's CPU knows. It sends DRAIN_WORK to CPUs, which answer DRAIN_WORK_DONE, and LRU_CACHE_DISABLED (1 or 0)
 * to all of them.
 */
public final class LruDrain extends Entity implements Counting {
  /** How many callers a report names. */
  private static final int MOST_NAMED = 8;

  private final Directory directory;
  private final CostModel cost;
  private final KernelVariant variant;
  private final Counters counters = new Counters();
  private final Distributions distributions = new Distributions();
  private final boolean[] needsDrain;
  /** CPUs whose worker the holder waits for; as many as are outstanding. */
  private final boolean[] awaited;
  private final Deque<Call> queue = new ArrayDeque<>();
  private Call holder;
  private int outstanding;
  private long generation;
  private int disableCount;

  /**
   * One caller of a drain.
   *
   * @param askedNanos when it called lru_add_drain_all(); -1 for a drain of one CPU
   * @param queuedNanos when it came to the mutex
   * @param everyCpu CPUs with nothing to drain are drained, too
   */
  private record Call(int from, long task, long generationRead, boolean force, int owner, long askedNanos, long queuedNanos,
      boolean everyCpu) {}

  public LruDrain(Directory directory, long seed, CostModel cost, KernelVariant variant) {
    super(Directory.LRU_DRAIN, seed);
    this.directory = directory;
    this.cost = cost;
    this.variant = variant;
    this.needsDrain = new boolean[directory.cpus()];
    this.awaited = new boolean[directory.cpus()];
  }

  @Override
  public String name() {
    return "lru_drain";
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.NEEDS_DRAIN -> needsDrain[event.intWord(0)] = event.word(1) != 0;
      case Messages.DRAIN_GENERATION -> {
        counters.add(VmCounter.WINDOW_EXCESS_NANOS, 2 * latency(event.origin()));
        open(event.origin(), nowNanos() + latency(event.origin()), Messages.DRAIN_GENERATION_IS).add(event.word(1)).add(generation)
            .close();
      }
      case Messages.DRAIN_ALL -> {
        counters.increment(VmCounter.LRU_ADD_DRAIN_ALL);
        long read = event.word(3) >= 0 ? event.word(3) : generation;
        enqueue(new Call(event.origin(), event.word(1), read, event.word(2) != 0, -1, event.word(0), nowNanos(), false));
      }
      case Messages.DRAIN_OWNER -> {
        counters.increment(VmCounter.OWNER_DRAINS);
        startWork(new Call(event.origin(), event.word(1), 0, true, event.intWord(2), -1, -1, false));
      }
      case Messages.LRU_CACHE_DISABLE -> {
        if (event.origin() == id()) {
          drainDisabled(event.intWord(0), event.word(1));
          return;
        }
        disableCount++;
        tellCpus(1);
        LruCacheDisable form = variant.lruCacheDisable();
        if (form.grace() == LruCacheDisable.Grace.NONE) {
          drainDisabled(event.origin(), event.word(1));
        } else {
          Cost grace = form.grace() == LruCacheDisable.Grace.NORMAL ? Cost.RCU_NORMAL : Cost.RCU_EXPEDITED;
          schedule(nowNanos() + cost.of(grace), Messages.LRU_CACHE_DISABLE, event.origin(), event.word(1));
        }
      }
      case Messages.LRU_CACHE_ENABLE -> {
        if (--disableCount == 0) {
          tellCpus(0);
        }
        long at = nowNanos() + latency(event.origin());
        counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - event.word(0));
        open(event.origin(), at, Messages.LRU_CACHE_ENABLED).add(event.word(1)).close();
      }
      case Messages.DRAIN_WORK_DONE -> onWorkDone(event);
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private long latency(int entity) {
    return directory.links().latencyNanos(id(), entity);
  }

  /** The forced drain behind lru_cache_disable(). */
  private void drainDisabled(int from, long task) {
    counters.increment(VmCounter.LRU_ADD_DRAIN_ALL);
    enqueue(new Call(from, task, generation, true, -1, nowNanos(), nowNanos(), variant.lruCacheDisable().drainsEveryCpu()));
  }

  private void enqueue(Call call) {
    queue.add(call);
    grantNext();
  }

  /** Gives the mutex to the first who waits; who finds the generation changed goes home at once, where it asks. */
  private void grantNext() {
    while (holder == null && !queue.isEmpty()) {
      Call call = queue.poll();
      distributions.record(Distribution.DRAIN_ALL_MUTEX_WAIT, nowNanos() - call.queuedNanos);
      if (variant.drainAllPiggybacks() && call.generationRead != generation && !call.force) {
        counters.increment(VmCounter.LRU_ADD_DRAIN_ALL_PIGGYBACKED);
        reply(call, 0, 0, 0, 0);
        continue;
      }
      generation++;
      holder = call;
      scan(call);
    }
  }

  private void scan(Call call) {
    long at = nowNanos() + latency(directory.cpu(0));
    int found = 0;
    for (int cpu = 0; cpu < needsDrain.length; cpu++) {
      at += cost.of(Cost.DRAIN_ALL_CPU);
      if (needsDrain[cpu] || call.everyCpu) {
        at += cost.of(Cost.DRAIN_ALL_QUEUE);
        sendWork(cpu, at, 0);
        awaited[cpu] = true;
        found++;
      }
    }
    outstanding = found;
    counters.add(VmCounter.CPUS_DRAINED, found);
    if (found == 0) {
      holder = null;
      reply(call, 1, 0, directory.cpus() * cost.of(Cost.DRAIN_ALL_CPU) + cost.of(Cost.DRAIN_ALL_FIXED), 0);
    }
  }

  private void startWork(Call call) {
    if (needsDrain[call.owner]) {
      counters.increment(VmCounter.CPUS_DRAINED);
      sendWork(call.owner, nowNanos() + latency(directory.cpu(call.owner)) + cost.of(Cost.DRAIN_ALL_QUEUE),
          (long) call.from << 32 | call.task + 1);
    } else {
      reply(call, 0, 0, 0, 0);
    }
  }

  /** @param caller 0 for a drain of all CPUs, else entity << 32 | task + 1 of the one who wants this CPU alone drained */
  private void sendWork(int cpu, long atNanos, long caller) {
    open(directory.cpu(cpu), atNanos, Messages.DRAIN_WORK).add(caller).close();
  }

  private void onWorkDone(Event event) {
    long caller = event.word(0);
    if (caller != 0) {
      reply(new Call((int) (caller >>> 32), (int) caller - 1, 0, true, -1, -1, -1, false), 1, 1, 0, 2 * latency(event.origin()));
      return;
    }
    awaited[directory.cpuOfEntity(event.origin())] = false;
    if (--outstanding == 0) {
      Call call = holder;
      holder = null;
      reply(call, 1, 0, 0, latency(directory.cpu(0)) + latency(event.origin()));
      grantNext();
    }
  }

  private void tellCpus(int disabled) {
    for (int cpu = 0; cpu < needsDrain.length; cpu++) {
      open(directory.cpu(cpu), nowNanos() + latency(directory.cpu(cpu)), Messages.LRU_CACHE_DISABLED).add(disabled).close();
    }
  }

  /**
   * In the kernel the caller does all this itself, so every link on the way is excess: to here and back, and those to the workers.
   *
   * @param workLinksNanos links to the worker that was waited for last, and back
   */
  private void reply(Call call, long scanned, long cpus, long costNanos, long workLinksNanos) {
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, 2 * latency(call.from) + workLinksNanos);
    long at = nowNanos() + latency(call.from) + costNanos;
    if (call.askedNanos >= 0) {
      distributions.record(Distribution.DRAIN_ALL, at - call.askedNanos);
    }
    EventBatch out = open(call.from, at, Messages.DRAIN_ALL_DONE);
    out.add(call.task).add(scanned).add(cpus).close();
  }

  /**
   * Whether the CPU counts as one with something to drain, once everything that was sent so far has arrived. Two messages about
   * it arrive at one instant only from a burst that stored an entry and flushed it at that instant: the second says no.
   */
  public boolean knowsOf(int cpu) {
    boolean[] known = {needsDrain[cpu]};
    long[] latest = {Long.MIN_VALUE};
    forEachPending(event -> {
      if (event.kind() == Messages.NEEDS_DRAIN && event.intWord(0) == cpu && event.timeNanos() >= latest[0]) {
        boolean needs = event.word(1) != 0;
        known[0] = event.timeNanos() == latest[0] ? known[0] && needs : needs;
        latest[0] = event.timeNanos();
      }
    });
    return known[0];
  }

  /** lru_drain_gen. */
  public long generation() {
    return generation;
  }

  /** Whether caching is disabled and every drain that was asked for is over. */
  public boolean disabledAndDrained() {
    boolean[] waiting = {holder != null || !queue.isEmpty()};
    forEachPending(event -> waiting[0] |= event.kind() == Messages.LRU_CACHE_DISABLE);
    return disableCount > 0 && !waiting[0];
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public Distributions distributions() {
    return distributions;
  }

  /** Who waits for whose worker and who for the mutex, for a report of a run that hangs. */
  public String waiting() {
    if (holder == null) {
      return "nobody drains";
    }
    String workers = IntStream.range(0, awaited.length).filter(cpu -> awaited[cpu]).mapToObj(cpu -> "cpu" + cpu)
        .collect(Collectors.joining(", "));
    String waits = who(holder) + " waits for the drain worker of " + workers;
    String others = queue.stream().limit(MOST_NAMED).map(this::who).collect(Collectors.joining(", "));
    return queue.isEmpty() ? waits : waits + "; for its mutex wait " + others
        + (queue.size() > MOST_NAMED ? " and " + (queue.size() - MOST_NAMED) + " more" : "");
  }

  private String who(Call call) {
    return (call.force ? "lru_cache_disable()" : "lru_add_drain_all()") + " of cpu" + directory.cpuOfEntity(call.from) + " task "
        + call.task;
  }

  @Override
  public void hashState(StateHash hash) {
    hash.add(generation).add(disableCount).add(outstanding).add(queue.size());
    for (boolean needs : needsDrain) {
      hash.add(needs ? 1 : 0);
    }
    counters.hashState(hash);
  }
}
