package pinfold.engine;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Pending events of one entity, in the order every host must agree on: effect time, then the seeded hash of the
 * origin (a bijection, so it names the origin), then the order in which that origin sent them.
 *
 * <p>Three parts. The <b>run</b> is sorted and consumed from its front. What arrives for a time that the run covers goes to
 * a small <b>heap</b> beside it; the first event is the earlier of the two fronts. What arrives for later lies unsorted in
 * <b>far</b>; when run and heap are empty the earliest part of it is sorted and becomes the next run. So an event is sorted
 * once, among its neighbours in time, and a queue of a few events is an array of a few longs.
 *
 * <p>In all three an event is its time and its slot in the {@link EventSlab}, which keeps the rest.
 */
public final class EventQueue {
  /** Up to this many far events become one run; of more, a quarter does. */
  private static final int SMALL = 64;

  private static final int RUN_SHIFT = 2;
  private static final int SAMPLE = 64;

  private static final int NOTHING = -1;

  private final EventSlab slab;
  private final RunSorter sorter;
  private final EventHeap heap;

  private long[] runTimes = new long[8];
  private int[] runSlots = new int[8];
  private int runAt;
  private int runEnd;

  private long[] farTimes = new long[8];
  private int[] farSlots = new int[8];
  private int farSize;
  private long farFirstNanos = Long.MAX_VALUE;

  /** Events of the run and the heap are before this, far ones at or after it. */
  private long farFromNanos = Long.MIN_VALUE;

  /** Slot of the event taken last, which an {@link Event} still shows. */
  private int shown = NOTHING;

  /** Of no meaning, see {@link EventSlab#touch}. */
  private long touched;

  private final long[] sample = new long[SAMPLE];

  public EventQueue(long seed) {
    slab = new EventSlab(seed);
    heap = new EventHeap(slab);
    sorter = new RunSorter(slab);
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

  /** Shows every pending event, in no particular order; each is valid during its call. For reading between windows. */
  public void forEach(Consumer<Event> visitor) {
    Event event = new Event();
    for (int i = runAt; i < runEnd; i++) {
      show(runTimes[i], runSlots[i], event, visitor);
    }
    for (int i = 0; i < heap.size(); i++) {
      show(heap.nanos(i), heap.slot(i), event, visitor);
    }
    for (int i = 0; i < farSize; i++) {
      show(farTimes[i], farSlots[i], event, visitor);
    }
  }

  private void show(long time, int slot, Event event, Consumer<Event> visitor) {
    event.timeNanos = time;
    slab.show(slot, event);
    visitor.accept(event);
  }

  /** Files every event of the batch; the batch must not be written to any more. */
  public void addAll(EventBatch batch) {
    file(batch);
  }

  /** Files every event of the batch; returns whether the queue still refers to the batch's words. */
  boolean file(EventBatch batch) {
    int origin = batch.origin();
    long[] words = batch.words();
    int end = batch.length();
    int longest = 0;
    for (int at = 0; at < end; ) {
      int length = (int) words[at + 1];
      push(words[at], slab.add(origin, words, at));
      longest = Math.max(longest, length);
      at += EventBatch.HEADER_WORDS + length;
    }
    return longest > EventSlab.INLINE_WORDS;
  }

  /** Takes the first event if it takes effect before {@code endNanos}; the one taken before is then gone. */
  public boolean pollBefore(long endNanos, Event into) {
    if (nextNanos() >= endNanos) {
      return false;
    }
    if (shown != NOTHING) {
      slab.free(shown);
    }
    if (runAt == runEnd && heap.size() == 0) {
      nextRun();
    }
    if (runAt == runEnd || heap.size() > 0 && heap.firstIsBefore(runTimes[runAt], runSlots[runAt])) {
      into.timeNanos = heap.firstNanos();
      shown = heap.firstSlot();
      heap.removeFirst();
    } else {
      into.timeNanos = runTimes[runAt];
      shown = runSlots[runAt];
      runAt++;
    }
    slab.show(shown, into);
    return true;
  }

  /** The place of {@code origin} among events of equal time: a bijection of the id that the seed shuffles. */
  public static long rank(long seed, int origin) {
    return KeyedDraws.mix(KeyedDraws.mix(seed ^ 0x9E3779B97F4A7C15L) ^ origin);
  }

  private void push(long time, int slot) {
    if (time >= farFromNanos) {
      pushFar(time, slot);
      return;
    }
    heap.add(time, slot);
    if (heap.size() > SMALL + (farSize >> 2)) {
      startOver();
    }
  }

  private void pushFar(long time, int slot) {
    if (farSize == farTimes.length) {
      farTimes = Arrays.copyOf(farTimes, farSize * 2);
      farSlots = Arrays.copyOf(farSlots, farSize * 2);
    }
    farTimes[farSize] = time;
    farSlots[farSize] = slot;
    farSize++;
    farFirstNanos = Math.min(farFirstNanos, time);
  }

  /** The run covers too much time, so that most of what arrives falls into it: everything is far again. */
  private void startOver() {
    for (; runAt < runEnd; runAt++) {
      pushFar(runTimes[runAt], runSlots[runAt]);
    }
    while (heap.size() > 0) {
      pushFar(heap.lastNanos(), heap.lastSlot());
      heap.removeLast();
    }
    nextRun();
  }

  /** Makes the earliest part of the far events the run; run and heap are empty. */
  private void nextRun() {
    long last = farSize <= SMALL ? lastFarNanos() : sampledQuarter();
    int kept = 0;
    int taken = 0;
    long keptFirst = Long.MAX_VALUE;
    sorter.ensure(farSize);
    long[] nextTimes = sorter.times;
    int[] nextSlots = sorter.slots;
    // Written to both places and counted in one: which of the two it is cannot be predicted, so a branch would cost more.
    for (int i = 0; i < farSize; i++) {
      long time = farTimes[i];
      int slot = farSlots[i];
      int take = time <= last ? 1 : 0;
      nextTimes[taken] = time;
      nextSlots[taken] = slot;
      farTimes[kept] = time;
      farSlots[kept] = slot;
      taken += take;
      kept += 1 - take;
      keptFirst = Math.min(keptFirst, take == 1 ? Long.MAX_VALUE : time);
    }
    ensureRun(taken);
    sorter.sortInto(runTimes, runSlots, taken, last);
    touched = slab.touch(runSlots, taken);
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

  /** A time before or at which about a quarter of the far events lie, by a look at some of them; at least one does. */
  private long sampledQuarter() {
    for (int i = 0; i < SAMPLE; i++) {
      sample[i] = farTimes[(int) ((long) farSize * i / SAMPLE)];
    }
    Arrays.sort(sample, 0, SAMPLE);
    return sample[SAMPLE >>> RUN_SHIFT];
  }

  private void ensureRun(int count) {
    if (count > runTimes.length) {
      int capacity = Integer.highestOneBit(count) * 2;
      runTimes = new long[capacity];
      runSlots = new int[capacity];
    }
  }
}
