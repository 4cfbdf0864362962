package pinfold.kernel.folio;

import java.util.Arrays;

/** A growing list of longs. */
public final class LongList {
  private long[] words = new long[16];
  private int size;

  public void add(long word) {
    if (size == words.length) {
      words = Arrays.copyOf(words, 2 * size);
    }
    words[size++] = word;
  }

  public long get(int index) {
    return words[index];
  }

  public void set(int index, long word) {
    words[index] = word;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void clear() {
    size = 0;
  }

  public void removeLast() {
    size--;
  }

  /** Takes one out; those behind it move up. */
  public void remove(int index) {
    System.arraycopy(words, index + 1, words, index, --size - index);
  }

  /** Takes the first {@code count} out. */
  public void removeFirst(int count) {
    System.arraycopy(words, count, words, 0, size - count);
    size -= count;
  }

  /** Into ascending order. */
  public void sort() {
    Arrays.sort(words, 0, size);
  }

  /** The array behind it; only the first {@link #size()} longs mean anything. */
  public long[] words() {
    return words;
  }

  public void addAll(long[] source, int from, int count) {
    if (size + count > words.length) {
      words = Arrays.copyOf(words, Math.max(2 * words.length, size + count));
    }
    System.arraycopy(source, from, words, size, count);
    size += count;
  }
}
