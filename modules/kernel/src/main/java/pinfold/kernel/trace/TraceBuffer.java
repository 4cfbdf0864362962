package pinfold.kernel.trace;

import java.util.Arrays;

/**
 * What one entity has traced, in its order: six longs a record, oldest dropped when it is full. Only its entity writes to it, so
 * it needs no lock on any host; it is read between windows.
 *
 * <p>An entity says once who acts from now on ({@link #on}), then adds records. Times never fall.
 */
public final class TraceBuffer {
  private static final int WORDS = 6;
  private static final int FIRST_RECORDS = 256;
  /** A task of whom the entity was not told. */
  public static final int UNKNOWN_TASK = -1;

  private static final int CPU_SHIFT = 32;
  private static final int EVENT_SHIFT = 56;

  private final long mask;
  private final long fromNanos;
  private final long toNanos;
  /** Empty: all. */
  private final int[] onlyPfns;
  private final int maxRecords;
  private long[] words = new long[FIRST_RECORDS * WORDS];
  private int capacity = FIRST_RECORDS;
  private long written;
  private long nanos;
  private long who;

  TraceBuffer(TraceRequest request) {
    mask = request.mask();
    fromNanos = request.fromNanos();
    toNanos = request.toNanos();
    onlyPfns = request.pfns().stream().mapToInt(Integer::intValue).toArray();
    maxRecords = request.maxRecords();
  }

  /** From here on it is this task of this CPU that acts, at this time. */
  public void on(long nowNanos, int cpu, int task) {
    nanos = nowNanos;
    who = pair(cpu, task);
  }

  /** Whether a record of this event has a chance; for those whose arguments take work. */
  public boolean wants(TraceEvent event) {
    return (mask >>> event.ordinal() & 1) != 0 && nanos >= fromNanos && nanos < toNanos;
  }

  /** The same for an event about a page. */
  public boolean wants(TraceEvent event, int pfn) {
    return wants(event) && (onlyPfns.length == 0 || isAskedFor(pfn));
  }

  /** Adds a record if it is wanted; the arguments are the event's, see {@link TraceEvent}. */
  public void add(TraceEvent event, int pfn, long a, long b, long c) {
    if (!wants(event, pfn)) {
      return;
    }
    if (written == capacity && capacity < maxRecords) {
      capacity = (int) Math.min(2L * capacity, maxRecords);
      words = Arrays.copyOf(words, capacity * WORDS);
    }
    int at = (int) (written++ % capacity) * WORDS;
    words[at] = nanos;
    words[at + 1] = (long) event.ordinal() << EVENT_SHIFT | who;
    words[at + 2] = pfn;
    words[at + 3] = a;
    words[at + 4] = b;
    words[at + 5] = c;
  }

  private boolean isAskedFor(int pfn) {
    for (int only : onlyPfns) {
      if (only == pfn) {
        return true;
      }
    }
    return false;
  }

  /** Two ints as one long. */
  public static long pair(int high, int low) {
    return (long) high << 32 | low & 0xFFFFFFFFL;
  }

  /** Forgets everything. */
  void clear() {
    written = 0;
  }

  /** Records added since the last {@link #clear}, those dropped included. */
  long written() {
    return written;
  }

  /** Number of the oldest record that is still there. */
  long oldest() {
    return Math.max(0, written - capacity);
  }

  long nanosOf(long record) {
    return words[(int) (record % capacity) * WORDS];
  }

  TraceRecord read(long record) {
    int at = (int) (record % capacity) * WORDS;
    long header = words[at + 1];
    return new TraceRecord(words[at], (int) (header >>> CPU_SHIFT) & 0xFFFFFF, (int) header,
        TraceEvent.of((int) (header >>> EVENT_SHIFT)), (int) words[at + 2], words[at + 3], words[at + 4], words[at + 5]);
  }
}
