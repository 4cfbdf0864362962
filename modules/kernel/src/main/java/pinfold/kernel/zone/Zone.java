package pinfold.kernel.zone;

import static pinfold.kernel.trace.TraceBuffer.pair;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.machine.PfnRange;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceEvent;

/**
 * A struct zone: its buddy behind zone->lock. CPUs refill their pcp lists from it and give pages back.
 *
 * <p>ZONE_REFILL (sent at, task, order, migratetype, alloc flags, count, highest zone type) is answered by ZONE_REFILLED (task,
 * pfns…), none when the watermark says no. ZONE_FREE carries freed pages (pfn, block type &lt;&lt; 30, order &lt;&lt; 34) and is
 * not answered. A pageblock that changes its type is told to the memory node. READ_ZONE (sent at, task, order, highest zone type, alloc
 * flags, pages to count as free) is answered by whether the watermark holds, free pages, the watermark and the boost in it; LOWER_BOOST
 * pages, unanswered. RESET_ISOLATION, unanswered: kswapd goes to sleep.
 *
 * <p>For contiguous allocations (requests after sent-at and task): CMA_RESERVE area, pages, alignment, first pfn to try, answered
 * by a pfn or -1; CMA_CLEAR pfn, pages, without sent-at and task, unanswered; CMA_LOCK, answered when cma_mutex is the task's;
 * CMA_UNLOCK, unanswered. ISOLATE_RANGE pfn, pages; END_ISOLATION pfn, pages, 1 to take the pages, answered by the first page
 * that was not free or -1.
 *
 * <p>OOM_LOCK (after sent-at and task) what to do with oom_lock: take it, answered by OOM_LOCKED 1 when it is the task's; try to take it,
 * answered at once by 1 or 0; or give it back, unanswered.
 *
 * <p>For compaction, {@link CompactMessages} has what is asked and answered.
 */
public final class Zone extends Entity implements Counting, HoldsFolios {
  /** What OOM_LOCK does: take it and sleep meanwhile, take it if nobody has it, give it back. */
  public static final int OOM_LOCK_WAIT = 0;
  public static final int OOM_LOCK_TRY = 1;
  public static final int OOM_LOCK_GIVE_BACK = 2;

  private final Directory directory;
  private final int zone;
  private final BuddyZone buddy;
  private final CostModel cost;
  private final Counters counters = new Counters();
  private final Distributions distributions = new Distributions();
  /** Null when nothing is traced. */
  private final TraceBuffer trace;
  private final ZoneCompaction compaction;
  private final CmaArea[] cmaAreas;
  /** Used in one zone of the machine only. */
  private final MachineMutex cmaMutex = new MachineMutex();
  /** Used in the first zone only. */
  private final MachineMutex oomLock = new MachineMutex();
  private int[] scratch = new int[64];
  private long lockFreeAtNanos;
  /** Before the run starts memory is laid out and nobody needs to be told. */
  private boolean running;

  /** @param trace for what it traces, null if nothing */
  public Zone(Directory directory, int zone, long seed, CostModel cost, BuddyZone buddy, TraceBuffer trace) {
    super(directory.zone(zone), seed);
    this.directory = directory;
    this.zone = zone;
    this.cost = cost;
    this.buddy = buddy;
    this.trace = trace;
    this.compaction = new ZoneCompaction(buddy);
    this.cmaAreas = directory.zones().get(zone).cmaAreas().stream().map(CmaArea::new).toArray(CmaArea[]::new);
    buddy.listen(new BuddyListener() {
      @Override
      public void extfrag(int pfn, int order, int fallbackOrder, int migratetype, int fallbackType) {
        if (trace != null) {
          int ours = buddy.pageblockType(pfn) == migratetype ? 1 : 0;
          trace.add(TraceEvent.MM_PAGE_ALLOC_EXTFRAG, pfn, pair(order, fallbackOrder), pair(migratetype, fallbackType), ours);
        }
      }

      @Override
      public void pageblockTypeChanged(int pfn, int migratetype) {
        if (!running) {
          return;
        }
        int node = directory.node(directory.nodeOfZone(zone));
        open(node, nowNanos() + latency(node), Messages.BLOCK_TYPE).add(pfn).add(migratetype).close();
      }
    });
  }

  @Override
  public String name() {
    return "zone" + zone;
  }

  @Override
  protected void handle(Event event) {
    running = true;
    switch (event.kind()) {
      case Messages.ZONE_REFILL -> refill(event);
      case Messages.ZONE_FREE -> {
        lock(cost.of(Cost.PCP_REFILL) + event.length() * cost.of(Cost.PCP_REFILL_PAGE));
        if (trace != null) {
          traceDrained(event);
        }
        for (int i = 0; i < event.length(); i++) {
          buddy.free(event.intWord(i) & (1 << 30) - 1, (int) (event.word(i) >>> 34));
        }
      }
      case Messages.CMA_RESERVE -> answer(event, Messages.CMA_RESERVED, cost.of(Cost.CMA_BITMAP),
          cmaAreas[event.intWord(2)].reserve(event.intWord(5), event.intWord(3), event.intWord(4)));
      case Messages.CMA_CLEAR -> areaOf(event.intWord(0)).clear(event.intWord(0), event.intWord(1));
      case Messages.CMA_LOCK -> {
        if (cmaMutex.lock(task(event))) {
          grant(task(event), Messages.CMA_LOCKED);
        }
      }
      case Messages.CMA_UNLOCK -> passOn(cmaMutex, Messages.CMA_LOCKED);
      case Messages.OOM_LOCK -> oomLock(event);
      case Messages.ISOLATE_RANGE -> {
        int blocks = setTypes(event.intWord(2), event.intWord(3), MigrateType.ISOLATE);
        answerLocked(event, Messages.RANGE_ISOLATED, blocks * cost.of(Cost.ISOLATE_PAGEBLOCK), 0);
      }
      case Messages.END_ISOLATION -> endIsolation(event);
      case Messages.READ_ZONE -> {
        int flags = event.intWord(4);
        long mark = buddy.markPages(flags);
        boolean ok = buddy.watermarkOk(event.intWord(2), mark, event.intWord(3), flags, event.word(5));
        reply(event, Messages.ZONE_IS, 0).add(ok ? 1 : 0).add(buddy.freePages()).add(mark).add(buddy.boostPages()).close();
      }
      case Messages.RESET_ISOLATION -> compaction.resetIsolation();
      case Messages.LOWER_BOOST -> buddy.lowerBoost(event.word(0));
      case Messages.COMPACT_BEGIN, Messages.COMPACT_NEXT, Messages.COMPACT_FREE, Messages.COMPACT_ROOM,
          Messages.COMPACT_SUITS -> compact(event);
      case Messages.COMPACT_SCANNED, Messages.COMPACT_END, Messages.COMPACT_ALLOCATED -> CompactMessages.note(compaction, event);
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private CmaArea areaOf(int pfn) {
    for (CmaArea area : cmaAreas) {
      if (area.contains(pfn)) {
        return area;
      }
    }
    throw new IllegalStateException(name() + ": pfn " + pfn + " is in no CMA area");
  }

  private static long task(Event event) {
    return (long) event.origin() << 32 | event.intWord(1);
  }

  /** Tells a task that a mutex is its own, or what else has become of its wish. */
  private void grant(long task, int kind, long... result) {
    int entity = (int) (task >>> 32);
    open(entity, nowNanos() + latency(entity), kind).add((int) task).addAll(result, 0, result.length).close();
  }

  /** A mutex is given back, and is the next one's if somebody waits. */
  private void passOn(MachineMutex mutex, int kind, long... result) {
    long next = mutex.unlock();
    if (next >= 0) {
      grant(next, kind, result);
    }
  }

  private void oomLock(Event event) {
    switch (event.intWord(2)) {
      case OOM_LOCK_TRY -> grant(task(event), Messages.OOM_LOCKED, oomLock.tryLock(task(event)) ? 1 : 0);
      case OOM_LOCK_WAIT -> {
        if (oomLock.lock(task(event))) {
          grant(task(event), Messages.OOM_LOCKED, 1);
        }
      }
      case OOM_LOCK_GIVE_BACK -> passOn(oomLock, Messages.OOM_LOCKED, 1);
      default -> throw new IllegalStateException(name() + ": oom_lock " + event.intWord(2));
    }
  }

  /** Gives the pageblocks that a range touches another type; returns how many these are. */
  private int setTypes(int pfn, int pages, MigrateType type) {
    int first = pfn & -BuddyOrders.PAGEBLOCK_PAGES;
    int blocks = 0;
    for (int block = first; block < pfn + pages; block += BuddyOrders.PAGEBLOCK_PAGES) {
      buddy.setPageblockType(block, type);
      blocks++;
    }
    return blocks;
  }

  /**
   * The end of alloc_contig_range() (mm/page_alloc.c, 6.12): test_pages_isolated(), isolate_freepages_range() and
   * undo_isolate_page_range() in one, as nobody else may change an isolated range's free pages but by adding to them.
   */
  private void endIsolation(Event event) {
    int pfn = event.intWord(2);
    int pages = event.intWord(3);
    boolean take = event.word(4) != 0;
    int busy = take ? buddy.firstBusy(pfn, pages) : -1;
    if (take && busy < 0) {
      buddy.takeRange(pfn, pages);
      areaOf(pfn).taken(pfn, pages);
    }
    int blocks = setTypes(pfn, pages, MigrateType.CMA);
    answerLocked(event, Messages.ISOLATION_ENDED, blocks * 2 * cost.of(Cost.ISOLATE_PAGEBLOCK), busy);
  }

  private void compact(Event event) {
    LongList answer = new LongList();
    CompactMessages.Work work = CompactMessages.answer(compaction, event, answer);
    long lockWork = work.pages() * cost.of(Cost.COMPACT_FREE_PAGE) + work.blocks() * cost.of(Cost.COMPACT_ISOLATE_FREE);
    long waited = lockWork == 0 ? 0 : lock(lockWork) - nowNanos();
    counters.add(VmCounter.COMPACT_FREE_SCANNED, work.pages());
    counters.add(VmCounter.COMPACT_DAEMON_FREE_SCANNED, CompactMessages.byKcompactd(event) ? work.pages() : 0);
    counters.add(VmCounter.COMPACT_ISOLATED, work.isolated());
    long done = event.word(0) + waited + lockWork + work.pageblocks() * cost.of(Cost.COMPACT_PAGEBLOCK);
    long at = Math.max(nowNanos() + latency(event.origin()), done);
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - done);
    open(event.origin(), at, CompactMessages.answerKind(event.kind())).add(event.word(1)).addAll(answer.words(), 0, answer.size()).close();
  }

  /** Answers what was done under zone->lock. */
  private void answerLocked(Event event, int kind, long workNanos, long result) {
    answer(event, kind, lock(workNanos) - nowNanos() + workNanos, result);
  }

  private void answer(Event event, int kind, long nanos, long result) {
    reply(event, kind, nanos).add(result).close();
  }

  private EventBatch reply(Event event, int kind, long nanos) {
    long done = event.word(0) + nanos;
    long at = Math.max(nowNanos() + latency(event.origin()), done);
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - done);
    return open(event.origin(), at, kind).add(event.word(1));
  }

  private long latency(int entity) {
    return directory.links().latencyNanos(id(), entity);
  }

  private void traceDrained(Event event) {
    trace.on(nowNanos(), directory.cpuOfEntity(event.origin()), TraceBuffer.UNKNOWN_TASK);
    for (int i = 0; i < event.length(); i++) {
      int pfn = event.intWord(i) & (1 << 30) - 1;
      trace.add(TraceEvent.MM_PAGE_PCPU_DRAIN, pfn, pair((int) (event.word(i) >>> 34), buddy.pageblockType(pfn)), 0, 0);
    }
  }

  /** The event names the free list that a block came from. One that kept another type was stolen, which is another event. */
  private void traceRefill(int got, int order, int migratetype) {
    for (int i = 0; i < got; i++) {
      int type = buddy.pageblockType(scratch[i]);
      if (type == migratetype || type == MigrateType.CMA.code()) {
        trace.add(TraceEvent.MM_PAGE_ALLOC_ZONE_LOCKED, scratch[i], pair(order, type), type < MigrateType.PCP_TYPES ? 1 : 0, 0);
      }
    }
  }

  private void refill(Event event) {
    if (trace != null) {
      trace.on(nowNanos(), directory.cpuOfEntity(event.origin()), event.intWord(1));
    }
    int order = event.intWord(2);
    int flags = event.intWord(4);
    int wanted = event.intWord(5);
    int got = 0;
    if (buddy.watermarkOk(order, buddy.markPages(flags), event.intWord(6), flags)) {
      if (wanted > scratch.length) {
        scratch = new int[wanted];
      }
      got = buddy.rmqueueBulk(order, wanted, event.intWord(3), flags, scratch, 0);
    }
    if (trace != null) {
      traceRefill(got, order, event.intWord(3));
    }
    if (buddy.takeBoosted()) {
      int reclaim = directory.reclaim(directory.nodeOfZone(zone));
      open(reclaim, nowNanos() + latency(reclaim), Messages.WAKE_KSWAPD).add(0).add(directory.zones().get(zone).type().ordinal()).close();
    }
    long work = cost.of(Cost.PCP_REFILL) + got * cost.of(Cost.PCP_REFILL_PAGE);
    long granted = lock(work);
    long done = event.word(0) + granted - nowNanos() + work;
    long at = Math.max(granted + latency(event.origin()), done);
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - done);
    EventBatch out = open(event.origin(), at, Messages.ZONE_REFILLED).add(event.word(1));
    for (int i = 0; i < got; i++) {
      out.add(scratch[i]);
    }
    out.close();
  }

  /** Takes zone->lock in order of arrival; returns when it was granted. */
  private long lock(long holdNanos) {
    long granted = Math.max(nowNanos(), lockFreeAtNanos);
    distributions.record(Distribution.ZONE_LOCK_WAIT, granted - nowNanos());
    lockFreeAtNanos = granted + holdNanos;
    return granted;
  }

  /**
   * What users of CMA have of this zone, oldest first, without what is on its way back; read it only while no window runs.
   */
  public List<PfnRange> cmaAllocations() {
    Set<Integer> released = new HashSet<>();
    forEachPending(event -> {
      if (event.kind() == Messages.CMA_CLEAR) {
        released.add(event.intWord(0));
      }
    });
    return Arrays.stream(cmaAreas).flatMap(area -> area.allocated().stream()).filter(range -> !released.contains(range.startPfn()))
        .toList();
  }

  /** Pages of {@link #cmaAllocations}. */
  public long cmaAllocatedPages() {
    return cmaAllocations().stream().mapToLong(PfnRange::pages).sum();
  }

  /** Who waits for whom, for a report of a run that hangs; empty when nobody does. */
  public String waiting() {
    String cma = cmaMutex.waiting("cma_mutex", directory::cpuOfEntity);
    String oom = oomLock.waiting("oom_lock", directory::cpuOfEntity);
    return cma.isEmpty() || oom.isEmpty() ? cma + oom : cma + "; " + oom;
  }

  /** The free lists; read them only while no window runs. */
  public BuddyZone buddy() {
    return buddy;
  }

  @Override
  public void report(Holdings to) {
    forEachPending(event -> {
      for (int i = 0; event.kind() == Messages.ZONE_FREE && i < event.length(); i++) {
        to.freeBlock(event.intWord(i) & (1 << 30) - 1, (int) (event.word(i) >>> 34));
      }
    });
  }

  @Override
  public Counters counters() {
    Counters all = new Counters();
    all.addAll(counters);
    all.add(VmCounter.NR_FREE_PAGES, buddy.freePages());
    all.add(VmCounter.NR_FREE_CMA, buddy.freeCmaPages());
    return all;
  }

  @Override
  public Distributions distributions() {
    return distributions;
  }

  @Override
  public void hashState(StateHash hash) {
    buddy.hashState(hash);
    hash.add(lockFreeAtNanos);
    for (CmaArea area : cmaAreas) {
      area.hashState(hash);
    }
    cmaMutex.forEach(hash::add);
    oomLock.forEach(hash::add);
    compaction.hashState(hash);
  }
}
