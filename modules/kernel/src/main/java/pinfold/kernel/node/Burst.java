package pinfold.kernel.node;

import pinfold.engine.Event;
import pinfold.kernel.folio.BatchKind;
import pinfold.kernel.folio.FolioBatches;
import pinfold.kernel.folio.FreedPage;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.variant.DrainRule;

/**
 * A walk that a CPU sent to the node that owns its pages: a program of operations with the CPU's batches lent to it.
 *
 * <p>Time: the operation was sent at s over a link of latency l. The element that the kernel would begin at n is executed
 * at max(s + l, n - l), so that the answer is back when the kernel would be done. Lock waits move n.
 */
final class Burst implements HoldsFolios {
  /** Bits of the request's options word. */
  static final int FOLL_TOUCH = 1;
  static final int CACHE_DISABLED = 1 << 1;
  /** The drain knows that this CPU has something to drain. */
  static final int PUBLISHED = 1 << 2;
  static final int GUP = 1 << 3;

  /** Nothing is put into batches: who would be is told in the results, in order, for an {@link BurstOp#ENQUEUE} burst. */
  static final int DEFER = 1 << 4;

  /** Moves that are refused have been tried three times before. */
  static final int LATE = 1 << 5;

  /** Word of the request at which the batches begin. */
  static final int REQUEST_BATCHES = 5;

  private static final DrainRule.Progress[] PROGRESSES = DrainRule.Progress.values();

  final int cpu;
  final FolioBatches batches;
  final LongList results = new LongList();
  final LongList freed = new LongList();
  final LongList[] remote;

  int task;
  int options;
  DrainRule.Progress progress;
  int passes;
  /** No element is executed before this: the arrival, then the last lock grant. */
  long floorNanos;
  long nominalNanos;
  long linkNanos;
  long rank;

  long[] words;
  int first;
  int next;
  int end;
  /** Where inside the element at {@link #next} the burst is. */
  int step;
  /** Batches that must be flushed before anything else, a bit per kind. */
  int pendingFlush;
  /** The lock for the flush in front was granted; its first entry may have been tested before. */
  boolean lockHeld;
  /** When the flush's hold of the lock ends, ns. */
  long lockEndNanos;
  boolean firstTested;
  boolean firstWasLru;

  /** The folio batch that is being read, 0 in place of a folio that was gone, and how many of them are copied. */
  final LongList reads = new LongList();
  int copied;
  /** What the folio that the next element makes has left in its place when it was evicted, 0 for nothing. */
  long shadow;
  boolean shadowInFault;
  int pass;
  int remaining;
  long[] moved = new long[8];
  /** Of those that were moved, which are in the swap cache. */
  long[] swapCached = new long[8];
  int collected;
  BurstStatus status;
  int statusArgument;
  int waitingRemote;
  boolean published;
  boolean mayStop;
  /** All results but the first are folios that were isolated from an lruvec: whoever sent the burst does not know them yet. */
  boolean scanned;

  long agendaNanos;
  /** What the elements that are left cost at least, ns. */
  long costAhead;

  Burst(int cpu, int batchCapacity, int nodes) {
    this.cpu = cpu;
    this.batches = new FolioBatches(batchCapacity);
    this.remote = new LongList[nodes];
  }

  /** Takes over a request: sent at, task, options | progress | passes, fixed cost, words of the program; batches; program. */
  void start(Event event, long latencyNanos) {
    assert waitingRemote == 0 && next == end && reads.isEmpty() : "CPU " + cpu + " sent a burst while another is under way";
    nominalNanos = event.word(0) + event.word(3);
    task = event.intWord(1);
    int control = event.intWord(2);
    options = control & 0xFF;
    progress = PROGRESSES[control >>> 8 & 0xFF];
    passes = control >>> 16;
    floorNanos = event.timeNanos();
    linkNanos = latencyNanos;
    words = event.words();
    int count = event.intWord(4);
    first = batches.readFrom(words, event.offset() + REQUEST_BATCHES);
    next = first;
    end = first + count;
    step = 0;
    pendingFlush = 0;
    lockHeld = false;
    firstTested = false;
    pass = 0;
    remaining = 0;
    collected = 0;
    status = BurstStatus.DONE;
    statusArgument = 0;
    published = (options & PUBLISHED) != 0;
    scanned = false;
    shadow = 0;
    results.clear();
    freed.clear();
    agendaNanos = floorNanos;
  }

  @Override
  public void report(Holdings to) {
    to.batches(cpu, batches, pendingFlush);
    if (firstTested) {
      int pfn = batches.pfn(BatchKind.of(Integer.numberOfTrailingZeros(pendingFlush)), 0);
      to.inMotion(pfn);
      if (firstWasLru) {
        to.lruTaken(pfn);
      }
    }
    for (int i = 1; scanned && i < results.size(); i++) {
      to.isolated((int) results.get(i) & (1 << 30) - 1);
    }
    for (int i = 0; i < freed.size(); i++) {
      to.freeBlock(FreedPage.pfn(freed.get(i)), FreedPage.order(freed.get(i)));
    }
    for (LongList work : remote) {
      if (work != null) {
        RemoteWork.report(cpu, work.words(), 0, work.size(), to);
      }
    }
  }

  long effectiveNanos() {
    return Math.max(floorNanos, nominalNanos - linkNanos);
  }

  /**
   * The answer leaves when all elements are done, at the time of the last one; but the first entry that it stores is told to the
   * drain at once, and one that collects may stop anywhere.
   */
  long earliestSendNanos() {
    return published && !mayStop ? Math.max(agendaNanos, nominalNanos + costAhead - linkNanos) : agendaNanos;
  }

  boolean has(int option) {
    return (options & option) != 0;
  }
}
