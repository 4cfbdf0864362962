package pinfold.engine;

/** A window onto one event: filled by the queue, read by the entity, valid until the next event is taken. */
public final class Event {
  long timeNanos;
  int kind;
  int origin;
  long[] words;
  int offset;
  int length;

  /** When the event takes effect. */
  public long timeNanos() {
    return timeNanos;
  }

  /** What it says; the numbering belongs to the receiver. */
  public int kind() {
    return kind;
  }

  /** Id of the entity that sent it; the receiver's own id for what it scheduled itself. */
  public int origin() {
    return origin;
  }

  /** Payload length in longs. */
  public int length() {
    return length;
  }

  /** Payload long {@code index}. */
  public long word(int index) {
    assert index >= 0 && index < length : "payload has " + length + " words, asked for " + index;
    return words[offset + index];
  }

  /** Payload long {@code index} as an int. */
  public int intWord(int index) {
    return (int) word(index);
  }

  /** The array that holds the payload, which starts at {@link #offset()}; never written to. */
  public long[] words() {
    return words;
  }

  /** Index of the first payload long in {@link #words()}. */
  public int offset() {
    return offset;
  }
}
