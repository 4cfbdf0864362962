package pinfold.kernel.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
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
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;
import pinfold.kernel.mm.RmapSpace;
import pinfold.kernel.node.BurstOp;
import pinfold.kernel.node.BurstStatus;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.trace.TraceBuffer;
import pinfold.kernel.trace.TraceEvent;
import pinfold.kernel.variant.DrainRule.Progress;
import pinfold.kernel.variant.KernelVariant;
import pinfold.kernel.zone.BuddyOrders;
import pinfold.kernel.zone.MigrateType;
import pinfold.kernel.zone.PerCpuPages;

/**
 * One CPU: its folio batches, its pcp lists, its run queue, and the tasks on it, which run as stacks of frames.
 *
 * <p>While a burst is under way its batches are lent and it runs nothing else. Messages: START_TASK (program number) from
 * outside, DRAIN_WORK and LRU_CACHE_DISABLED from the drain, DRAIN_PCP from other CPUs, KSWAPD_RUN and KCOMPACTD_RUN from its node's
 * reclaim, FLUSHER_RUN, answers to requests of its tasks, OOM_KILL_TASKS from CPUs that call the OOM killer, RESUME and WORK_RUNNABLE
 * from itself, SWAP_WRITTEN from the swap device as an interrupt.
 */
public final class Cpu extends Entity implements Counting, HoldsFolios {
  private static final Progress[] PROGRESSES = Progress.values();
  private static final BatchKind[] BATCH_KINDS = BatchKind.values();
  private static final int KWORKER = 0;
  private static final int KSWAPD = 1;
  private static final int INTERRUPT = -1;
  /** Word of BURST_DONE at which the batches begin. */
  private static final int ANSWER_BATCHES = 6;

  private final Directory directory;
  private final int cpu;
  private final KernelVariant variant;
  private final CostModel cost;
  private final RmapSpace rmap;
  private final Counters counters = new Counters();
  private final Distributions distributions = new Distributions();
  private final FolioBatches batches;
  private final PcpSet pcps;
  private final List<TaskProgram> programs;
  private final List<Task> tasks = new ArrayList<>();
  private final Deque<Task> fifoQueue = new ArrayDeque<>();
  private final Deque<Task> fairQueue = new ArrayDeque<>();
  private final Deque<Long> drainWork = new ArrayDeque<>();
  /** Who waits for the pcp lock of the zone that is being asked for pages, to drain it: entity << 32 | task. */
  private final LongList pcpDrains = new LongList();
  private final LongList ops = new LongList();
  private final Task kworker = new Task(KWORKER, "kworker", false, false, -1, -1);
  /** Null where the node's kswapd runs elsewhere, or there is none. */
  private final Task kswapd;
  /** The same of kcompactd. */
  private final Task kcompactd;
  private final CompactionSpec compaction;
  /** Null where the flusher runs elsewhere, or there is none. */
  private final Task flusher;
  /** What a device tells of, in place of the task that it interrupts. */
  private final Task interrupt = new Task(INTERRUPT, "swapper", false, false, -1, -1);
  /** Pages of which the swap device has told that they are written. */
  private final LongList written = new LongList();
  /** Address spaces whose tasks the OOM killer has taken: none that starts here lives. */
  private final LongList killedSpaces = new LongList();
  private Task interrupted;
  /** Time that the task which was interrupted has spent beyond the interrupt. */
  private long aheadNanos;
  private final int maxWalkPages;
  /** Null when nothing is traced. */
  private final TraceBuffer trace;
  private Task current;
  private Task last;
  private boolean lent;
  /** Words of the program of the burst under way, still in {@link #ops}. */
  private int lentWords;
  private final IntMap unpinnable = new IntMap();
  private final HandHeld handHeld = new HandHeld();
  private boolean published;
  private boolean cacheDisabled;
  /** The earliest RESUME that is on its way. */
  private long resumeNanos = Long.MAX_VALUE;
  /** The current task would let others have the CPU once what it has spent has passed. */
  private boolean preemptionPoint;
  /** The current task computes in user mode, where it loses the CPU as soon as somebody else is to have it. */
  private boolean userMode;
  private long clockNanos;
  private long sliceEndNanos;
  private long kworkerWakeNanos;
  private final boolean workersTakeTurns;

  // The answer to the last burst.
  private BurstStatus burstStatus;
  private int burstArgument;
  private int burstStoppedAt;
  private int burstCollected;
  private Progress burstProgress;
  private int resultsAt;
  private int resultCount;

  private final int swappiness;
  private final boolean asynchronousSwap;
  private final boolean filesOnDisk;
  /** By memory cgroup: pages that are charged and not used. */
  private final long[] stocks;
  private final boolean mglru;

  /**
   * @param maxWalkPages how many pages a walk covers at most: 512, or less to see that it changes nothing
   * @param reclaim what reclaim needs
   * @param mglru multi-generational LRU instead of the classic lists
   * @param workerWakeUp when a woken worker gets a CPU that fair tasks use
   * @param trace for what it traces, null if nothing
   */
  public Cpu(Directory directory, int cpu, long seed, KernelVariant variant, CostModel cost, RmapSpace rmap,
      List<TaskProgram> programs, int maxWalkPages, ReclaimSpec reclaim, boolean mglru, WorkerWakeUp workerWakeUp, TraceBuffer trace) {
    super(directory.cpu(cpu), seed);
    this.directory = directory;
    this.cpu = cpu;
    this.variant = variant;
    this.cost = cost;
    this.rmap = rmap;
    this.batches = new FolioBatches(variant.batchCapacity());
    this.pcps = new PcpSet(directory, variant);
    this.programs = new ArrayList<>(programs);
    this.maxWalkPages = maxWalkPages;
    this.swappiness = reclaim.swappiness();
    this.asynchronousSwap = reclaim.swap().isAsynchronous();
    this.filesOnDisk = reclaim.swap().holdsFiles();
    this.stocks = new long[1 + reclaim.memcgs()];
    this.mglru = mglru;
    this.trace = trace;
    this.kworkerWakeNanos = cost.of(Cost.KWORKER_WAKE);
    this.workersTakeTurns = workerWakeUp == WorkerWakeUp.TAKES_TURN;
    tasks.add(kworker);
    this.kswapd = directory.kswapdCpu(node()) == cpu ? new Task(KSWAPD, "kswapd" + node(), false, false, -1, -1) : null;
    if (kswapd != null) {
      tasks.add(kswapd);
    }
    this.compaction = reclaim.compaction();
    boolean compacts = compaction.kcompactd() && directory.kcompactdCpu(node()) == cpu;
    this.kcompactd = compacts ? new Task(tasks.size(), "kcompactd" + node(), false, false, -1, -1) : null;
    if (kcompactd != null) {
      tasks.add(kcompactd);
    }
    this.flusher = directory.flusherCpu() == cpu ? new Task(tasks.size(), "flusher", false, false, -1, -1) : null;
    if (flusher != null) {
      tasks.add(flusher);
    }
  }

  @Override
  public String name() {
    return "cpu" + cpu;
  }

  @Override
  protected void handle(Event event) {
    if (nowNanos() > clockNanos) {
      clockNanos = nowNanos();
    }
    switch (event.kind()) {
      case Messages.START_TASK -> startTask(programs.get(event.intWord(0)), event.intWord(1), event.intWord(2));
      case Messages.DRAIN_WORK -> schedule(nowNanos() + kworkerWakeNanos, Messages.WORK_RUNNABLE, event.word(0));
      case Messages.WORK_RUNNABLE -> {
        drainWork.add(event.word(0));
        if (kworker.stack.isEmpty()) {
          kworker.stack.add(new DrainWorker());
          if (workersTakeTurns) {
            fairQueue.addLast(kworker);
          } else {
            fairQueue.addFirst(kworker);
          }
        }
      }
      case Messages.LRU_CACHE_DISABLED -> cacheDisabled = event.word(0) != 0;
      case Messages.DRAIN_PCP -> {
        if (refills(event.intWord(2))) {
          pcpDrains.add(event.word(0) << 32 | event.word(1));
        } else {
          drainPcp(event.intWord(2), event.intWord(0), event.intWord(1));
        }
      }
      case Messages.KSWAPD_RUN -> {
        kswapd.stack.add(new Kswapd(node(), directory.zonesOfNode(node()).length));
        fairQueue.add(kswapd);
      }
      case Messages.KCOMPACTD_RUN -> {
        kcompactd.stack.add(new Kcompactd(node()));
        fairQueue.add(kcompactd);
      }
      case Messages.FLUSHER_RUN -> {
        flusher.stack.add(new Flusher());
        fairQueue.add(flusher);
      }
      case Messages.RESUME -> resumeNanos = nowNanos() < resumeNanos ? resumeNanos : Long.MAX_VALUE;
      case Messages.MMAP_WAIT -> {
        sleepInQueue(event);
        task(event.intWord(0)).mmapLockOfSpace = event.intWord(1);
      }
      case Messages.DRAIN_STOCK -> drainStock(event.intWord(0), nowNanos());
      case Messages.SWAP_WAIT, Messages.TASK_SLEEPS -> sleepInQueue(event);
      case Messages.SWAP_WRITTEN -> written.addAll(event.words(), event.offset(), event.length());
      case Messages.TIMER -> {
        if (task(event.intWord(0)).timerNanos == nowNanos()) {
          answered(event);
        }
      }
      case Messages.OOM_KILL_TASKS -> {
        EventBatch out = open(event.origin(), nowNanos() + latency(event.origin()), Messages.OOM_TASKS_KILLED).add(event.word(0));
        out.addAll(killTasks(event.intWord(1), event.word(2) != 0), 0, 3).close();
      }
      case Messages.OOM_TASKS_KILLED -> {
        ((OutOfMemory) task(event.intWord(0)).top()).killed(directory.cpuOfEntity(event.origin()), event.intWord(1), event.intWord(2),
            event.word(3) != 0);
        if (--task(event.intWord(0)).joins == 0) {
          answered(event);
        }
      }
      case Messages.TASK_JOINED, Messages.PCP_DRAINED -> {
        if (--task(event.intWord(0)).joins == 0) {
          answered(event);
        }
      }
      case Messages.BURST_DONE -> {
        takeBack(event);
        answered(event);
      }
      default -> answered(event);
    }
    for (;;) {
      if (current == null || !current.waiting) {
        runTasks();
      }
      if (written.isEmpty() || lent || current == interrupt) {
        return;
      }
      interrupt();
    }
  }

  /** Whoever runs, spins or has yet to spend time stops here until the interrupt is over. */
  private void interrupt() {
    SwapInterrupt handler = new SwapInterrupt();
    handler.take(written);
    interrupt.stack.add(handler);
    interrupted = current;
    current = interrupt;
    aheadNanos = clockNanos - nowNanos();
    clockNanos = nowNanos();
    step();
  }

  private void startTask(TaskProgram program, int joiner, int joinerTask) {
    Task task = new Task(tasks.size(), program.comm(), program.fifo(), program.awaited(), program.label(), program.space());
    task.joiner = joiner;
    task.joinerTask = joinerTask;
    task.startedNanos = nowNanos();
    task.stack.add(program.start());
    for (int i = 0; i < killedSpaces.size() && task.space >= 0; i++) {
      task.killed |= killedSpaces.get(i) == task.space;
    }
    tasks.add(task);
    (task.fifo ? fifoQueue : fairQueue).add(task);
  }

  private Task task(int id) {
    return id == INTERRUPT ? interrupt : tasks.get(id);
  }

  private void answered(Event event) {
    Task task = task(event.intWord(0));
    assert task.waiting : name() + ": an answer of kind " + event.kind() + " for " + task + ", which does not wait";
    task.replyLength = event.length() - 1;
    if (task.sleeping || task == interrupted) {
      // It may run much later, and a small event's words are its queue's.
      task.reply = Arrays.copyOfRange(event.words(), event.offset() + 1, event.offset() + event.length());
      task.replyOffset = 0;
    } else {
      task.reply = event.words();
      task.replyOffset = event.offset() + 1;
    }
    wake(task);
  }

  private void wake(Task task) {
    task.waiting = false;
    task.timerNanos = -1;
    task.mmapLockOfSpace = -1;
    if (task.sleeping) {
      task.sleeping = false;
      (task.fifo ? fifoQueue : fairQueue).add(task);
    }
  }

  /** A task whose request waits for mmap_lock or for a place in a device's queue gives the CPU to others. */
  private void sleepInQueue(Event event) {
    Task task = task(event.intWord(0));
    assert task.waiting : name() + ": " + task + " waits in a queue without waiting";
    if (task.sleeping) {
      return;
    }
    task.sleeping = true;
    if (task == interrupted) {
      interrupted = null;
    } else {
      assert task == current : name() + ": " + task + " spins without running";
      current = null;
    }
  }

  /** Runs whoever is to run until everybody waits, or simulated time has to pass first. */
  private void runTasks() {
    for (;;) {
      if (preemptionPoint && current != interrupt) {
        if (clockNanos > nowNanos()) {
          resumeAt(clockNanos);
          return;
        }
        preemptionPoint = false;
        if (mustYield()) {
          (current.fifo ? fifoQueue : fairQueue).add(current);
          current = null;
        }
      }
      if (userMode && current != interrupt) {
        if (!mustYield()) {
          if (!current.fifo && !fairQueue.isEmpty()) {
            resumeAt(sliceEndNanos);
          }
          return;
        }
        userMode = false;
        (current.fifo ? fifoQueue : fairQueue).add(current);
        current = null;
      }
      if (current == null && !pickNext() || current.waiting) {
        return;
      }
      if (current.dies()) {
        current.die();
      }
      if (current.stack.isEmpty()) {
        taskDone();
        continue;
      }
      step();
      if (current != null && current.waiting) {
        return;
      }
    }
  }

  /** Lets the current task go on until its frame has something to wait for. */
  private void step() {
    switch (current.top().step(this)) {
      case RUN -> {}
      case BUSY -> current.waiting = true;
      case SLEEP -> {
        current.waiting = true;
        current.sleeping = true;
        current = null;
      }
      case PREEMPTIBLE -> preemptionPoint = true;
      case USER -> userMode = true;
    }
  }

  private void resumeAt(long nanos) {
    if (nanos < resumeNanos) {
      resumeNanos = nanos;
      schedule(nanos, Messages.RESUME);
    }
  }

  /** A FIFO task goes first; a woken kworker preempts a fair task, or takes its turn; fair tasks take turns of a slice. */
  private boolean mustYield() {
    if (current.fifo) {
      return false;
    }
    if (!fifoQueue.isEmpty() || !workersTakeTurns && fairQueue.peekFirst() == kworker) {
      return true;
    }
    return !fairQueue.isEmpty() && clockNanos >= sliceEndNanos;
  }

  private boolean pickNext() {
    current = fifoQueue.isEmpty() ? fairQueue.poll() : fifoQueue.poll();
    if (current == null) {
      return false;
    }
    if (current != last) {
      spend(cost.of(current == kworker ? Cost.KWORKER_RUN : Cost.CONTEXT_SWITCH));
      last = current;
    }
    sliceEndNanos = clockNanos + cost.of(Cost.FAIR_SLICE);
    return true;
  }

  private void taskDone() {
    Task task = current;
    if (task == interrupt) {
      current = interrupted;
      interrupted = null;
      clockNanos += aheadNanos;
      return;
    }
    current = null;
    if (task.joiner != 0) {
      if (task.joiner == id()) {
        schedule(clockNanos, Messages.TASK_JOINED, task.joinerTask, task.result);
      } else {
        tell(task.joiner, Messages.TASK_JOINED).add(task.joinerTask).add(task.result).close();
      }
    }
    if (!task.awaited) {
      return;
    }
    open(Directory.OBSERVER, clockNanos + latency(Directory.OBSERVER), Messages.TASK_DONE)
        .add(cpu).add(task.id).add(task.result).add(task.startedNanos).add(clockNanos).add(task.label).close();
  }

  // ---- What frames do

  /** The CPU's own clock: the event's time plus what the task has spent since. */
  long clockNanos() {
    return clockNanos;
  }

  /** The task spends time on the CPU. */
  void spend(long nanos) {
    clockNanos += nanos;
  }

  void spend(Cost item) {
    clockNanos += cost.of(item);
  }

  long cost(Cost item) {
    return cost.of(item);
  }

  int number() {
    return cpu;
  }

  int node() {
    return directory.nodeOfCpu(cpu);
  }

  Directory directory() {
    return directory;
  }

  KernelVariant variant() {
    return variant;
  }

  RmapSpace rmap() {
    return rmap;
  }

  /** Memory cgroups beside the root. */
  int memcgs() {
    return stocks.length - 1;
  }

  /** Whether there are memory cgroups beside the root. */
  boolean chargesMemcgs() {
    return stocks.length > 1;
  }

  /** Takes pages of a memory cgroup's stock for use; false when it has not so many. Those of the root are not counted. */
  boolean consumeStock(int memcg, int pages) {
    if (memcg == 0) {
      return true;
    }
    if (stocks[memcg] < pages) {
      return false;
    }
    stocks[memcg] -= pages;
    return true;
  }

  /** Pages that were charged, or not used after all, go to the stock. */
  void addToStock(int memcg, long pages) {
    stocks[memcg] += memcg == 0 ? 0 : pages;
  }

  /**
   * drain_all_stock() (mm/memcontrol.c, 6.12): every CPU's kworker gives back what it has in stock of a memory cgroup and those below it,
   * and nobody waits for that.
   */
  void drainStocks(int memcg) {
    for (int other = 0; other < directory.cpus(); other++) {
      int entity = directory.cpu(other);
      long at = clockNanos + latency(entity) + cost.of(Cost.KWORKER_WAKE);
      if (entity == id()) {
        drainStock(memcg, clockNanos);
      } else {
        open(entity, at, Messages.DRAIN_STOCK).add(memcg).close();
      }
    }
  }

  private void drainStock(int top, long atNanos) {
    for (int memcg : directory.memcgTree().subtree(top)) {
      if (stocks[memcg] > 0) {
        uncharge(memcg, stocks[memcg], atNanos);
        stocks[memcg] = 0;
      }
    }
  }

  private void uncharge(int memcg, long pages, long atNanos) {
    int entity = directory.memcg(memcg);
    EventBatch out = open(entity, atNanos + latency(entity), Messages.MEMCG_UNCHARGE).add(pages);
    nameCounter(out, memcg).close();
  }

  /** Which of its counters an entity is to use, said where it is not the first. */
  EventBatch nameCounter(EventBatch out, int memcg) {
    return directory.memcgTree().parent(memcg) == 0 ? out : out.add(memcg);
  }

  /** Pages of a memory cgroup that are charged to it and in use nowhere; read it only while no window runs. */
  public long stock(int memcg) {
    return stocks[memcg];
  }

  /**
   * The OOM killer, called by the frame, kills the tasks of an address space that are on a CPU; the frame waits with {@link
   * #joinRequests} for other CPUs.
   *
   * @param takeDown if there is none, one is made that takes it down
   */
  void askToKill(OutOfMemory killer, int onCpu, int space, boolean takeDown) {
    if (onCpu == cpu) {
      long[] killed = killTasks(space, takeDown);
      killer.killed(cpu, (int) killed[0], (int) killed[1], killed[2] != 0);
      return;
    }
    tell(directory.cpu(onCpu), Messages.OOM_KILL_TASKS).add(current.id).add(space).add(takeDown ? 1 : 0).close();
    current.joins++;
  }

  /** Returns how many, the first of them, and 1 if the run ends with it. A space whose pins this CPU keeps has a task here that sleeps. */
  private long[] killTasks(int space, boolean takeDown) {
    long[] killed = {0, -1, 0};
    killedSpaces.add(space);
    for (Task task : tasks) {
      if (task.space == space && !task.stack.isEmpty()) {
        killed[1] = killed[0]++ == 0 ? task.id : killed[1];
        killed[2] |= task.awaited && task.label < 0 ? 1 : 0;
        if (task.kill()) {
          wake(task);
        }
      }
    }
    if (killed[0] == 0 && (takeDown || handHeld.pinsOf(space) != null)) {
      Task task = new Task(tasks.size(), "exit", false, false, -1, space);
      task.die();
      tasks.add(task);
      fairQueue.add(task);
      killed[0] = 1;
      killed[1] = task.id;
    }
    return killed;
  }

  /** Address space of the running task, -1 if it has none. */
  int spaceOfTask() {
    return current.space;
  }

  /** Whether the OOM killer has taken the running task. */
  boolean isKilled() {
    return current.killed;
  }

  /** Whether reclaim meets the lists of MGLRU. */
  boolean mglru() {
    return mglru;
  }

  /** Whether the swap device works while CPUs do something else. */
  boolean asynchronousSwap() {
    return asynchronousSwap;
  }

  /** Whether what is not in the page cache has to be read from the swap device. */
  boolean filesOnDisk() {
    return filesOnDisk;
  }

  /** Who makes blocks of 2 MiB. */
  CompactionSpec compaction() {
    return compaction;
  }

  /** vm.swappiness. */
  int swappiness() {
    return swappiness;
  }

  int maxWalkPages() {
    return maxWalkPages;
  }

  void count(VmCounter counter, long delta) {
    counters.add(counter, delta);
  }

  /** Pushes a frame; it runs next. */
  Frame.Signal call(Frame frame) {
    current.stack.add(frame);
    return Frame.Signal.RUN;
  }

  /** Pops the running frame and hands its result to the caller. */
  Frame.Signal ret(long result) {
    current.stack.remove(current.stack.size() - 1);
    current.result = result;
    return Frame.Signal.RUN;
  }

  /** What the frame called last returned. */
  long result() {
    return current.result;
  }

  /** Opens a request; the frame adds the rest, closes it, and waits. */
  EventBatch request(int entity, int kind) {
    return open(entity, clockNanos + latency(entity), kind).add(clockNanos).add(current.id);
  }

  /** Opens a message that nobody answers. */
  EventBatch tell(int entity, int kind) {
    return open(entity, clockNanos + latency(entity), kind);
  }

  /** Sleeps; the frame goes on when the time is over. */
  Frame.Signal sleepFor(long nanos) {
    current.timerNanos = clockNanos + nanos;
    schedule(clockNanos + nanos, Messages.TIMER, current.id);
    return Frame.Signal.SLEEP;
  }

  /** Starts a program of another CPU, or of this one; the frame may wait for it with {@link #join}. */
  void startTask(int onCpu, int program, long delayNanos, boolean joined) {
    int entity = directory.cpu(onCpu);
    long at = clockNanos + delayNanos + latency(entity);
    if (entity == id()) {
      schedule(at, Messages.START_TASK, program, joined ? id() : 0, current.id);
    } else {
      open(entity, at, Messages.START_TASK).add(program).add(joined ? id() : 0).add(current.id).close();
    }
    current.joins += joined ? 1 : 0;
  }

  /** Spins until all who were asked have answered. */
  Frame.Signal joinRequests() {
    return Frame.Signal.BUSY;
  }

  /** Sleeps until every task that was started to be joined has ended. */
  Frame.Signal join() {
    return Frame.Signal.SLEEP;
  }

  /** Gives back the mmap_lock that the task holds, where no other message carries it. */
  void mmapUnlock(int space) {
    tell(directory.space(space), Messages.MMAP_UNLOCK).add(current.id).close();
  }

  /** Number of the running task on this CPU. */
  long task() {
    return current.id;
  }

  private long latency(int entity) {
    return directory.links().latencyNanos(id(), entity);
  }

  /** Word {@code index} of the answer, after the task. */
  long reply(int index) {
    assert index < current.replyLength : "answer has " + current.replyLength + " words, asked for " + index;
    return current.reply[current.replyOffset + index];
  }

  int replyLength() {
    return current.replyLength;
  }

  // ---- Traces

  /** An event of the running task. */
  void trace(TraceEvent event, int pfn, long a, long b, long c) {
    if (trace != null) {
      trace.on(clockNanos, cpu, current.id);
      trace.add(event, pfn, a, b, c);
    }
  }

  /** An event of the running task that has no arguments. */
  void trace(TraceEvent event) {
    trace(event, 0, 0, 0, 0);
  }

  /** mm_page_alloc; pfn -1 when there was no page. */
  void traceAlloc(int pfn, PageRequest request, int order) {
    if (trace != null) {
      trace(TraceEvent.MM_PAGE_ALLOC, Math.max(0, pfn), TraceBuffer.pair(order, request.migratetype()),
          request.gfpText(), 0);
    }
  }

  // ---- Bursts

  /** The program of the next burst; empty after {@link #sendBurst}. */
  LongList ops() {
    return ops;
  }

  /** Lends the batches to a node together with the program in {@link #ops()}. */
  Frame.Signal sendBurst(int node, int options, Progress progress, int passes, long fixedNanos) {
    assert !lent : name() + " lends its batches twice";
    lent = true;
    int allOptions = options | (cacheDisabled ? 2 : 0) | (published ? 4 : 0);
    EventBatch out = request(directory.node(node), Messages.BURST)
        .add(allOptions | progress.ordinal() << 8 | passes << 16).add(fixedNanos).add(ops.size());
    batches.writeTo(out);
    out.addAll(ops.words(), 0, ops.size());
    out.close();
    lentWords = ops.size();
    ops.clear();
    return Frame.Signal.BUSY;
  }

  private void takeBack(Event event) {
    lent = false;
    burstStatus = BurstStatus.of(event.intWord(1) & 0xFF);
    burstArgument = (int) (event.word(1) >>> 8);
    burstStoppedAt = event.intWord(2);
    burstCollected = event.intWord(3);
    burstProgress = PROGRESSES[event.intWord(4) & 0xFF];
    published = (event.word(4) >>> 8 & 1) != 0;
    resultCount = (int) (event.word(5) >>> 32);
    int freed = event.intWord(5);
    int at = batches.readFrom(event.words(), event.offset() + ANSWER_BATCHES);
    resultsAt = at;
    for (int i = at + resultCount; i < at + resultCount + freed; i++) {
      giveBack(event.words()[i]);
    }
    uncharge(event.words(), at + resultCount, freed);
  }

  /** Freed pages leave the counters of their memory cgroups (uncharge_batch()), a message per run of one. */
  private void uncharge(long[] words, int from, int count) {
    int memcg = 0;
    long pages = 0;
    for (int i = from; stocks.length > 1 && i < from + count; i++) {
      int of = FreedPage.memcg(words[i]);
      if (of != memcg && pages > 0) {
        uncharge(memcg, pages, clockNanos);
        pages = 0;
      }
      memcg = of;
      pages += of == 0 ? 0 : 1L << FreedPage.order(words[i]);
    }
    if (pages > 0) {
      uncharge(memcg, pages, clockNanos);
    }
  }

  BurstStatus burstStatus() {
    return burstStatus;
  }

  /** CPU that {@link BurstStatus#WANTS_DRAIN_OWNER} names. */
  int burstArgument() {
    return burstArgument;
  }

  /** Index in the program of the element where the burst stopped; its length when it did not. */
  int burstStoppedAt() {
    return burstStoppedAt;
  }

  int burstCollected() {
    return burstCollected;
  }

  Progress burstProgress() {
    return burstProgress;
  }

  int burstResults() {
    return resultCount;
  }

  long burstResult(int index) {
    return current.reply[resultsAt + index];
  }

  /** Keeps how full each batch is as this CPU pins long-term. */
  void recordOccupancy() {
    for (BatchKind kind : BATCH_KINDS) {
      distributions.record(Distribution.pinBatch(kind), batches.count(kind));
    }
  }

  /** Whether any batch holds anything; a local drain of nothing costs a few loads. */
  boolean batchesEmpty() {
    return batches.isEmpty();
  }

  /** Whether any entry of this CPU's batches, or of its activate batch alone, is a key of the map. */
  boolean batchesHoldAnyOf(IntMap pfns, boolean activateOnly) {
    for (BatchKind kind : BatchKind.values()) {
      for (int i = 0; (kind == BatchKind.ACTIVATE || !activateOnly) && i < batches.count(kind); i++) {
        if (pfns.getOrDefault(batches.pfn(kind, i), -1) >= 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Node of the first batched folio: a good place to send a drain to. */
  int nodeOfFirstBatched() {
    for (BatchKind kind : BatchKind.values()) {
      if (batches.count(kind) > 0) {
        return directory.nodeOfPfn(batches.pfn(kind, 0));
      }
    }
    return node();
  }

  /**
   * Counts, from the machine's zones alone, which pages a call should find unpinnable, and which of them this CPU's batches hold.
   */
  void countHeld(LongList pinned, PinRecord record) {
    unpinnable.clear();
    for (int i = 0; i < pinned.size(); i++) {
      int pfn = Pte.pfn(pinned.get(i));
      if (!Pte.large(pinned.get(i)) && !directory.bornPinnable(pfn)) {
        unpinnable.put(pfn, 1);
      }
    }
    record.unpinnable = unpinnable.size();
    for (BatchKind kind : BatchKind.values()) {
      for (int i = 0; kind != BatchKind.MLOCK && i < batches.count(kind); i++) {
        if (unpinnable.get(batches.pfn(kind, i)) == 1) {
          unpinnable.put(batches.pfn(kind, i), 2);
          record.heldHere++;
        }
      }
    }
  }

  // ---- Pages

  PcpSet pcps() {
    return pcps;
  }

  /** Whether a block of this order is looked for on the local node first, and whatever that takes: where nodes reclaim ({@link AllocThp}). */
  boolean waitsForThp(int order) {
    return order == BuddyOrders.PAGEBLOCK_ORDER && directory.hasReclaim();
  }

  /** A page from this CPU's lists alone, -1 when a zone must be asked. */
  int takePage(PageRequest request, int node, int order) {
    int pfn = pcps.take(request, directory.zonelist(node, request.movableZone(), waitsForThp(order)), order, clockNanos);
    if (pfn >= 0) {
      traceAlloc(pfn, request, order);
    }
    return pfn;
  }

  /**
   * Frees a block that was allocated and never used. What is in a CMA area goes to the zone, which knows whether it is isolated, as
   * does what no pcp list is for.
   *
   * @param type of its pageblock, or the one that was asked for, which is another only for a page that the request stole
   */
  void freeUnused(int pfn, int order, MigrateType type) {
    trace(TraceEvent.MM_PAGE_FREE, pfn, order, 0, 0);
    boolean toZone = directory.bornInCma(pfn) || !PerCpuPages.allowedOrder(order);
    giveBack(FreedPage.word(pfn, order, (toZone ? MigrateType.ISOLATE : type).code(), 0));
  }

  /** Whether this CPU holds the pcp lock of a zone while it waits for the zone. */
  private boolean refills(int zone) {
    Task asks = interrupted == null ? current : interrupted;
    return asks != null && asks.waiting && asks.top() instanceof GetPageFromFreelist asking && asking.zone() == zone;
  }

  /** The pcp lock of a zone is free again, so whoever wanted to drain it does. */
  void refilled(int zone) {
    for (int i = 0; i < pcpDrains.size(); i++) {
      drainPcp(zone, (int) (pcpDrains.get(i) >>> 32), (int) pcpDrains.get(i));
    }
    pcpDrains.clear();
  }

  /** Another CPU empties this one's list (drain_pages_zone()); it needs only the pcp lock, nothing has to run here. */
  private void drainPcp(int zone, int entity, int task) {
    sendToZone(zone, pcps.drain(zone), nowNanos());
    open(entity, nowNanos() + latency(entity), Messages.PCP_DRAINED).add(task).add(0).close();
  }

  /** drain_pages_zone() of this CPU, by itself. */
  void drainOwnPcp(int zone) {
    sendToZone(zone, pcps.drain(zone), clockNanos);
  }

  private void sendToZone(int zone, LongList blocks, long atNanos) {
    if (!blocks.isEmpty()) {
      int entity = directory.zone(zone);
      open(entity, atNanos + latency(entity), Messages.ZONE_FREE).addAll(blocks.words(), 0, blocks.size()).close();
      blocks.clear();
    }
  }

  /** Asks another CPU to give back the pages of a zone; the frame waits with {@link #joinRequests}. */
  void askToDrainPcp(int otherCpu, int zone) {
    int entity = directory.cpu(otherCpu);
    tell(entity, Messages.DRAIN_PCP).add(id()).add(current.id).add(zone).close();
    current.joins++;
  }

  private void giveBack(long word) {
    int pfn = FreedPage.pfn(word);
    int zone = directory.zoneOfPfn(pfn);
    LongList back = pcps.put(zone, pfn, FreedPage.order(word), FreedPage.blockType(word));
    if (back != null) {
      sendToZone(zone, back, clockNanos);
    }
  }

  /** Frees pages of a CMA area that a user had, one by one (free_contig_range()). */
  void freeContig(int firstPfn, int pages) {
    for (int pfn = firstPfn; pfn < firstPfn + pages; pfn++) {
      giveBack(FreedPage.word(pfn, 0, MigrateType.CMA.code(), 0));
    }
  }

  HandHeld handHeld() {
    return handHeld;
  }

  // ---- Drain work

  Long pollDrainWork() {
    return drainWork.poll();
  }

  // ---- For the outside, while no window runs

  /** Adds a program and returns its number for START_TASK. */
  public int addProgram(TaskProgram program) {
    programs.add(program);
    return programs.size() - 1;
  }

  /** The programs that it can be told to start, by number. */
  public List<TaskProgram> programs() {
    return Collections.unmodifiableList(programs);
  }

  /** How long a woken kworker needs before it runs here, ns; scripts use it to fix the order of drain workers. */
  public void setKworkerWakeNanos(long nanos) {
    kworkerWakeNanos = nanos;
  }

  /** The batches; read them only while no window runs. */
  public FolioBatches batches() {
    return batches;
  }

  /** Name of a task that runs or ran here, as a trace shows it. */
  public String comm(int task) {
    return task == KWORKER ? "kworker/" + cpu + ":0" : task == INTERRUPT ? "swapper/" + cpu : tasks.get(task).comm;
  }

  /** The pcp list of a zone. */
  public PerCpuPages pcp(int zone) {
    return pcps.of(zone);
  }

  /** The pcp list of a zone, null when this CPU never had one. */
  public PerCpuPages pcpIfAny(int zone) {
    return pcps.ifAny(zone);
  }

  /** Whether a memory node has the batches. */
  public boolean isLent() {
    return lent;
  }

  /** Whether the drain was told that this CPU has something to drain; means nothing while the batches are lent. */
  public boolean published() {
    return published;
  }

  @Override
  public void report(Holdings to) {
    if (lent) {
      reportLent(to);
    } else {
      to.batches(cpu, batches, 0);
    }
    forEachPending(event -> reportPending(event, to));
    tasks.forEach(task -> task.report(to));
    interrupt.report(to);
    for (int i = 0; i < written.size(); i++) {
      to.writeback((int) written.get(i));
    }
    handHeld.report(to);
  }

  /** Every folio of the program under way is in motion until the answer is here. */
  private void reportLent(Holdings to) {
    for (int i = 0; i < lentWords; i++) {
      long word = ops.words()[i];
      BurstOp op = BurstOp.of(word);
      if (op.isOfFolio()) {
        to.inMotion(BurstOp.pfn(word));
      }
      if (op.takesSecondWord()) {
        i++;
        if (op == BurstOp.MIGRATE_MOVE) {
          to.inMotion((int) ops.words()[i]);
        }
        for (int pfn = BurstOp.pfn(word); op.scansRange() && pfn < (int) ops.words()[i]; pfn++) {
          to.inMotion(pfn);
        }
      }
    }
  }

  private void reportPending(Event event, Holdings to) {
    if (event.kind() == Messages.BURST_DONE) {
      FolioBatches back = new FolioBatches(variant.batchCapacity());
      int results = back.readFrom(event.words(), event.offset() + ANSWER_BATCHES);
      int freed = results + (int) (event.word(5) >>> 32);
      to.batches(cpu, back, 0);
      boolean scanned = (event.word(4) >>> 9 & 1) != 0;
      for (int i = results + 1; scanned && i < freed; i++) {
        to.isolated(MigratePages.pfn(event.words()[i]));
      }
      for (int i = freed; i < freed + event.intWord(5); i++) {
        to.freeBlock(FreedPage.pfn(event.words()[i]), FreedPage.order(event.words()[i]));
      }
    } else if (event.kind() == Messages.SWAP_WRITTEN) {
      for (int i = 0; i < event.length(); i++) {
        to.writeback(event.intWord(i));
      }
    } else if (event.kind() == Messages.FILE_IS_TO_WRITE) {
      for (int i = 1; i < event.length(); i++) {
        to.inMotion(event.intWord(i));
      }
    } else if (event.kind() == Messages.ZONE_REFILLED) {
      GetPageFromFreelist asking = (GetPageFromFreelist) task(event.intWord(0)).top();
      for (int i = 1; i < event.length(); i++) {
        to.freeBlock(event.intWord(i), asking.order());
      }
    } else if (event.kind() == Messages.COMPACT_FREED) {
      for (int i = 2; i < event.length(); i++) {
        to.freeBlock(FreedPage.pfn(event.word(i)), FreedPage.order(event.word(i)));
      }
    }
  }

  /** Whom the drain worker waits for, empty if for nobody; read it only while no window runs. */
  public String waiting() {
    return kworker.stack.isEmpty() || current == null || current == kworker ? ""
        : "the drain worker of " + name() + " waits for " + (current.fifo ? "FIFO task " : "") + current.comm + "-" + current.id
            + (userMode ? ", which computes in user mode" : "");
  }

  /** Tasks that have not ended and what each waits for. */
  public List<String> liveTasks() {
    return tasks.stream().filter(task -> !task.stack.isEmpty()).map(Task::toString).toList();
  }

  @Override
  public Counters counters() {
    return counters;
  }

  @Override
  public Distributions distributions() {
    return distributions;
  }

  @Override
  public void hashState(StateHash hash) {
    for (BatchKind kind : BatchKind.values()) {
      for (int pfn : batches.entries(kind)) {
        hash.add((long) kind.ordinal() << 32 | pfn);
      }
    }
    pcps.hashState(hash);
    hash.addAll(stocks, 0, stocks.length);
    counters.hashState(hash);
    hash.add(clockNanos).add(tasks.size()).add(pcpDrains.size()).add(interrupt.stack.size()).addAll(written.words(), 0, written.size())
        .addAll(killedSpaces.words(), 0, killedSpaces.size());
    for (Task task : tasks) {
      hash.add(task.stack.size()).add(task.result);
    }
  }
}
