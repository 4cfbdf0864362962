package pinfold.engine;

/**
 * Pending events of one entity, in the order every host must agree on: effect time, then the seeded hash of the
 * origin (a bijection, so it names the origin), then the order in which that origin sent them.
 */
public final class EventQueue {
  private final long seed;
  private long[] times = new long[16];
  private long[] ranks = new long[16];
  private long[] arrivals = new long[16];
  private EventBatch[] batches = new EventBatch[16];
  private int[] offsets = new int[16];
  private int size;
  private long nextArrival;

  public EventQueue(long seed) {
    this.seed = seed;
  }

  /** Effect time of the first event, {@link Long#MAX_VALUE} when there is none. */
  public long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /** Number of pending events. */
  public int size() {
    return size;
  }

  /** Files every event of the batch; the batch must not be written to any more. */
  public void addAll(EventBatch batch) {
    long rank = rank(seed, batch.origin());
    int at = 0;
    for (int i = 0; i < batch.size(); i++) {
      push(batch.words()[at], rank, batch, at);
      at += EventBatch.HEADER_WORDS + (int) batch.words()[at + 1];
    }
  }

  /** Takes the first event if it takes effect before {@code endNanos}. */
  public boolean pollBefore(long endNanos, Event into) {
    if (size == 0 || times[0] >= endNanos) {
      return false;
    }
    EventBatch batch = batches[0];
    int at = offsets[0];
    long[] words = batch.words();
    into.timeNanos = times[0];
    into.kind = (int) (words[at + 1] >>> 32);
    into.length = (int) words[at + 1];
    into.origin = batch.origin();
    into.words = words;
    into.offset = at + EventBatch.HEADER_WORDS;
    popFirst();
    return true;
  }

  /** The place of {@code origin} among events of equal time: a bijection of the id that the seed shuffles. */
  public static long rank(long seed, int origin) {
    return KeyedDraws.mix(KeyedDraws.mix(seed ^ 0x9E3779B97F4A7C15L) ^ origin);
  }

  private void push(long time, long rank, EventBatch batch, int offset) {
    if (size == times.length) {
      grow();
    }
    long arrival = nextArrival++;
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!before(time, rank, arrival, parent)) {
        break;
      }
      move(parent, i);
      i = parent;
    }
    set(i, time, rank, arrival, batch, offset);
  }

  private void popFirst() {
    int last = --size;
    long time = times[last];
    long rank = ranks[last];
    long arrival = arrivals[last];
    EventBatch batch = batches[last];
    int offset = offsets[last];
    batches[last] = null;
    if (last == 0) {
      return;
    }
    int i = 0;
    for (;;) {
      int child = 2 * i + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && before(times[child + 1], ranks[child + 1], arrivals[child + 1], child)) {
        child++;
      }
      if (before(time, rank, arrival, child)) {
        break;
      }
      move(child, i);
      i = child;
    }
    set(i, time, rank, arrival, batch, offset);
  }

  private boolean before(long time, long rank, long arrival, int other) {
    if (time != times[other]) {
      return time < times[other];
    }
    if (rank != ranks[other]) {
      return rank < ranks[other];
    }
    return arrival < arrivals[other];
  }

  private void move(int from, int to) {
    set(to, times[from], ranks[from], arrivals[from], batches[from], offsets[from]);
  }

  private void set(int i, long time, long rank, long arrival, EventBatch batch, int offset) {
    times[i] = time;
    ranks[i] = rank;
    arrivals[i] = arrival;
    batches[i] = batch;
    offsets[i] = offset;
  }

  private void grow() {
    int capacity = times.length * 2;
    times = java.util.Arrays.copyOf(times, capacity);
    ranks = java.util.Arrays.copyOf(ranks, capacity);
    arrivals = java.util.Arrays.copyOf(arrivals, capacity);
    batches = java.util.Arrays.copyOf(batches, capacity);
    offsets = java.util.Arrays.copyOf(offsets, capacity);
  }
}
