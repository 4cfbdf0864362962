package pinfold.engine;

import java.util.Arrays;

/**
 * All events that one entity sent to another in one window, in the order they were sent.
 *
 * <p>Layout, per event, in longs: effect time (ns), kind {@code << 32 |} payload length, payload. The sender fills a
 * batch and hands it over with the window's end; from then on nobody writes to it.
 */
public final class EventBatch {
  /** Longs in front of every event's payload. */
  public static final int HEADER_WORDS = 2;

  private static final int FIRST_WORDS = 8;

  private final int origin;
  private final int destination;
  private long[] words;
  private int length;
  private int openHeader = -1;
  private int events;
  private long earliestNanos = Long.MAX_VALUE;

  public EventBatch(int origin, int destination) {
    this.origin = origin;
    this.destination = destination;
    this.words = new long[FIRST_WORDS];
  }

  /**
   * A batch that came from another JVM.
   *
   * @param words as {@link #words()} of the batch that was sent, {@link #length()} of them
   * @throws IllegalArgumentException if they are not a whole number of events
   */
  public static EventBatch of(int origin, int destination, long[] words) {
    EventBatch batch = new EventBatch(origin, destination, words);
    for (int at = 0; at < words.length; ) {
      int length = at + 1 < words.length ? (int) words[at + 1] : -1;
      if (length < 0 || length > words.length - at - HEADER_WORDS) {
        throw new IllegalArgumentException("a batch from entity " + origin + " to " + destination + " ends within an event");
      }
      batch.events++;
      batch.earliestNanos = Math.min(batch.earliestNanos, words[at]);
      at += HEADER_WORDS + length;
    }
    return batch;
  }

  private EventBatch(int origin, int destination, long[] words) {
    this.origin = origin;
    this.destination = destination;
    this.words = words;
    this.length = words.length;
  }

  /** Id of the sending entity. */
  public int origin() {
    return origin;
  }

  /** Id of the receiving entity. */
  public int destination() {
    return destination;
  }

  /** Number of events. */
  public int size() {
    return events;
  }

  /** Longs in use. */
  public int length() {
    return length;
  }

  /** The raw longs; only the first {@link #length()} mean anything. */
  public long[] words() {
    return words;
  }

  /** Earliest effect time in the batch, {@link Long#MAX_VALUE} when empty. */
  public long earliestNanos() {
    return earliestNanos;
  }

  /** Opens an event; payload follows by {@link #add}. */
  public EventBatch open(long timeNanos, int kind) {
    assert openHeader < 0 : "event of kind " + kind + " opened inside another";
    ensure(HEADER_WORDS);
    openHeader = length;
    words[length] = timeNanos;
    words[length + 1] = (long) kind << 32;
    length += HEADER_WORDS;
    earliestNanos = Math.min(earliestNanos, timeNanos);
    return this;
  }

  /** Appends one long to the open event's payload. */
  public EventBatch add(long word) {
    if (length == words.length) {
      ensure(1);
    }
    words[length++] = word;
    return this;
  }

  /** Appends {@code count} longs to the open event's payload. */
  public EventBatch addAll(long[] source, int from, int count) {
    ensure(count);
    System.arraycopy(source, from, words, length, count);
    length += count;
    return this;
  }

  /** Appends {@code count} zero longs and returns the index in {@link #words()} of the first, for filling in place. */
  public int reserve(int count) {
    ensure(count);
    int at = length;
    Arrays.fill(words, at, at + count, 0);
    length += count;
    return at;
  }

  /** Makes room for {@code count} longs, so that adding them one by one copies nothing. */
  public EventBatch room(int count) {
    ensure(count);
    return this;
  }

  /** Closes the open event. */
  public void close() {
    words[openHeader + 1] |= length - openHeader - HEADER_WORDS;
    openHeader = -1;
    events++;
  }

  /** Forgets all events, so that the batch can be filled again. */
  void clear() {
    length = 0;
    events = 0;
    earliestNanos = Long.MAX_VALUE;
  }

  private void ensure(int more) {
    if (length + more > words.length) {
      words = Arrays.copyOf(words, Math.max(words.length * 2, length + more));
    }
  }
}
