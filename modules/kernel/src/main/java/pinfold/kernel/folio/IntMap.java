package pinfold.kernel.folio;

import java.util.Arrays;

/** A small map from non-negative int to int, open addressing; for look-ups only, never iterated in hash order. */
public final class IntMap {
  private static final int FREE = -1;

  private int[] keys;
  private int[] values;
  private int size;

  public IntMap() {
    keys = new int[16];
    values = new int[16];
    Arrays.fill(keys, FREE);
  }

  public int size() {
    return size;
  }

  /** The value of {@code key}, 0 when absent. */
  public int get(int key) {
    return getOrDefault(key, 0);
  }

  public int getOrDefault(int key, int absent) {
    int slot = slot(key);
    return keys[slot] == key ? values[slot] : absent;
  }

  public void put(int key, int value) {
    int slot = slot(key);
    if (keys[slot] != key) {
      if (2 * ++size > keys.length) {
        grow();
        slot = slot(key);
      }
      keys[slot] = key;
    }
    values[slot] = value;
  }

  public void remove(int key) {
    int slot = slot(key);
    if (keys[slot] != key) {
      return;
    }
    size--;
    keys[slot] = FREE;
    int mask = keys.length - 1;
    for (int next = slot + 1 & mask; keys[next] != FREE; next = next + 1 & mask) {
      int moved = keys[next];
      int value = values[next];
      keys[next] = FREE;
      int home = slot(moved);
      keys[home] = moved;
      values[home] = value;
    }
  }

  /** Forgets everything, but for how large it once was. */
  public void clear() {
    Arrays.fill(keys, FREE);
    size = 0;
  }

  /** Keys in ascending order. */
  public int[] sortedKeys() {
    return Arrays.stream(keys).filter(key -> key != FREE).sorted().toArray();
  }

  private int slot(int key) {
    int mask = keys.length - 1;
    int slot = key * 0x9E3779B9 >>> 7 & mask;
    while (keys[slot] != key && keys[slot] != FREE) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldValues = values;
    keys = new int[2 * oldKeys.length];
    values = new int[2 * oldKeys.length];
    Arrays.fill(keys, FREE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
