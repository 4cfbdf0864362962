package pinfold.engine;

import java.util.Arrays;

/**
 * Pending events of one entity, in the order every host must agree on: effect time, then the seeded hash of the
 * origin (a bijection, so it names the origin), then the order in which that origin sent them.
 *
 * <p>Three parts. The <b>run</b> is sorted and consumed from its front. What arrives for a time that the run covers goes to
 * a small <b>heap</b> beside it; the first event is the earlier of the two fronts. What arrives for later lies unsorted in
 * <b>far</b>; when run and heap are empty the earliest part of it is sorted and becomes the next run. So an event is sorted
 * once, among its neighbours in time, and a queue of a few events is an array of a few longs.
 *
 * <p>An event is two longs: its time, and {@code batch slot << 32 | offset} into that batch's words.
 */
public final class EventQueue {
  /** Up to this many far events become one run; of more, an eighth does. */
  private static final int SMALL = 64;

  private static final int RUN_SHIFT = 3;
  private static final int SAMPLE = 64;

  private final BatchTable table;
  private final RunSorter sorter;
  private final EventHeap heap;

  private long[] runTimes = new long[8];
  private long[] runRefs = new long[8];
  private int runAt;
  private int runEnd;

  private long[] farTimes = new long[8];
  private long[] farRefs = new long[8];
  private int farSize;
  private long farFirstNanos = Long.MAX_VALUE;

  /** Events of the run and the heap are before this, far ones at or after it. */
  private long farFromNanos = Long.MIN_VALUE;

  private final long[] sample = new long[SAMPLE];

  public EventQueue(long seed) {
    table = new BatchTable(seed);
    heap = new EventHeap(table);
    sorter = new RunSorter(table);
  }

  /** Effect time of the first event, {@link Long#MAX_VALUE} when there is none. */
  public long nextNanos() {
    if (runAt < runEnd) {
      return Math.min(runTimes[runAt], heap.firstNanos());
    }
    return Math.min(heap.firstNanos(), farFirstNanos);
  }

  /** Number of pending events. */
  public int size() {
    return runEnd - runAt + heap.size() + farSize;
  }

  /** Files every event of the batch; the batch must not be written to any more. */
  public void addAll(EventBatch batch) {
    addFrom(batch, 0);
  }

  /** Files the events from word {@code offset} on, which were appended since the batch's last filing. */
  void addFrom(EventBatch batch, int offset) {
    long[] words = batch.words();
    int end = batch.length();
    if (offset == end) {
      return;
    }
    int slot = table.slotOf(batch);
    int filed = 0;
    for (int at = offset; at < end; at += EventBatch.HEADER_WORDS + (int) words[at + 1]) {
      push(words[at], (long) slot << 32 | at);
      filed++;
    }
    table.retain(slot, filed);
  }

  /** Takes the first event if it takes effect before {@code endNanos}. */
  public boolean pollBefore(long endNanos, Event into) {
    if (nextNanos() >= endNanos) {
      return false;
    }
    if (runAt == runEnd && heap.size() == 0) {
      nextRun();
    }
    long ref;
    if (runAt == runEnd || heap.size() > 0 && heap.firstIsBefore(runTimes[runAt], runRefs[runAt])) {
      into.timeNanos = heap.firstNanos();
      ref = heap.firstRef();
      heap.removeFirst();
    } else {
      into.timeNanos = runTimes[runAt];
      ref = runRefs[runAt];
      runAt++;
    }
    read(ref, into);
    return true;
  }

  private void read(long ref, Event into) {
    int slot = (int) (ref >>> 32);
    int at = (int) ref;
    EventBatch batch = table.batch(slot);
    long[] words = batch.words();
    long header = words[at + 1];
    into.kind = (int) (header >>> 32);
    into.length = (int) header;
    into.origin = batch.origin();
    into.words = words;
    into.offset = at + EventBatch.HEADER_WORDS;
    table.release(slot);
  }

  /** The place of {@code origin} among events of equal time: a bijection of the id that the seed shuffles. */
  public static long rank(long seed, int origin) {
    return KeyedDraws.mix(KeyedDraws.mix(seed ^ 0x9E3779B97F4A7C15L) ^ origin);
  }

  private void push(long time, long ref) {
    if (time >= farFromNanos) {
      pushFar(time, ref);
      return;
    }
    heap.add(time, ref);
    if (heap.size() > SMALL + (farSize >> 2)) {
      startOver();
    }
  }

  private void pushFar(long time, long ref) {
    if (farSize == farTimes.length) {
      farTimes = Arrays.copyOf(farTimes, farSize * 2);
      farRefs = Arrays.copyOf(farRefs, farSize * 2);
    }
    farTimes[farSize] = time;
    farRefs[farSize] = ref;
    farSize++;
    farFirstNanos = Math.min(farFirstNanos, time);
  }

  /** The run covers too much time, so that most of what arrives falls into it: everything is far again. */
  private void startOver() {
    for (; runAt < runEnd; runAt++) {
      pushFar(runTimes[runAt], runRefs[runAt]);
    }
    while (heap.size() > 0) {
      pushFar(heap.lastNanos(), heap.lastRef());
      heap.removeLast();
    }
    nextRun();
  }

  /** Makes the earliest part of the far events the run; run and heap are empty. */
  private void nextRun() {
    long last = farSize <= SMALL ? lastFarNanos() : sampledEighth();
    int kept = 0;
    int taken = 0;
    long keptFirst = Long.MAX_VALUE;
    ensureRun(Math.min(farSize, SMALL));
    for (int i = 0; i < farSize; i++) {
      long time = farTimes[i];
      long ref = farRefs[i];
      if (time <= last) {
        if (taken == runTimes.length) {
          ensureRun(taken + 1);
        }
        runTimes[taken] = time;
        runRefs[taken++] = ref;
      } else {
        farTimes[kept] = time;
        farRefs[kept++] = ref;
        keptFirst = Math.min(keptFirst, time);
      }
    }
    sorter.sort(runTimes, runRefs, taken, last);
    farSize = kept;
    farFirstNanos = keptFirst;
    farFromNanos = last == Long.MAX_VALUE ? last : last + 1;
    runAt = 0;
    runEnd = taken;
  }

  private long lastFarNanos() {
    long last = Long.MIN_VALUE;
    for (int i = 0; i < farSize; i++) {
      last = Math.max(last, farTimes[i]);
    }
    return last;
  }

  /** A time before or at which about an eighth of the far events lie, by a look at some of them; at least one does. */
  private long sampledEighth() {
    for (int i = 0; i < SAMPLE; i++) {
      sample[i] = farTimes[(int) ((long) farSize * i / SAMPLE)];
    }
    Arrays.sort(sample, 0, SAMPLE);
    return sample[SAMPLE >>> RUN_SHIFT];
  }

  private void ensureRun(int count) {
    if (count > runTimes.length) {
      int capacity = Integer.highestOneBit(count) * 2;
      runTimes = Arrays.copyOf(runTimes, capacity);
      runRefs = Arrays.copyOf(runRefs, capacity);
    }
  }
}
