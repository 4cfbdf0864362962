package pinfold.kernel.node;

import static pinfold.kernel.folio.FolioFlags.ACTIVE;
import static pinfold.kernel.folio.FolioFlags.ANON;
import static pinfold.kernel.folio.FolioFlags.DIRTY;
import static pinfold.kernel.folio.FolioFlags.ISOLATED;
import static pinfold.kernel.folio.FolioFlags.LARGE;
import static pinfold.kernel.folio.FolioFlags.LRU;
import static pinfold.kernel.folio.FolioFlags.MLOCKED;
import static pinfold.kernel.folio.FolioFlags.RECLAIM;
import static pinfold.kernel.folio.FolioFlags.REFERENCED;
import static pinfold.kernel.folio.FolioFlags.SWAPBACKED;
import static pinfold.kernel.folio.FolioFlags.SWAPCACHE;
import static pinfold.kernel.folio.FolioFlags.UNEVICTABLE;
import static pinfold.kernel.folio.FolioFlags.WORKINGSET;
import static pinfold.kernel.folio.FolioFlags.WRITEBACK;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.EventQueue;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.Messages;
import pinfold.kernel.cost.Cost;
import pinfold.kernel.cost.CostModel;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.Distribution;
import pinfold.kernel.count.Distributions;
import pinfold.kernel.count.VmCounter;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.folio.FolioTable;
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.Generations;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.RmapSpace;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Action;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.variant.FolioView;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.variant.MigrateDrain;
import pinfold.kernel.variant.SortRule;

/**
 * A pgdat: its folios, their LRU lists and lru_lock. CPUs send it bursts with their batches; it executes them element by
 * element, each at its own time, so that the bursts of several CPUs interleave.
 *
 * <p>Messages: BURST from a CPU, answered by BURST_DONE (task, status | argument, position where it stopped, folios
 * collected, options, counts of results and freed pages; batches; results; freed pages). REMOTE_WORK from another node,
 * answered by REMOTE_DONE with the pages it freed. BLOCK_TYPE from a zone, and REFAULTS_SEEN memory cgroup from a CPU, which has reclaimed
 * from it, unanswered. RECLAIM_THROTTLE (sent at, task, {@link ThrottleReason}), answered when the task may go on, with 1 if it slept, and
 * by TASK_SLEEPS before if so. RECLAIM_MARK (lruvec, {@link WritebackMarks}), RECLAIM_UNMARK lruvec and RECLAIM_WAKE
 * from a CPU and NODE_HOPELESS (1 or 0) from the node's reclaim, unanswered.
 */
public final class MemoryNode extends Entity implements Counting, HoldsFolios {
  private static final int KINDS = BatchKind.values().length;
  /** COMPACT_CLUSTER_MAX (mm/compaction.c, 6.12). */
  private static final int CLUSTER_PAGES = 32;

  private final Directory directory;
  private final int node;
  private final KernelVariant variant;
  private final boolean mglru;
  private final boolean asynchronousSwap;
  private final FolioTable folios;
  private final LruVecs lruvecs;
  private final PageblockTypes blocks;
  private final FolioOps ops;
  private final Counters counters = new Counters();
  private final Distributions distributions = new Distributions();
  private final QueuedFolios queued;
  private final ReclaimThrottle throttle;
  private final NodeReclaim reclaim;
  private final ShmemOps shmem;
  private final Workingset workingset;
  private final BurstAgenda agenda = new BurstAgenda();
  private final ReadsUnderWay reads = new ReadsUnderWay();
  /** By CPU; null where none ever came. */
  private final Burst[] bursts;
  private final long seed;
  private final View view = new View();
  private final CostModel cost;
  private final long[] opCost = new long[BurstOp.values().length];
  private final int[] secondWords = new int[opCost.length];
  /** Which operations may stop the burst or tell somebody something before its end. */
  private final boolean[] mayStop = new boolean[opCost.length];
  /** Null when nothing is traced. */
  private final NodeTrace trace;
  /** Null when nothing is checked. */
  private FolioLog log;

  /** @param buffer for what it traces, null if nothing */
  public MemoryNode(Directory directory, int node, long seed, KernelVariant variant, CostModel cost, boolean mglru,
      RmapSpace rmap, ReclaimSpec reclaimSpec, TraceBuffer buffer) {
    super(directory.node(node), seed);
    this.directory = directory;
    this.node = node;
    this.variant = variant;
    this.cost = cost;
    this.mglru = mglru;
    this.asynchronousSwap = reclaimSpec.swap().isAsynchronous();
    int first = Integer.MAX_VALUE;
    int end = 0;
    for (int z = 0; z < directory.zones().size(); z++) {
      if (directory.nodeOfZone(z) == node) {
        first = Math.min(first, directory.zones().get(z).startPfn());
        end = Math.max(end, directory.zones().get(z).span().endPfn());
      }
    }
    int aligned = end == 0 ? 0 : first >>> FolioTable.SECTION_SHIFT << FolioTable.SECTION_SHIFT;
    this.blocks = new PageblockTypes(directory, node);
    this.trace = buffer == null ? null : new NodeTrace(buffer, directory, blocks);
    this.folios = new FolioTable(aligned, end - aligned, trace);
    if (trace != null) {
      trace.watch(folios);
    }
    this.lruvecs = new LruVecs(folios, directory, rmap, reclaimSpec.memcgs(),
        mglru && reclaimSpec.isOn() ? new Generations(aligned, end - aligned) : null);
    this.ops = new FolioOps(folios, lruvecs, counters, trace);
    this.workingset = new Workingset(node, ops, directory.hasSwap());
    this.throttle = new ReclaimThrottle(this, lruvecs, counters, directory.hasSwap());
    this.reclaim = new NodeReclaim(this, ops, workingset, throttle, cost, trace);
    this.shmem = new ShmemOps(this, ops, rmap);
    this.queued = new QueuedFolios(folios, counters, distributions);
    this.bursts = new Burst[directory.cpus()];
    this.seed = seed;
    for (BurstOp op : BurstOp.values()) {
      boolean looks = op == BurstOp.READ_GET || op == BurstOp.GET_IF_READ;
      opCost[op.ordinal()] = op == BurstOp.ASK || op == BurstOp.SHADOW || looks ? 0 : cost.of(costOf(op));
      secondWords[op.ordinal()] = op.takesSecondWord() ? 1 : 0;
      mayStop[op.ordinal()] = op == BurstOp.COLLECT || op == BurstOp.PIN_FAST || op.scansRange() || looks
          || op == BurstOp.END_WRITEBACK // of which a task that sleeps for writeback is told at once
          || op == BurstOp.MAP || op == BurstOp.MAP_SWAPCACHE || op == BurstOp.SHMEM_OUT || op == BurstOp.SHMEM_IN
          || directory.hasSwap() && (op == BurstOp.PUT || op == BurstOp.DROP_SWAPCACHE);
    }
  }

  private static Cost costOf(BurstOp op) {
    return switch (op) {
      case NEW_ANON, NEW_SHMEM, NEW_FILE -> Cost.FAULT_PAGE;
      case MAP, MAP_AROUND -> Cost.MAP_PAGE;
      case TOUCH, ROTATE, DEACTIVATE_FILE -> Cost.TOUCH_PAGE;
      case PIN, PIN_FAST -> Cost.PIN_PAGE;
      case UNPIN -> Cost.UNPIN_PAGE;
      case COLLECT, ASK -> Cost.COLLECT_PAGE;
      case ISOLATE -> Cost.PUT_PAGE;
      case COLD, LAZYFREE -> Cost.MADVISE_PAGE;
      case MLOCK, MUNLOCK -> Cost.MLOCK_PAGE;
      case ZAP -> Cost.UNMAP_PAGE;
      case PUT, GET, PUTBACK -> Cost.PUT_PAGE;
      case ENQUEUE -> Cost.ENQUEUE_PAGE;
      case DRAIN -> Cost.DRAIN_EMPTY;
      case MIGRATE_UNMAP -> Cost.MIGRATE_UNMAP_PAGE;
      case MIGRATE_MOVE -> Cost.MIGRATE_TRY_PAGE;
      case MIGRATE_REMAP -> Cost.MIGRATE_REMAP_PAGE;
      case ISOLATE_RANGE, COMPACT_SCAN -> Cost.CONTIG_SCAN_PAGE;
      case DISCARD, INVALIDATE, TRUNCATE -> Cost.RECLAIM_CLEAN_PAGE;
      case READ, READ_GET, GET_IF_READ, WRITE -> Cost.TOUCH_PAGE;
      case LRUVEC_READ, ZONE_LRU_READ, LRU_ISOLATE, RECLAIM_DONE, GEN_READ, GEN_ISOLATE, GEN_NEXT -> Cost.RECLAIM_CALL;
      case GEN_PROMOTE -> Cost.AGE_PAGE;
      case CHECK_REFERENCES, RECLAIM, SHMEM_OUT -> Cost.RECLAIM_PAGE;
      case SWAP_CACHE, DROP_SWAPCACHE -> Cost.SWAP_SLOT;
      case LRU_PUTBACK -> Cost.PUT_PAGE;
      case MAP_SWAPCACHE, SHMEM_IN -> Cost.MAP_PAGE;
      case SWAP_IN, SHADOW -> Cost.FAULT_PAGE;
      case START_WRITEBACK, END_WRITEBACK -> Cost.END_WRITEBACK_PAGE;
      case LOOK_AROUND -> Cost.LOOK_AROUND_PAGE;
      case GEN_BLOCKED -> Cost.RECLAIM_CALL;
    };
  }

  @Override
  public String name() {
    return "node" + node;
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.BURST -> {
        Burst burst = burstOf(directory.cpuOfEntity(event.origin()));
        burst.start(event, latency(event.origin()));
        lookAhead(burst);
        agenda.add(burst, burst.agendaNanos);
      }
      case Messages.REMOTE_WORK -> onRemoteWork(event);
      case Messages.REMOTE_DONE -> onRemoteDone(event);
      case Messages.READ_ENDED -> {
        for (int i = 0; i < event.length(); i++) {
          reads.end(event.intWord(i), this::tellReadEnded);
        }
      }
      case Messages.AWAIT_READ -> {
        if (reads.has(event.intWord(2))) {
          reads.await(event.intWord(2), event.origin(), event.intWord(1), event.word(3) != 0);
        } else {
          tellReadEnded((long) event.origin() << 32 | event.word(1));
        }
      }
      case Messages.FOLIO_UNLOCKED -> reads.unlocked(event.intWord(0), this::tellReadEnded);
      case Messages.REFAULTS_SEEN -> lruvecs.snapshotRefaults(event.intWord(0));
      case Messages.BLOCK_TYPE -> blocks.set(event.intWord(0), event.intWord(1));
      case Messages.RECLAIM_THROTTLE -> throttle(event);
      case Messages.RECLAIM_MARK -> throttle.mark(event.intWord(0), event.intWord(1));
      case Messages.RECLAIM_UNMARK -> throttle.clear(event.intWord(0));
      case Messages.RECLAIM_WAKE -> throttle.wake(ThrottleReason.NOPROGRESS);
      case Messages.NODE_HOPELESS -> throttle.setHopeless(event.word(0) != 0);
      case Messages.THROTTLE_TIMEOUT -> throttle.timeOut(event.word(0));
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private void tellReadEnded(long waiter) {
    int entity = (int) (waiter >>> 32);
    open(entity, nowNanos() + latency(entity), Messages.READ_AWAITED).add((int) waiter).close();
  }

  private void throttle(Event event) {
    long who = (long) event.origin() << 32 | event.word(1);
    if (throttle.sleeps(who, ThrottleReason.of(event.intWord(2)))) {
      open(event.origin(), nowNanos() + latency(event.origin()), Messages.TASK_SLEEPS).add(event.word(1)).close();
    } else {
      answerThrottled(who, false);
    }
  }

  void answerThrottled(long who, boolean slept) {
    int entity = (int) (who >>> 32);
    open(entity, nowNanos() + latency(entity), Messages.RECLAIM_THROTTLED).add((int) who).add(slept ? 1 : 0).close();
  }

  void scheduleTimeout(long nanos, long number) {
    schedule(nowNanos() + nanos, Messages.THROTTLE_TIMEOUT, number);
  }

  private Burst burstOf(int cpu) {
    if (bursts[cpu] == null) {
      bursts[cpu] = new Burst(cpu, variant.batchCapacity(), directory.nodes());
      bursts[cpu].rank = EventQueue.rank(seed, directory.cpu(cpu));
    }
    return bursts[cpu];
  }

  private void lookAhead(Burst burst) {
    long[] words = burst.words;
    long costAhead = 0;
    boolean stops = false;
    int end = burst.end;
    // Programs are mostly runs of one operation, and a run's stride is known in advance.
    for (int at = burst.first; at < end; ) {
      int op = (int) (words[at] >>> 56);
      int stride = 1 + secondWords[op];
      int from = at;
      do {
        at += stride;
      } while (at < end && (int) (words[at] >>> 56) == op);
      costAhead += (at - from) / stride * opCost[op];
      stops |= mayStop[op];
    }
    burst.costAhead = costAhead;
    burst.mayStop = stops;
  }

  private long latency(int entity) {
    return directory.links().latencyNanos(id(), entity);
  }

  @Override
  protected long nextAgendaNanos() {
    return agenda.nextNanos();
  }

  @Override
  protected long earliestAgendaSendNanos() {
    return agenda.earliestSendNanos();
  }

  @Override
  protected void runAgenda(long beforeNanos) {
    Burst burst = agenda.poll();
    run(burst, Math.min(beforeNanos, Math.max(agenda.nextNanos(), burst.agendaNanos + 1)));
  }

  /** Executes elements until one would begin at or after {@code beforeNanos}, the burst waits, or it is done. */
  private void run(Burst burst, long beforeNanos) {
    for (;;) {
      long at = burst.lockHeld ? burst.agendaNanos : burst.effectiveNanos();
      if (at >= beforeNanos) {
        agenda.add(burst, at);
        return;
      }
      advanceTo(at);
      if (trace != null) {
        trace.on(at, burst.cpu, burst.task);
      }
      if (burst.pendingFlush != 0) {
        if (!flushNext(burst)) {
          return;
        }
      } else if (burst.next == burst.end) {
        if (!anotherPass(burst)) {
          finish(burst);
          return;
        }
      } else {
        execute(burst);
      }
    }
  }

  // ---- Elements

  private void execute(Burst burst) {
    releaseRead(burst);
    long word = burst.words[burst.next];
    BurstOp op = BurstOp.of(word);
    int pfn = BurstOp.pfn(word);
    int argument = BurstOp.argument(word);
    if (burst.step == 0) {
      began(burst, op, pfn);
    }
    switch (op) {
      case NEW_ANON -> newAnon(burst, pfn, argument);
      case NEW_SHMEM -> newShmem(burst, pfn, argument);
      case NEW_FILE -> newFile(burst, pfn, argument);
      case MAP -> map(burst, pfn, argument);
      case TOUCH -> {
        markAccessed(burst, pfn);
        done(burst, 1);
      }
      case PIN -> pin(burst, pfn, argument);
      case PIN_FAST -> pinFast(burst, pfn, argument);
      case UNPIN -> unpin(burst, pfn, argument);
      case COLLECT -> collect(burst, pfn);
      case ASK -> {
        if (!blocks.longtermPinnable(pfn) && variant.drainRule().decide(view.of(pfn), burst.progress) != Action.ISOLATE) {
          stop(burst, BurstStatus.WANTS_DRAIN_ALL, 0);
        } else {
          done(burst, 1);
        }
      }
      case COLD -> {
        cold(burst, pfn);
        done(burst, 1);
      }
      case LAZYFREE -> {
        lazyfree(burst, pfn);
        done(burst, 1);
      }
      case MLOCK -> {
        mlock(burst, pfn);
        done(burst, 1);
      }
      case MUNLOCK -> {
        queue(burst, BatchKind.MLOCK, pfn, 0);
        done(burst, 1);
      }
      case ZAP -> {
        if ((argument & BurstOp.YOUNG) != 0) {
          markAccessed(burst, pfn);
        }
        folios.addMapcount(pfn, -1);
        if ((argument & BurstOp.VMA_LOCKED) != 0) {
          queue(burst, BatchKind.MLOCK, pfn, 0);
        }
        done(burst, 1);
      }
      case PUT -> release(burst, pfn);
      case GET -> {
        folios.addReferences(pfn, 1);
        done(burst, 1);
      }
      case DRAIN -> {
        lruAddDrain(burst);
        done(burst, 1);
      }
      case MIGRATE_UNMAP -> migrateUnmap(burst, pfn, argument);
      case MIGRATE_MOVE -> migrateMove(burst, pfn, argument);
      case MIGRATE_REMAP -> migrateRemap(burst, pfn, argument);
      case ISOLATE -> {
        int before = burst.results.size();
        isolate(burst, pfn);
        if ((argument & BurstOp.AS_A_SCAN) != 0 && burst.results.size() > before) {
          folios.clear(pfn, ACTIVE | REFERENCED | RECLAIM);
        }
        done(burst, 1);
      }
      case PUTBACK -> {
        endIsolation(burst, pfn);
        folioAddLru(burst, pfn);
        put(burst, pfn);
        done(burst, 1);
      }
      case ENQUEUE -> {
        enqueue(burst, BatchKind.of(argument >>> 2), pfn, argument & 3, (argument & BurstOp.LARGE) != 0);
        done(burst, 1);
      }
      case READ -> read(burst, pfn, argument);
      default -> executeMore(burst, op, pfn, argument);
    }
  }

  /** What moves ranges, reads and writes files, swaps and reclaims: apart, as the compiler makes less of a method that is larger. */
  private void executeMore(Burst burst, BurstOp op, int pfn, int argument) {
    switch (op) {
      case MAP_AROUND -> {
        boolean there = inPageCache(pfn, (int) burst.words[burst.next + 1]) && !reads.has(pfn);
        burst.results.add(there ? 1 : 0);
        if (there) {
          folios.addReferences(pfn, 1);
          folios.addMapcount(pfn, 1);
        }
        done(burst, 2);
      }
      case ROTATE -> {
        if ((folios.flags(pfn) & (DIRTY | UNEVICTABLE)) == 0) {
          queueOnLru(burst, BatchKind.MOVE_TAIL, pfn, true);
        }
        done(burst, 1);
      }
      case DEACTIVATE_FILE -> {
        deactivateFile(burst, pfn);
        done(burst, 1);
      }
      case ISOLATE_RANGE -> isolateRange(burst, pfn, (int) burst.words[burst.next + 1], argument);
      case COMPACT_SCAN -> compactScan(burst, pfn, (int) burst.words[burst.next + 1], argument);
      case DISCARD -> {
        burst.results.add(discard(burst, pfn, argument) ? 1 : 0);
        done(burst, 1);
      }
      case READ_GET -> readGet(burst, pfn, (int) burst.words[burst.next + 1]);
      case GET_IF_READ -> {
        if (inPageCache(pfn, (int) burst.words[burst.next + 1]) && reads.has(pfn)) {
          folios.addReferences(pfn, 1);
          stop(burst, BurstStatus.UNDER_READ, pfn);
        } else {
          done(burst, 2);
        }
      }
      case WRITE -> {
        if (reads.has(pfn)) {
          burst.results.add(BurstOp.STILL_READ | pfn);
          done(burst, 2);
        } else {
          if (read(burst, pfn, 1)) {
            markDirty(burst, pfn);
          }
        }
      }
      case START_WRITEBACK -> {
        burst.results.add(startWriteback(pfn, (int) burst.words[burst.next + 1]) ? 1 : 0);
        done(burst, 2);
      }
      case INVALIDATE -> {
        boolean gone = invalidate(burst, pfn, (int) burst.words[burst.next + 1]);
        burst.results.add(gone ? 1 : reads.has(pfn) ? BurstOp.PASSED_BY : 0);
        done(burst, 2);
      }
      case LRUVEC_READ, ZONE_LRU_READ, LRU_ISOLATE, CHECK_REFERENCES, SWAP_CACHE, RECLAIM, LRU_PUTBACK, RECLAIM_DONE, GEN_READ, GEN_ISOLATE,
          GEN_PROMOTE, GEN_NEXT, GEN_BLOCKED -> done(burst, reclaim.execute(burst, op, pfn, argument));
      case END_WRITEBACK -> {
        endWriteback(burst, pfn);
        done(burst, 1);
      }
      case LOOK_AROUND -> {
        lookAround(burst, pfn, argument, (int) burst.words[burst.next + 1]);
        done(burst, 2);
      }
      case SWAP_IN -> {
        readFromSwap(burst);
        newAnon(burst, pfn, argument);
      }
      case SHMEM_OUT -> {
        reclaim.shmemOut(burst, pfn, argument, (int) burst.words[burst.next + 1], shmem);
        done(burst, 2);
      }
      case SHMEM_IN -> {
        burst.results.add(shmem.in(pfn, (int) burst.words[burst.next + 1]));
        done(burst, 2);
      }
      case TRUNCATE -> {
        burst.results.add(shmem.truncate(burst, pfn, (int) burst.words[burst.next + 1]) ? 1 : 0);
        done(burst, 2);
      }
      case SHADOW -> {
        burst.shadow = burst.words[burst.next + 1];
        burst.shadowInFault = (argument & BurstOp.IN_FAULT) != 0;
        done(burst, 2);
      }
      case MAP_SWAPCACHE -> mapSwapcache(burst, pfn, argument);
      case DROP_SWAPCACHE -> {
        if (isCached(pfn, (int) burst.words[burst.next + 1]) && !folios.has(pfn, WRITEBACK)) {
          tellSwap(Messages.SWAP_UNCACHE, (long) folios.handle(pfn) << 32 | pfn, 0);
          dropSwapcache(burst, pfn);
        }
        done(burst, 2);
      }
      default -> throw new IllegalStateException(name() + " got the operation " + op);
    }
  }

  private void began(Burst burst, BurstOp op, int pfn) {
    burst.nominalNanos += opCost[op.ordinal()];
    burst.costAhead = Math.max(0, burst.costAhead - opCost[op.ordinal()]);
    if (log != null && op.isLogged()) {
      log.add(nowNanos(), burst.cpu, FolioStep.OPERATION, op.ordinal(), pfn);
    }
  }

  private static void done(Burst burst, int words) {
    burst.next += words;
    burst.step = 0;
  }

  private void newFile(Burst burst, int pfn, int argument) {
    folios.create(pfn, (argument & BurstOp.SHMEM) != 0 ? SWAPBACKED : 0, 1, 0, (int) burst.words[burst.next + 1]);
    countBorn(pfn);
    if ((argument & BurstOp.FROM_SWAP) != 0) {
      readFromSwap(burst);
    }
    refault(burst, pfn);
    if ((argument & BurstOp.UNDER_READ) != 0) {
      reads.begin(pfn);
    }
    folioAddLru(burst, pfn);
    done(burst, 2);
  }

  private void newAnon(Burst burst, int pfn, int argument) {
    boolean large = (argument & BurstOp.LARGE) != 0;
    // folio_add_lru() in a fault, with MGLRU: into the youngest generation.
    int active = lruvecs.generations() == null ? 0 : ACTIVE;
    folios.create(pfn, ANON | SWAPBACKED | active | (large ? LARGE : 0), 1, 1, (int) burst.words[burst.next + 1]);
    countBorn(pfn);
    refault(burst, pfn);
    if (large) {
      burst.nominalNanos += cost.of(Cost.FAULT_THP) - cost.of(Cost.FAULT_PAGE);
    }
    if ((argument & BurstOp.COPIES_FILE) != 0) {
      burst.nominalNanos += cost.of(Cost.FAULT_PRIVATE_FILE_PAGE) - cost.of(Cost.FAULT_PAGE);
    }
    if ((argument & BurstOp.VMA_LOCKED) != 0) {
      ops.markMlocked(pfn);
      queue(burst, BatchKind.MLOCK, pfn, FolioBatches.TAG_NEW);
    } else {
      queueForLru(burst, pfn);
    }
    done(burst, 2);
  }

  private void readFromSwap(Burst burst) {
    burst.nominalNanos += asynchronousSwap ? 0 : cost.of(Cost.SWAP_READ_PAGE);
    counters.increment(VmCounter.PSWPIN);
  }

  private void refault(Burst burst, int pfn) {
    if (burst.shadow != 0) {
      workingset.refault(pfn, burst.shadow, burst.shadowInFault, nowNanos());
      burst.shadow = 0;
    }
  }

  /** The end of a fault of a page that is in the page cache (finish_fault(), mm/memory.c, 6.12). */
  private void map(Burst burst, int pfn, int argument) {
    if (!inPageCache(pfn, (int) burst.words[burst.next + 1])) {
      stop(burst, BurstStatus.GONE, 0);
      return;
    }
    folios.addReferences(pfn, 1);
    folios.addMapcount(pfn, 1);
    if ((argument & BurstOp.VMA_LOCKED) != 0) {
      mlock(burst, pfn);
    }
    done(burst, 2);
  }

  /** Whether the page cache has the folio at that page; a folio that was moved has only its isolator's reference left. */
  boolean inPageCache(int pfn, int handle) {
    boolean moved = folios.isAllocated(pfn) && folios.has(pfn, ISOLATED) && folios.references(pfn) == 1;
    return folios.isAllocated(pfn) && !moved && folios.handle(pfn) == handle && ops.hasMapping(pfn);
  }

  /** The part of do_swap_page() (mm/memory.c, 6.12) for a folio that is still in the swap cache; it stays in it. */
  private void mapSwapcache(Burst burst, int pfn, int argument) {
    if (!isCached(pfn, (int) burst.words[burst.next + 1])) {
      stop(burst, BurstStatus.GONE, 0);
      return;
    }
    folios.addReferences(pfn, 1);
    folios.addMapcount(pfn, 1);
    folios.set(pfn, DIRTY);
    if ((argument & BurstOp.VMA_LOCKED) != 0) {
      mlock(burst, pfn);
    }
    if (asynchronousSwap && !folios.has(pfn, LRU)) {
      // A write wants to be the only user; this CPU's batches may be another.
      traceLocalDrain();
      lruAddDrain(burst);
    }
    done(burst, 2);
  }

  boolean isCached(int pfn, int handle) {
    return folios.isAllocated(pfn) && folios.has(pfn, SWAPCACHE) && folios.handle(pfn) == handle;
  }

  /**
   * free_swap_cache(): the last user of a page that is in the swap cache frees its slot; but folio_free_swap() leaves alone what is
   * under writeback, and then the folio stays in the swap cache until reclaim finds it.
   */
  private void leaveToSwapcache(Burst burst, int pfn) {
    if (folios.has(pfn, WRITEBACK)) {
      tellSwap(Messages.SWAP_ORPHAN, (long) folios.handle(pfn) << 32 | pfn);
      // PG_dirty stood for the page-table entry that is gone now, see MAP_SWAPCACHE.
      folios.clear(pfn, DIRTY);
      return;
    }
    tellSwap(Messages.SWAP_FORGET, folios.handle(pfn) & 0xFFFFFFFFL);
    dropSwapcache(burst, pfn);
  }

  /** At once: by the time the burst is over, reclaim may have freed the folio and told the device what it then takes for true. */
  void tellSwap(int kind, long... words) {
    tellAtOnce(directory.swap(), kind, words);
  }

  /** The same to a file. */
  void tellFile(int file, int kind, long... words) {
    tellAtOnce(directory.file(file), kind, words);
  }

  private void tellAtOnce(int entity, int kind, long... words) {
    open(entity, nowNanos() + latency(entity), kind).addAll(words, 0, words.length).close();
  }

  /**
   * folio_end_writeback() (mm/filemap.c, 6.12), in an interrupt: a folio that reclaim waits for goes to the rotate batch of this CPU. What
   * a page table has mapped again meanwhile is not PG_dirty in the kernel, only its entry is.
   */
  private void endWriteback(Burst burst, int pfn) {
    int flags = folios.flags(pfn);
    assert (flags & WRITEBACK) != 0 : "not under writeback: " + folios.describe(pfn);
    boolean file = (flags & (ANON | SWAPBACKED)) == 0;
    if (folios.testAndClear(pfn, RECLAIM)) {
      boolean dirty = (flags & DIRTY) != 0 && (file || folios.mapcount(pfn) == 0);
      if (!dirty && (flags & UNEVICTABLE) == 0) {
        queueOnLru(burst, BatchKind.MOVE_TAIL, pfn, true);
      }
    }
    folios.clear(pfn, WRITEBACK);
    counters.add(VmCounter.NR_WRITEBACK, -1);
    counters.increment(VmCounter.NR_WRITTEN);
    throttle.written(folios.pages(pfn));
    if (file) {
      burst.results.add(1);
    }
  }

  /**
   * What lru_gen_look_around() (mm/vmscan.c, 6.12) does to a folio that it finds accessed: into the youngest generation, at once where
   * the task has an mm_walk and else by folio_activate(). A task that reclaims at its memory cgroup's limit has none.
   */
  private void lookAround(Burst burst, int pfn, int argument, int handle) {
    if (!folios.isAllocated(pfn) || folios.handle(pfn) != handle || folios.has(pfn, LARGE)) {
      return;
    }
    GenLruVec lruvec = (GenLruVec) lruvecs.of(pfn);
    if (lruvecs.generations().of(pfn) < 0) {
      folios.set(pfn, REFERENCED);
    } else if (!lruvec.isYoungest(pfn)) {
      counters.increment(VmCounter.LOOKED_AROUND);
      if ((argument & BurstOp.HAS_MM_WALK) != 0) {
        lruvec.promote(pfn, lruvec.maxSeq);
      } else if (!folios.has(pfn, ACTIVE | UNEVICTABLE)) {
        queueOnLru(burst, BatchKind.ACTIVATE, pfn, true);
      }
    }
  }

  private void dropSwapcache(Burst burst, int pfn) {
    folios.clear(pfn, SWAPCACHE);
    counters.add(VmCounter.NR_SWAPCACHED, -1);
    put(burst, pfn);
  }

  /** A shmem page enters the page cache and the LRU batch before it is mapped and, in a locked VMA, mlocked. */
  private void newShmem(Burst burst, int pfn, int argument) {
    if (burst.step == 0) {
      boolean large = (argument & BurstOp.LARGE) != 0;
      int active = lruvecs.generations() == null ? 0 : ACTIVE;
      folios.create(pfn, SWAPBACKED | active | (large ? LARGE : 0), large ? 512 : 1, 0, (int) burst.words[burst.next + 1]);
      countBorn(pfn);
      folioAddLru(burst, pfn);
      burst.step = 1;
      return;
    }
    folios.addReferences(pfn, 1);
    folios.addMapcount(pfn, 1);
    if ((argument & BurstOp.VMA_LOCKED) != 0) {
      mlock(burst, pfn);
    }
    done(burst, 2);
  }

  private void pin(Burst burst, int pfn, int argument) {
    int pages = Math.max(1, argument & BurstOp.MAPS_MASK);
    grab(burst, pfn, pages);
    if (burst.has(Burst.FOLL_TOUCH) && (argument & BurstOp.LARGE) == 0) {
      markAccessed(burst, pfn);
    }
    done(burst, 1);
  }

  private void pinFast(Burst burst, int pfn, int argument) {
    if (!blocks.longtermPinnable(pfn)) {
      stop(burst, BurstStatus.NOT_PINNABLE, 0);
      return;
    }
    grab(burst, pfn, Math.max(1, argument & BurstOp.MAPS_MASK));
    folios.set(pfn, REFERENCED);
    done(burst, 1);
  }

  /** try_grab_folio() (mm/gup.c, 6.12). */
  private void grab(Burst burst, int pfn, int pages) {
    assert folios.references(pfn) > 0 : "pinned without a reference: " + folios.describe(pfn);
    folios.addPins(pfn, pages);
    log(burst.cpu, FolioStep.PINNED, pages, pfn);
    counters.add(VmCounter.NR_FOLL_PIN_ACQUIRED, pages);
  }

  private void unpin(Burst burst, int pfn, int argument) {
    int pages = Math.max(1, argument & BurstOp.MAPS_MASK);
    counters.add(VmCounter.NR_FOLL_PIN_RELEASED, pages);
    folios.addPins(pfn, -pages);
    log(burst.cpu, FolioStep.UNPINNED, pages, pfn);
    if (folios.references(pfn) == 0 && folios.pins(pfn) == 0) {
      folios.addReferences(pfn, 1);
      put(burst, pfn);
    }
    done(burst, 1);
  }

  /** One folio of collect_longterm_unpinnable_folios() (mm/gup.c): asks the variant's drain rule, then isolates. */
  private void collect(Burst burst, int pfn) {
    if (blocks.longtermPinnable(pfn)) {
      done(burst, 1);
      return;
    }
    if (burst.step == 0) {
      burst.collected++;
      burst.step = 1;
    }
    Action action = variant.drainRule().decide(view.of(pfn), burst.progress);
    if (log != null) {
      log.decided(nowNanos(), burst.cpu, pfn, folios.has(pfn, LARGE), burst.progress, action);
    }
    switch (action) {
      case ISOLATE -> {
        isolate(burst, pfn);
        done(burst, 1);
      }
      case DRAIN_LOCAL -> {
        burst.progress = Progress.LOCAL;
        counters.increment(VmCounter.GUP_LRU_ADD_DRAIN);
        traceLocalDrain();
        lruAddDrain(burst);
      }
      case DRAIN_OWNER -> {
        burst.progress = Progress.OWNER;
        stop(burst, BurstStatus.WANTS_DRAIN_OWNER, view.lastQueuedOnCpu());
      }
      case DRAIN_ALL -> {
        burst.progress = Progress.ALL;
        stop(burst, BurstStatus.WANTS_DRAIN_ALL, 0);
      }
    }
  }

  /** folio_isolate_lru() (mm/vmscan.c, 6.12); the result word is what {@link pinfold.kernel.cpu.MigratePages} takes. */
  private boolean isolate(Burst burst, int pfn) {
    if (!ops.isolate(pfn)) {
      return false;
    }
    log(burst.cpu, FolioStep.ISOLATED, 0, pfn);
    takeLock(burst, lruvecs.of(pfn).lock, LruLockUse.OTHER, cost.of(Cost.ISOLATE_PAGE), 1);
    burst.results.add(isolatedWord(pfn));
    return true;
  }

  /** One folio of isolate_migratepages_block() (mm/compaction.c, 6.12), alloc_contig_range()'s way; pages without one are passed. */
  private void isolateRange(Burst burst, int first, int end, int isolatedBefore) {
    int pfn = folios.nextAllocated(first + burst.step, end);
    if (pfn == end) {
      done(burst, 2);
      return;
    }
    burst.nominalNanos += cost.of(Cost.CONTIG_SCAN_PAGE);
    boolean held = folios.has(pfn, ANON) && !folios.has(pfn, SWAPCACHE) && folios.refcount(pfn) > folios.mapcount(pfn);
    int before = burst.results.size();
    if (!held) {
      isolate(burst, pfn);
    }
    burst.step = pfn + folios.pages(pfn) - first;
    if (burst.results.size() == before) {
      return;
    }
    if (!folios.has(pfn, SWAPBACKED | DIRTY | UNEVICTABLE)) {
      burst.results.add(BurstOp.CLEAN_FILE);
    }
    burst.collected += folios.pages(pfn);
    if (isolatedBefore + burst.collected >= CLUSTER_PAGES) {
      stop(burst, BurstStatus.CLUSTER_FULL, first + burst.step);
    }
  }

  /** One page of isolate_migratepages_block() (mm/compaction.c, 6.12), compaction's way. */
  private void compactScan(Burst burst, int first, int end, int argument) {
    int pfn = first + burst.step;
    if (pfn >= end) {
      done(burst, 2);
      return;
    }
    int order = BurstOp.failureOrder(argument);
    if (order >= 0 && burst.collected > 0 && pfn >>> order != lastIsolated(burst) >>> order) {
      stop(burst, BurstStatus.CLUSTER_FULL, pfn);
      return;
    }
    boolean there = folios.isAllocated(pfn);
    assert !there || !folios.has(pfn, LARGE) : "the zone passes over huge pages, and chose that of pfn " + pfn;
    burst.nominalNanos += burst.step == 0 ? 0 : cost.of(Cost.CONTIG_SCAN_PAGE);
    counters.increment(VmCounter.COMPACT_MIGRATE_SCANNED);
    burst.step++;
    if (there && maybeCompacted(pfn, argument) && isolate(burst, pfn)) {
      burst.collected++;
      if (burst.collected >= CLUSTER_PAGES && (argument & BurstOp.FINISH_BLOCK) == 0) {
        stop(burst, BurstStatus.CLUSTER_FULL, pfn + 1);
      }
    } else if (order >= 0) {
      int blockEnd = (pfn >>> order) + 1 << order;
      burst.step = blockEnd - first;
      if (burst.collected > 0) {
        stop(burst, BurstStatus.BLOCK_FAILED, blockEnd);
      }
    }
  }

  private static int lastIsolated(Burst burst) {
    return (int) burst.results.get(burst.results.size() - 1) & (1 << 30) - 1;
  }

  /** What compaction sees of a small folio before it tries: an anonymous one that somebody else holds would not move. */
  private boolean maybeCompacted(int pfn, int argument) {
    boolean held = folios.has(pfn, ANON) && !folios.has(pfn, SWAPCACHE) && folios.refcount(pfn) > folios.mapcount(pfn);
    return !held && !((argument & BurstOp.SKIP_WRITEBACK) != 0 && folios.has(pfn, WRITEBACK));
  }

  /**
   * One folio of reclaim_clean_pages_from_list() (mm/vmscan.c, 6.12), its mappings replaced already. A lazyfree folio with any
   * other reference, or written to since, goes back to the anonymous lists for good (try_to_unmap_one(), mm/rmap.c, 6.12).
   */
  private boolean discard(Burst burst, int pfn, int argument) {
    int maps = argument & BurstOp.MAPS_MASK;
    boolean anonymous = folios.has(pfn, ANON);
    boolean alone = !reads.has(pfn) && folios.mapcount(pfn) == maps && folios.refcount(pfn) == ops.expectedRefcount(pfn) + 1;
    if (folios.has(pfn, WRITEBACK)) {
      folios.set(pfn, RECLAIM);
      return false;
    }
    if (!alone || folios.has(pfn, DIRTY) || (argument & (BurstOp.PTE_DIRTY | BurstOp.VMA_LOCKED)) != 0) {
      if (anonymous && (argument & BurstOp.VMA_LOCKED) == 0) {
        ops.noLongerLazyfree(pfn);
      }
      return false;
    }
    counters.add(VmCounter.PGLAZYFREED, anonymous ? folios.pages(pfn) : 0);
    folios.addMapcount(pfn, -maps);
    folios.addReferences(pfn, -maps - (anonymous ? 0 : folios.pages(pfn)));
    endIsolation(burst, pfn);
    put(burst, pfn);
    return true;
  }

  /** One page of filemap_read() (mm/filemap.c, 6.12): marked accessed and copied, while all folios of its batch are held. */
  private boolean read(Burst burst, int pfn, int argument) {
    int batch = argument & BurstOp.MAPS_MASK;
    for (int i = 0; i < batch; i++) {
      int of = BurstOp.pfn(burst.words[burst.next + 2 * i]);
      if ((argument & BurstOp.IS_HELD) != 0) {
        burst.reads.add(of);
      } else {
        getForRead(burst, of, (int) burst.words[burst.next + 2 * i + 1]);
      }
    }
    boolean there = burst.reads.get(burst.copied++) == pfn;
    if (there) {
      markAccessed(burst, pfn);
      burst.nominalNanos += cost.of(Cost.READ_PAGE);
    } else {
      burst.results.add(pfn);
    }
    done(burst, 2);
    return there;
  }

  /** __folio_mark_dirty() (mm/page-writeback.c, 6.12). */
  private void markDirty(Burst burst, int pfn) {
    if (!folios.has(pfn, DIRTY)) {
      folios.set(pfn, DIRTY);
      counters.add(VmCounter.NR_DIRTY, 1);
      counters.add(VmCounter.NR_DIRTIED, 1);
      burst.results.add(BurstOp.DIRTIED | pfn);
    }
  }

  /** What is under writeback and dirty again has to wait (write_cache_pages() with WB_SYNC_NONE). */
  private boolean startWriteback(int pfn, int handle) {
    if (!inPageCache(pfn, handle) || (folios.flags(pfn) & (DIRTY | WRITEBACK)) != DIRTY) {
      return false;
    }
    folios.clear(pfn, DIRTY);
    folios.set(pfn, WRITEBACK);
    counters.add(VmCounter.NR_DIRTY, -1);
    counters.increment(VmCounter.NR_WRITEBACK);
    return true;
  }

  /** folio_try_get() of a page of the cache that was found, in filemap_get_read_batch(). */
  private void getForRead(Burst burst, int pfn, int handle) {
    boolean there = inPageCache(pfn, handle);
    if (there) {
      folios.addReferences(pfn, 1);
    }
    burst.reads.add(there ? pfn : 0);
  }

  private void readGet(Burst burst, int pfn, int handle) {
    if (!inPageCache(pfn, handle)) {
      stop(burst, BurstStatus.GONE, 0);
    } else if (reads.has(pfn)) {
      stop(burst, BurstStatus.UNDER_READ, pfn);
    } else {
      folios.addReferences(pfn, 1);
      done(burst, 2);
    }
  }

  /** Whether a device reads the folio, so that it is locked. */
  boolean isUnderRead(int pfn) {
    return reads.has(pfn);
  }

  /** A batch that is copied is let go of. */
  private void releaseRead(Burst burst) {
    if (burst.copied < burst.reads.size()) {
      return;
    }
    for (int i = 0; i < burst.copied; i++) {
      if (burst.reads.get(i) != 0) {
        put(burst, (int) burst.reads.get(i));
      }
    }
    burst.reads.clear();
    burst.copied = 0;
  }

  /** One that was moved or dropped since the cache was looked up stays, wherever it is. */
  private boolean invalidate(Burst burst, int pfn, int handle) {
    if (!inPageCache(pfn, handle) || reads.has(pfn)) {
      return false;
    }
    if (folios.has(pfn, DIRTY | WRITEBACK) || folios.mapcount(pfn) > 0 || folios.refcount(pfn) != ops.expectedRefcount(pfn)) {
      deactivateFile(burst, pfn);
      return false;
    }
    put(burst, pfn);
    return true;
  }

  private void deactivateFile(Burst burst, int pfn) {
    if (!folios.has(pfn, UNEVICTABLE)) {
      queueOnLru(burst, BatchKind.DEACTIVATE_FILE, pfn, variant.deactivateFileTestsLru());
    }
  }

  /** An isolated folio as {@link pinfold.kernel.cpu.MigratePages} takes it. */
  long isolatedWord(int pfn) {
    return (folios.handle(pfn) & 0xFFFFFFFFL) << 32 | (folios.has(pfn, ANON) ? 1L << 31 : 0)
        | (folios.has(pfn, LARGE) ? 1L << 30 : 0) | pfn;
  }

  void endIsolation(Burst burst, int pfn) {
    ops.endIsolation(pfn);
    log(burst.cpu, FolioStep.ISOLATION_ENDED, 0, pfn);
  }

  private void stop(Burst burst, BurstStatus status, int argument) {
    burst.status = status;
    burst.statusArgument = argument;
    burst.end = burst.next;
  }

  /** madvise_cold_or_pageout_pte_range() (mm/madvise.c, 6.12), one present small page. */
  private void cold(Burst burst, int pfn) {
    int flags = folios.flags(pfn);
    if ((flags & (LRU | LARGE)) != LRU || folios.mapcount(pfn) != 1) {
      return;
    }
    folios.clear(pfn, REFERENCED);
    if ((flags & ACTIVE) != 0) {
      folios.set(pfn, WORKINGSET);
    }
    if ((flags & UNEVICTABLE) == 0 && ((flags & ACTIVE) != 0 || mglru)) {
      queueOnLru(burst, BatchKind.DEACTIVATE, pfn, true);
    }
  }

  /** madvise_free_pte_range() (mm/madvise.c, 6.12), one present small page. */
  private void lazyfree(Burst burst, int pfn) {
    if (folios.has(pfn, DIRTY | SWAPCACHE)) {
      if (folios.mapcount(pfn) != 1) {
        return;
      }
      folios.clear(pfn, DIRTY);
    }
    if (FolioOps.lazyfreeable(folios.flags(pfn))) {
      queueOnLru(burst, BatchKind.LAZYFREE, pfn, true);
    }
  }

  private void mlock(Burst burst, int pfn) {
    ops.markMlocked(pfn);
    queue(burst, BatchKind.MLOCK, pfn, FolioBatches.TAG_LRU);
  }

  /** folio_mark_accessed() (mm/swap.c, 6.12). */
  private void markAccessed(Burst burst, int pfn) {
    counters.increment(VmCounter.PAGE_OPERATIONS);
    if (trace != null) {
      trace.folio(TraceEvent.K_FOLIO_MARK_ACCESSED, pfn);
    }
    int flags = folios.flags(pfn);
    if ((flags & REFERENCED) == 0) {
      folios.set(pfn, REFERENCED);
      return;
    }
    if (mglru) {
      if ((flags & WORKINGSET) != 0 && lruvecs.generations() != null) {
        lruvecs.generations().incRefs(pfn);
      }
      folios.set(pfn, WORKINGSET);
      return;
    }
    if ((flags & (UNEVICTABLE | ACTIVE)) != 0) {
      return;
    }
    if ((flags & LRU) != 0) {
      queueOnLru(burst, BatchKind.ACTIVATE, pfn, true);
    } else if (burst.batches.lruAddHolds(pfn)) {
      folios.set(pfn, ACTIVE);
    }
    folios.clear(pfn, REFERENCED);
    workingset.age(lruvecs.numberOf(pfn), folios.pages(pfn));
  }

  // ---- Migration (mm/migrate.c, 6.12)

  private void migrateUnmap(Burst burst, int pfn, int argument) {
    int maps = argument & BurstOp.MAPS_MASK;
    if (burst.step == 0) {
      burst.results.add((folios.has(pfn, MLOCKED) ? BurstOp.HAD_MLOCKED : 0) | (reads.has(pfn) ? BurstOp.IS_READ : 0));
      folios.addMapcount(pfn, -maps);
      if ((argument & BurstOp.VMA_LOCKED) != 0) {
        queue(burst, BatchKind.MLOCK, pfn, 0);
        flushOnly(burst, BatchKind.MLOCK);
      }
      burst.step = 1;
      return;
    }
    for (int i = 0; i < maps; i++) {
      folios.addReferences(pfn, -1);
    }
    assert folios.references(pfn) > 0 : "an isolated folio lost its isolation reference: " + folios.describe(pfn);
    done(burst, 1);
  }

  /** One attempt; in steps, because what the destination goes through may flush batches on the way. */
  private void migrateMove(Burst burst, int pfn, int argument) {
    int element = (burst.next - burst.first) >>> 1;
    if (burst.step == 0 && (burst.moved[element >>> 6] >>> element & 1) != 0) {
      burst.nominalNanos -= opCost[BurstOp.MIGRATE_MOVE.ordinal()];
      done(burst, 2);
      return;
    }
    int destination = (int) burst.words[burst.next + 1];
    int maps = argument & BurstOp.MAPS_MASK;
    boolean locked = (argument & BurstOp.VMA_LOCKED) != 0;
    switch (burst.step) {
      case 0 -> {
        if (reads.has(pfn)) {
          // Locked, and whoever tries so does not wait: no reference is in the way.
          burst.remaining++;
          done(burst, 2);
          return;
        }
        // Somebody took the entry out of the page table before migration came there, and has yet to drop what the entry held.
        boolean beingUnmapped = folios.mapcount(pfn) > 0;
        if (beingUnmapped || folios.has(pfn, WRITEBACK) || ops.isTruncated(pfn) || folios.refcount(pfn) != ops.expectedRefcount(pfn) + 1) {
          counters.increment(VmCounter.MIGRATE_UNEXPECTED_REFS);
          counters.add(VmCounter.MIGRATE_LATE_FAILURES, burst.has(Burst.LATE) ? 1 : 0);
          burst.remaining++;
          done(burst, 2);
          return;
        }
        boolean large = folios.has(pfn, LARGE);
        burst.nominalNanos += cost.of(large ? Cost.MIGRATE_MOVE_THP : Cost.MIGRATE_MOVE_PAGE);
        burst.swapCached[element >>> 6] |= (folios.has(pfn, SWAPCACHE) ? 1L : 0) << element;
        moveTo(burst, pfn, destination);
        burst.moved[element >>> 6] |= 1L << element;
        burst.step = 1;
      }
      case 1 -> {
        if ((argument & BurstOp.WAS_MLOCKED) != 0 || maps > 0 && variant.migrateDrain() == MigrateDrain.MAPPED) {
          traceLocalDrain();
          lruAddDrain(burst);
        }
        burst.step = 2;
      }
      case 2 -> {
        mapDestination(burst, destination, maps, locked);
        burst.step = 3;
      }
      default -> {
        if (local(destination)) {
          put(burst, destination);
        } else {
          remote(burst, destination).add(RemoteWork.PUT.word(destination, 0));
        }
        endIsolation(burst, pfn);
        int freed = burst.freed.size();
        put(burst, pfn);
        if (burst.freed.size() > freed) {
          burst.freed.set(freed, FreedPage.stillCharged(burst.freed.get(freed)));
        }
        done(burst, 2);
      }
    }
  }

  private boolean local(int pfn) {
    return folios.contains(pfn) && directory.nodeOfPfn(pfn) == node;
  }

  /** Copies what the source is, hands the page cache's references over, and queues the destination for the LRU. */
  private void moveTo(Burst burst, int source, int destination) {
    int flags = FolioOps.migratedFlags(folios.flags(source));
    int cache = ops.expectedRefcount(source);
    folios.addReferences(source, -cache);
    if (trace != null) {
      trace.beginsUnmapped(destination);
    }
    if (local(destination)) {
      folios.create(destination, flags, 1 + cache, 0, folios.handle(source));
      noteMapping(destination);
      countBorn(destination);
      log(burst.cpu, FolioStep.BORN_BY_MIGRATION, 0, destination);
      folioAddLru(burst, destination);
      return;
    }
    counters.add(VmCounter.NR_SWAPCACHED, (flags & SWAPCACHE) != 0 ? -1 : 0);
    remote(burst, destination).add(RemoteWork.ADOPT.word(destination, flags));
    remote(burst, destination).add((long) cache << 32 | folios.handle(source) & 0xFFFFFFFFL);
    publish(burst);
    if (trace != null) {
      trace.folio(TraceEvent.K_FOLIO_ADD_LRU, destination);
    }
    if (burst.batches.add(BatchKind.LRU_ADD, destination, 0) || (flags & LARGE) != 0 || burst.has(Burst.CACHE_DISABLED)) {
      flushOnly(burst, BatchKind.LRU_ADD);
    }
  }

  /** A page of tmpfs that was moved within the swap cache. */
  private void noteMapping(int pfn) {
    if ((folios.flags(pfn) & (ANON | SWAPCACHE)) == SWAPCACHE) {
      ops.setMapping(pfn, false);
    }
  }

  private void mapDestination(Burst burst, int destination, int maps, boolean locked) {
    if (trace != null) {
      trace.isMapped();
    }
    if (!local(destination)) {
      remote(burst, destination).add(RemoteWork.MAP.word(destination, maps | (locked ? BurstOp.VMA_LOCKED : 0)));
      return;
    }
    folios.addReferences(destination, maps);
    folios.addMapcount(destination, maps);
    if (locked) {
      mlock(burst, destination);
      flushOnly(burst, BatchKind.MLOCK);
    }
  }

  private void migrateRemap(Burst burst, int pfn, int argument) {
    int maps = argument & BurstOp.MAPS_MASK;
    folios.addReferences(pfn, maps);
    folios.addMapcount(pfn, maps);
    if ((argument & BurstOp.VMA_LOCKED) != 0) {
      mlock(burst, pfn);
      flushOnly(burst, BatchKind.MLOCK);
    }
    done(burst, 1);
  }

  /** After the last element: whether the moves that were refused are tried once more. */
  private boolean anotherPass(Burst burst) {
    if (burst.passes == 0) {
      return false;
    }
    burst.pass++;
    if (burst.remaining > 0 && burst.pass < burst.passes) {
      burst.remaining = 0;
      burst.next = burst.first;
      return true;
    }
    int elements = (burst.end - burst.first) >>> 1;
    for (int i = 0; i < elements; i++) {
      boolean moved = (burst.moved[i >>> 6] >>> i & 1) != 0;
      boolean swapCached = (burst.swapCached[i >>> 6] >>> i & 1) != 0;
      burst.results.add(!moved ? blame(BurstOp.pfn(burst.words[burst.first + 2 * i]))
          : BurstOp.MOVED | (swapCached ? BurstOp.IN_SWAP_CACHE : 0));
      burst.moved[i >>> 6] &= ~(1L << i);
      burst.swapCached[i >>> 6] &= ~(1L << i);
    }
    burst.passes = 0;
    return true;
  }

  /** Why a folio stayed: bit 0 clear, who queued it last + 1 << 1, references that nobody accounts for << 32. */
  private long blame(int pfn) {
    long unexpected = folios.refcount(pfn) - ops.expectedRefcount(pfn) - 1;
    return unexpected << 32 | (queued.holder(pfn) + 1L) << 1;
  }

  // ---- Batches

  SortRule sortRule() {
    return variant.sortRule();
  }

  boolean hasSwap() {
    return directory.hasSwap();
  }

  /** Whether the swap device works while CPUs do something else. */
  boolean asynchronousSwap() {
    return asynchronousSwap;
  }

  QueuedFolios queued() {
    return queued;
  }

  /** The time at which the element under way is executed, ns. */
  long timeNanos() {
    return nowNanos();
  }

  /** folio_add_lru(). */
  void folioAddLru(Burst burst, int pfn) {
    if (trace != null) {
      trace.folio(TraceEvent.K_FOLIO_ADD_LRU, pfn);
    }
    queueForLru(burst, pfn);
  }

  void queueForLru(Burst burst, int pfn) {
    assert !folios.has(pfn, LRU) : "queued for the LRU while on it: " + folios.describe(pfn);
    queue(burst, BatchKind.LRU_ADD, pfn, 0);
  }

  /** Queues a folio that is on the LRU for one of the five move batches, as the variant does it. */
  private void queueOnLru(Burst burst, BatchKind kind, int pfn, boolean callerTestsLru) {
    if (variant.clearLruAtQueue()) {
      if (!folios.testAndClear(pfn, LRU)) {
        return;
      }
    } else if (callerTestsLru && !folios.has(pfn, LRU)) {
      return;
    }
    queue(burst, kind, pfn, 0);
  }

  /** Stores an entry with its reference, and flushes when the batch is full, the folio large, or caching disabled (1.3). */
  private void queue(Burst burst, BatchKind kind, int pfn, int tag) {
    folios.addReferences(pfn, 1);
    queued.note(pfn, kind, tag, burst.cpu, nowNanos());
    logEntry(FolioStep.QUEUED, pfn, kind, tag, burst.cpu);
    if (burst.has(Burst.DEFER)) {
      burst.results.add(BurstOp.ENQUEUE.word(pfn, kind.ordinal() << 2 | tag | (folios.has(pfn, LARGE) ? BurstOp.LARGE : 0)));
      return;
    }
    enqueue(burst, kind, pfn, tag, folios.has(pfn, LARGE));
  }

  private void logEntry(FolioStep step, int pfn, BatchKind kind, int tag, int cpu) {
    log(cpu, step, kind.ordinal() << 2 | tag, pfn);
  }

  void log(int cpu, FolioStep step, int argument, int pfn) {
    if (log != null) {
      log.add(nowNanos(), cpu, step, argument, pfn);
    }
  }

  private void enqueue(Burst burst, BatchKind kind, int pfn, int tag, boolean large) {
    publish(burst);
    if (burst.batches.add(kind, pfn, tag) || large || burst.has(Burst.CACHE_DISABLED)) {
      flushOnly(burst, kind);
    }
  }

  /** Tells the drain that this CPU has something to drain, unless it knows; taken back when the burst ends without. */
  private void publish(Burst burst) {
    if (!burst.published) {
      burst.published = true;
      open(Directory.LRU_DRAIN, nowNanos() + latency(Directory.LRU_DRAIN), Messages.NEEDS_DRAIN).add(burst.cpu).add(1).close();
    }
  }

  private static void flushOnly(Burst burst, BatchKind kind) {
    burst.pendingFlush |= 1 << kind.ordinal();
  }

  /** lru_add_drain() on the burst's CPU: all batches in drain order. */
  private void lruAddDrain(Burst burst) {
    counters.increment(VmCounter.LRU_ADD_DRAIN);
    if (trace != null) {
      trace.drains(burst.cpu, burst.batches.count(BatchKind.LRU_ADD));
    }
    for (int k = 0; k < KINDS; k++) {
      if (burst.batches.count(BatchKind.of(k)) > 0) {
        burst.pendingFlush |= 1 << k;
      }
    }
  }

  private void traceLocalDrain() {
    if (trace != null) {
      trace.localDrain();
    }
  }

  /** Flushes the first pending batch, or queues for lru_lock; false when the burst has to wait for its turn. */
  private boolean flushNext(Burst burst) {
    BatchKind kind = BatchKind.of(Integer.numberOfTrailingZeros(burst.pendingFlush));
    FolioBatches batches = burst.batches;
    long local = 0;
    for (int i = 0; i < batches.count(kind); i++) {
      local |= local(batches.pfn(kind, i)) ? 1L << i : 0;
    }
    if (local != 0 && !burst.lockHeld) {
      long grant = takeLocks(burst, kind, local);
      if (grant > nowNanos()) {
        testFirst(burst, kind);
        burst.lockHeld = true;
        burst.floorNanos = grant;
        agenda.add(burst, grant);
        return false;
      }
    }
    flush(burst, kind, local);
    burst.lockHeld = false;
    burst.firstTested = false;
    burst.pendingFlush &= ~(1 << kind.ordinal());
    return true;
  }

  /** Takes the locks of the lruvecs that a flush is about, when all of them are free, for all of its time; returns when. */
  private long takeLocks(Burst burst, BatchKind kind, long local) {
    SimLock first = lruvecs.of(burst.batches.pfn(kind, Long.numberOfTrailingZeros(local))).lock;
    long grant = first.grantNanos(nowNanos(), burst.cpu);
    for (int i = 0; !lruvecs.isOne() && i < burst.batches.count(kind); i++) {
      if ((local >>> i & 1) != 0) {
        grant = Math.max(grant, lruvecs.of(burst.batches.pfn(kind, i)).lock.grantNanos(nowNanos(), burst.cpu));
      }
    }
    int folios = Long.bitCount(local);
    long holdNanos = hold(burst, first, kind == BatchKind.LRU_ADD ? LruLockUse.ADD : LruLockUse.OTHER, nowNanos(), grant,
        roundNanos(folios), folios);
    burst.lockEndNanos = grant + holdNanos;
    for (int i = 0; !lruvecs.isOne() && i < burst.batches.count(kind); i++) {
      if ((local >>> i & 1) != 0) {
        SimLock other = lruvecs.of(burst.batches.pfn(kind, i)).lock;
        if (other.freeAtNanos() <= grant) {
          other.hold(grant, holdNanos, burst.cpu);
        }
      }
    }
    return grant;
  }

  /** Asks for lru_lock now, and waits for it and holds it behind what was done already; see {@link #hold}. */
  void takeLock(Burst burst, SimLock lock, LruLockUse use, long aloneNanos, int folios) {
    hold(burst, lock, use, nowNanos(), lock.grantNanos(nowNanos(), burst.cpu), aloneNanos, folios);
  }

  /**
   * Waits for lru_lock from {@code askNanos} to {@code grantNanos} and holds it: {@code aloneNanos} where nobody else wanted it, longer
   * where it came from another CPU. Returns for how long, ns.
   */
  private long hold(Burst burst, SimLock lock, LruLockUse use, long askNanos, long grantNanos, long aloneNanos, int folios) {
    long wait = grantNanos - askNanos;
    distributions.record(Distribution.LRU_LOCK_WAIT, wait);
    if (wait > 0) {
      counters.add(VmCounter.LRU_LOCK_WAIT_NANOS, wait);
      counters.increment(VmCounter.LRU_LOCK_CONTENDED);
      if (use.waits != null) {
        counters.add(use.waits, wait);
      }
    }
    long holdNanos = aloneNanos + (wait > 0 ? contentionNanos(folios) : 0);
    lock.hold(grantNanos, holdNanos, burst.cpu);
    burst.nominalNanos += wait + holdNanos;
    return holdNanos;
  }

  /** A round under lru_lock that puts so many folios on lists or takes them off, when nobody else wants the lock, ns. */
  private long roundNanos(int folios) {
    return cost.of(Cost.LRU_LOCK_FIXED) + folios * cost.of(Cost.LRU_LOCK_PAGE);
  }

  /** How much longer a round takes when the lock was waited for: it and the neighbours on the lists are in other CPUs' caches, ns. */
  private long contentionNanos(int folios) {
    return cost.of(Cost.LRU_LOCK_HANDOVER) + folios * cost.of(Cost.LRU_LOCK_PAGE_MISS);
  }

  /**
   * The first entry's PG_lru is tested and cleared before the lock is taken (folio_batch_move_lru(), 6.12), so whoever
   * holds the lock meanwhile finds it clear and drops its own request.
   */
  private void testFirst(Burst burst, BatchKind kind) {
    if (kind != BatchKind.LRU_ADD && kind != BatchKind.MLOCK && variant.flushTestsLru() && local(burst.batches.pfn(kind, 0))) {
      burst.firstTested = true;
      log(burst.cpu, FolioStep.TAKEN, 0, burst.batches.pfn(kind, 0));
      burst.firstWasLru = folios.testAndClear(burst.batches.pfn(kind, 0), LRU);
    }
  }

  /** @param local bit i is set where entry i is a folio of this node */
  private void flush(Burst burst, BatchKind kind, long local) {
    FolioBatches batches = burst.batches;
    int count = batches.count(kind);
    if (trace != null && kind != BatchKind.MLOCK) {
      trace.batchMove();
    }
    for (int i = 0; i < count; i++) {
      int pfn = batches.pfn(kind, i);
      int tag = kind == BatchKind.MLOCK ? batches.tag(i) : 0;
      if ((local >>> i & 1) != 0) {
        boolean tested = i == 0 && burst.firstTested;
        flushEntry(kind, pfn, tag, burst.cpu, tested, burst.firstWasLru);
      } else {
        remote(burst, pfn).add(RemoteWork.FLUSH.word(pfn, kind.ordinal() << 2 | tag));
      }
    }
    int dead = 0;
    SimLock lock = null;
    for (int i = 0; i < count; i++) {
      int pfn = batches.pfn(kind, i);
      if ((local >>> i & 1) != 0 && folios.dropReference(pfn)) {
        if (folios.has(pfn, LRU)) {
          dead++;
          lock = lruvecs.of(pfn).lock;
        }
        free(burst.freed, pfn, burst.cpu);
      }
    }
    if (dead > 0) {
      releaseRound(burst, lock, burst.lockEndNanos, dead);
    }
    batches.clear(kind);
    if (trace != null && kind == BatchKind.LRU_ADD) {
      trace.lruAddFlushed(burst.cpu);
    }
  }

  /** One entry of a flush, all but the put (kernel-model.md 1.5). */
  private void flushEntry(BatchKind kind, int pfn, int tag, int cpu, boolean tested, boolean wasLru) {
    queued.forget(pfn, kind, tag, cpu, nowNanos());
    logEntry(FolioStep.FLUSHED, pfn, kind, tag, cpu);
    switch (kind) {
      case MLOCK -> ops.flushMlockEntry(pfn, tag);
      case LRU_ADD -> {
        if (variant.filterDeadOnAddFlush() && folios.refcount(pfn) == 1) {
          folios.clear(pfn, ACTIVE | UNEVICTABLE);
          return;
        }
        ops.lruAdd(pfn);
        folios.set(pfn, LRU);
      }
      default -> {
        if (variant.flushTestsLru() && !(tested ? wasLru : folios.testAndClear(pfn, LRU))) {
          return;
        }
        ops.move(kind, pfn);
        folios.set(pfn, LRU);
      }
    }
  }

  /** A reference goes by itself (folio_put()); with the last one the folio leaves its list, under lru_lock. */
  void put(Burst burst, int pfn) {
    if (folios.dropReference(pfn)) {
      if (folios.has(pfn, LRU)) {
        releaseRound(burst, lruvecs.of(pfn).lock, nowNanos(), 1);
      }
      free(burst.freed, pfn, burst.cpu);
    }
  }

  /**
   * PUT elements as release_pages() (mm/swap.c, up to v6.8) or folios_put() lets go of pages: the first folio that leaves its list takes
   * lru_lock, and the elements behind it are done under the same hold, {@link KernelVariant#releaseBatch} in all. The kernel of v6.9 and
   * later counts from the first page of its batch, whether or not that one needs the lock; here both count from the one that does.
   */
  private void release(Burst burst, int pfn) {
    if (burst.step == 0) {
      if (!leavesList(pfn)) {
        release(burst, burst.next, 1);
        return;
      }
      SimLock lock = lruvecs.of(pfn).lock;
      int elements = 1;
      int leaving = 1;
      for (int at = burst.next + 1; elements < variant.releaseBatch() && isPut(burst, at); at++) {
        int next = BurstOp.pfn(burst.words[at]);
        boolean leaves = leavesList(next);
        if (leaves && lruvecs.of(next).lock != lock) {
          break;
        }
        leaving += leaves ? 1 : 0;
        elements++;
      }
      burst.step = elements;
      long grant = releaseRound(burst, lock, nowNanos(), leaving);
      if (grant > nowNanos()) {
        burst.lockHeld = true;
        burst.floorNanos = grant;
        burst.agendaNanos = grant;
        return;
      }
    }
    burst.lockHeld = false;
    release(burst, burst.next, burst.step);
  }

  private static boolean isPut(Burst burst, int at) {
    return at < burst.end && BurstOp.of(burst.words[at]) == BurstOp.PUT;
  }

  /** Whether a PUT of the folio takes it off its list. */
  private boolean leavesList(int pfn) {
    int last = lastOfSwapcache(pfn) ? 2 : 1;
    return folios.has(pfn, LRU) && folios.references(pfn) == last && folios.pins(pfn) == 0;
  }

  /** A page of tmpfs has its file as another user of its slot. */
  private boolean lastOfSwapcache(int pfn) {
    return folios.has(pfn, SWAPCACHE) && folios.has(pfn, ANON) && folios.mapcount(pfn) == 0;
  }

  /** Does so many PUT elements at once; their locks were waited for. */
  private void release(Burst burst, int first, int elements) {
    for (int at = first; at < first + elements; at++) {
      int pfn = BurstOp.pfn(burst.words[at]);
      if (at > first) {
        began(burst, BurstOp.PUT, pfn);
      }
      if (lastOfSwapcache(pfn)) {
        leaveToSwapcache(burst, pfn);
      }
      if (folios.dropReference(pfn)) {
        free(burst.freed, pfn, burst.cpu);
      }
    }
    done(burst, elements);
  }

  /** Waits for lru_lock and holds it to take so many folios off their lists; returns when it was granted, ns. */
  private long releaseRound(Burst burst, SimLock lock, long askNanos, int folios) {
    counters.increment(VmCounter.LRU_RELEASE_ROUNDS);
    long grant = lock.grantNanos(askNanos, burst.cpu);
    hold(burst, lock, LruLockUse.RELEASE, askNanos, grant, roundNanos(folios), folios);
    return grant;
  }

  /** Makes a folio that nobody holds a free page on its way to a CPU's lists. */
  private void free(LongList freed, int pfn, int cpu) {
    assert !reads.has(pfn) : "freed while a device reads it: " + folios.describe(pfn);
    int flags = folios.flags(pfn);
    int order = (flags & LARGE) != 0 ? 9 : 0;
    boolean counts = ops.hasMapping(pfn);
    ops.free(pfn, flags);
    count(flags, counts ? -(1L << order) : 0);
    log(cpu, FolioStep.FREED, 0, pfn);
    freed.add(freedWord(pfn, order));
  }

  void countBorn(int pfn) {
    count(folios.flags(pfn), ops.hasMapping(pfn) ? folios.pages(pfn) : 0);
  }

  void count(int flags, long pages) {
    if ((flags & ANON) != 0) {
      counters.add(VmCounter.NR_ANON_PAGES, pages);
      return;
    }
    counters.add(VmCounter.NR_FILE_PAGES, pages);
    if ((flags & SWAPBACKED) != 0) {
      counters.add(VmCounter.NR_SHMEM, pages);
    } else if ((flags & DIRTY) != 0) {
      counters.add(VmCounter.NR_DIRTY, pages);
    }
  }

  private long freedWord(int pfn, int order) {
    return FreedPage.word(pfn, order, blocks.type(pfn), lruvecs.numberOf(pfn));
  }

  /** The same with the type that the pageblock has now, which may have been isolated since; another node's page as it came. */
  private long typedNow(long freedWord) {
    int pfn = FreedPage.pfn(freedWord);
    return local(pfn) ? FreedPage.withBlockType(freedWord, blocks.type(pfn)) : freedWord;
  }

  // ---- Other nodes' folios

  private LongList remote(Burst burst, int pfn) {
    int other = directory.nodeOfPfn(pfn);
    if (burst.remote[other] == null) {
      burst.remote[other] = new LongList();
    }
    return burst.remote[other];
  }

  /** Executes what another node's burst left for folios of this one, in its order, on behalf of the burst's CPU. */
  private void onRemoteWork(Event event) {
    int cpu = event.intWord(1);
    if (trace != null) {
      trace.on(nowNanos(), cpu, (int) (event.word(1) >>> 32));
    }
    LongList freed = new LongList();
    int flushed = 0;
    // Where there are several, the lock of the last folio's lruvec stands for those of all.
    SimLock lock = lruvecs.memcg(0).lock;
    for (int at = 2; at < event.length(); at++) {
      long word = event.word(at);
      int pfn = BurstOp.pfn(word);
      int argument = BurstOp.argument(word);
      switch (RemoteWork.of(word)) {
        case FLUSH -> {
          lock = lruvecs.of(pfn).lock;
          flushEntry(BatchKind.of(argument >>> 2), pfn, argument & 3, cpu, false, false);
          remotePut(freed, pfn, cpu);
          flushed++;
        }
        case ADOPT -> {
          at++;
          int cache = (int) (event.word(at) >>> 32);
          folios.create(pfn, argument, 2 + cache, 0, (int) event.word(at));
          noteMapping(pfn);
          counters.add(VmCounter.NR_SWAPCACHED, (argument & SWAPCACHE) != 0 ? 1 : 0);
          queued.note(pfn, BatchKind.LRU_ADD, 0, cpu, nowNanos());
          log(cpu, FolioStep.BORN_BY_MIGRATION, 0, pfn);
          logEntry(FolioStep.QUEUED, pfn, BatchKind.LRU_ADD, 0, cpu);
          countBorn(pfn);
          if (trace != null) {
            trace.beginsUnmapped(pfn);
          }
        }
        case MAP -> {
          if (trace != null) {
            trace.isMapped();
          }
          int maps = argument & BurstOp.MAPS_MASK;
          folios.addReferences(pfn, maps);
          folios.addMapcount(pfn, maps);
          if ((argument & BurstOp.VMA_LOCKED) != 0) {
            ops.markMlocked(pfn);
            folios.addReferences(pfn, 1);
            logEntry(FolioStep.QUEUED, pfn, BatchKind.MLOCK, FolioBatches.TAG_LRU, cpu);
            flushEntry(BatchKind.MLOCK, pfn, FolioBatches.TAG_LRU, cpu, false, false);
            remotePut(freed, pfn, cpu);
          }
        }
        case PUT -> remotePut(freed, pfn, cpu);
      }
    }
    long doneNanos = nowNanos();
    if (flushed > 0) {
      long grant = lock.grantNanos(nowNanos(), cpu);
      long hold = roundNanos(flushed) + (grant > nowNanos() ? contentionNanos(flushed) : 0);
      lock.hold(grant, hold, cpu);
      doneNanos = grant + hold;
    }
    EventBatch out = open(event.origin(), doneNanos + latency(event.origin()), Messages.REMOTE_DONE).add(cpu);
    out.addAll(freed.words(), 0, freed.size());
    out.close();
  }

  private void remotePut(LongList freed, int pfn, int cpu) {
    if (folios.dropReference(pfn)) {
      free(freed, pfn, cpu);
    }
  }

  private void onRemoteDone(Event event) {
    Burst burst = bursts[event.intWord(0)];
    burst.freed.addAll(event.words(), event.offset() + 1, event.length() - 1);
    burst.nominalNanos = Math.max(burst.nominalNanos, nowNanos());
    if (--burst.waitingRemote == 0) {
      answer(burst);
    }
  }

  // ---- The end of a burst

  private void finish(Burst burst) {
    releaseRead(burst);
    for (int other = 0; other < burst.remote.length; other++) {
      LongList work = burst.remote[other];
      if (work != null && !work.isEmpty()) {
        int to = directory.node(other);
        open(to, nowNanos() + latency(to), Messages.REMOTE_WORK).add(nowNanos()).add((long) burst.task << 32 | burst.cpu)
            .addAll(work.words(), 0, work.size()).close();
        work.clear();
        burst.waitingRemote++;
      }
    }
    if (burst.waitingRemote == 0) {
      answer(burst);
    }
  }

  private void answer(Burst burst) {
    if (burst.published && burst.batches.isEmpty()) {
      burst.published = false;
      open(Directory.LRU_DRAIN, nowNanos() + latency(Directory.LRU_DRAIN), Messages.NEEDS_DRAIN).add(burst.cpu).add(0).close();
    }
    int cpu = directory.cpu(burst.cpu);
    long at = Math.max(nowNanos() + burst.linkNanos, burst.nominalNanos);
    counters.add(VmCounter.WINDOW_EXCESS_NANOS, at - burst.nominalNanos);
    EventBatch out = open(cpu, at, Messages.BURST_DONE);
    out.add(burst.task).add(burst.status.ordinal() | (long) burst.statusArgument << 8)
        .add(burst.next - burst.first).add(burst.collected)
        .add(burst.progress.ordinal() | (burst.published ? 1L << 8 : 0) | (burst.scanned ? 1L << 9 : 0))
        .add((long) burst.results.size() << 32 | burst.freed.size());
    burst.batches.writeTo(out);
    out.addAll(burst.results.words(), 0, burst.results.size());
    for (int i = 0; i < burst.freed.size(); i++) {
      out.add(typedNow(burst.freed.get(i)));
    }
    out.close();
    burst.next = burst.end;
    burst.words = null;
  }

  // ---- For reading between windows

  /** The folio table; read it only while no window runs. */
  public FolioTable folios() {
    return folios;
  }

  /** Folios that a device reads; read it only while no window runs. */
  public int readsUnderWay() {
    return reads.size();
  }

  /** Who waits for the lock of such a folio; read it only while no window runs. */
  public int waitingForReads() {
    return reads.waiting();
  }

  /** From here on this node logs what it does to its folios. */
  public FolioLog keepLog() {
    log = new FolioLog();
    return log;
  }

  /** Takes over a pageblock's type before the run starts; later the zone tells. */
  public void setPageblockType(int pfn, int type) {
    blocks.set(pfn, type);
  }

  /** Whether the page may be pinned long-term, as this node sees its pageblocks. */
  public boolean longtermPinnable(int pfn) {
    return blocks.longtermPinnable(pfn);
  }

  /** Whether a folio that is not anonymous is in the page cache. */
  public boolean hasMapping(int pfn) {
    return ops.hasMapping(pfn);
  }

  /** CPU that queued the folio last, -1 when no batch is known to hold it. */
  public int lastQueuedOnCpu(int pfn) {
    return queued.cpu(pfn);
  }

  /** How many lruvecs there are: that of the root cgroup, number 0, and one for each memory cgroup. */
  public int lruvecs() {
    return lruvecs.size();
  }

  /** The number of the lruvec that a folio belongs to. */
  public int lruvecOf(int pfn) {
    return lruvecs.numberOf(pfn);
  }

  /** Pages on a list of an lruvec, by enum lru_list, as NR_LRU counts them. */
  public long listPages(int lruvec, int list) {
    return lruvecs.memcg(lruvec).pages(list);
  }

  /** Pages on a list of an lruvec that are in one zone, by the zone's number in the machine. */
  public long listPages(int lruvec, int list, int zone) {
    return lruvecs.memcg(lruvec).pages(list, zone);
  }

  /** Newest folio of a list of an lruvec, -1 when empty; the unevictable list has none. */
  public int listHead(int lruvec, int list) {
    return lruvecs.memcg(lruvec).head(list);
  }

  /** Oldest folio of a list of an lruvec. */
  public int listTail(int lruvec, int list) {
    return lruvecs.memcg(lruvec).tail(list);
  }

  /** Whether the lists are MGLRU's; then those of {@link #genLists} are linked, and not those of {@link #listHead}. */
  public boolean isGenerational() {
    return lruvecs.generations() != null;
  }

  /** How many lists a generational lruvec has. */
  public int genLists() {
    return lruvecs.generational(0).genLists();
  }

  /** Newest folio of a list of a generational lruvec, -1 when empty. */
  public int genHead(int lruvec, int list) {
    return lruvecs.generational(lruvec).genHead(list);
  }

  /** Oldest folio of such a list. */
  public int genTail(int lruvec, int list) {
    return lruvecs.generational(lruvec).genTail(list);
  }

  /** The list that a link names which leads to no folio, less than 0 for none. */
  public static int genListOf(int link) {
    return GenLruVec.genListOf(link);
  }

  /** By enum lru_list: where NR_LRU counts a folio that is on a generational list. */
  public int genCountsOn(int pfn) {
    return lruvecs.generational(lruvecs.numberOf(pfn)).countsOn(pfn);
  }

  /** Number of the list that flags call for. */
  public static int listFor(int flags) {
    return LruVec.listFor(flags);
  }

  @Override
  public void report(Holdings to) {
    for (Burst burst : bursts) {
      if (burst != null && burst.words != null) {
        burst.report(to);
      }
    }
    forEachPending(event -> reportPending(event, to));
  }

  private void reportPending(Event event, Holdings to) {
    switch (event.kind()) {
      case Messages.BURST -> {
        FolioBatches lent = new FolioBatches(variant.batchCapacity());
        lent.readFrom(event.words(), event.offset() + Burst.REQUEST_BATCHES);
        to.batches(directory.cpuOfEntity(event.origin()), lent, 0);
      }
      case Messages.REMOTE_WORK ->
          RemoteWork.report(event.intWord(1), event.words(), event.offset() + 2, event.offset() + event.length(), to);
      case Messages.REMOTE_DONE -> {
        for (int i = 1; i < event.length(); i++) {
          to.freeBlock(FreedPage.pfn(event.word(i)), FreedPage.order(event.word(i)));
        }
      }
      default -> {}
    }
  }

  @Override
  public Counters counters() {
    Counters all = new Counters();
    all.addAll(counters);
    for (int list = 0; list < LruVec.LISTS; list++) {
      all.add(VmCounter.values()[VmCounter.NR_INACTIVE_ANON.ordinal() + list], lruvecs.pages(list));
    }
    return all;
  }

  @Override
  public Distributions distributions() {
    return distributions;
  }

  @Override
  public void hashState(StateHash hash) {
    folios.hashState(hash);
    lruvecs.hashState(hash);
    reads.hashState(hash);
    throttle.hashState(hash);
    counters.hashState(hash);
  }

  /** One folio as a drain rule sees it. */
  private final class View implements FolioView {
    private int pfn;

    View of(int folio) {
      pfn = folio;
      return this;
    }

    @Override
    public boolean lru() {
      return folios.has(pfn, LRU);
    }

    @Override
    public boolean mlocked() {
      return folios.has(pfn, MLOCKED);
    }

    @Override
    public boolean unevictable() {
      return folios.has(pfn, UNEVICTABLE);
    }

    @Override
    public boolean large() {
      return folios.has(pfn, LARGE);
    }

    @Override
    public int refcount() {
      return folios.refcount(pfn);
    }

    @Override
    public int expectedRefcount() {
      return ops.expectedRefcount(pfn);
    }

    @Override
    public int lastQueuedOnCpu() {
      return queued.cpu(pfn);
    }
  }
}
