package pinfold.kernel.zone;

import java.util.Arrays;
import pinfold.engine.StateHash;

/**
 * The free blocks that have been touched: doubly linked lists by (order, type), and a way to find a block by its first page,
 * which is how a freed page finds its buddy.
 *
 * <p>Blocks live in groups of 32 neighbouring pages. A group exists while a free block begins in it; then it has a place, a
 * link and an order for each of its pages, some 300 bytes. Buddies up to order 4 are in one group, so most frees look up one
 * group and then only index arrays: a hash table of blocks cost three times as much.
 */
final class FreeBlocks {
  private static final int LISTS = BuddyOrders.ORDERS * MigrateType.COUNT;
  private static final int GROUP_SHIFT = 5;
  private static final int GROUP_PAGES = 1 << GROUP_SHIFT;
  private static final int GROUP_MASK = GROUP_PAGES - 1;
  private static final int FIRST_CAPACITY = 64;

  /**
   * By place (group * 32 + page within the group): order + 1 of the free block that begins there, 0 if none does; its neighbours
   * in a ring, which is closed by the list's own place. The lists' places are those of the first groups.
   */
  private byte[] orderPlusOne = new byte[FIRST_CAPACITY * GROUP_PAGES];
  private int[] next = new int[FIRST_CAPACITY * GROUP_PAGES];
  private int[] previous = new int[FIRST_CAPACITY * GROUP_PAGES];

  /** By group: its key (pfn / 32), or while unused the next unused group; and how many blocks begin in it. Group 0 means none. */
  private int[] keyOf = new int[FIRST_CAPACITY];
  private byte[] blocksOf = new byte[FIRST_CAPACITY];
  private int unusedGroup;
  private int nextNewGroup = (LISTS + GROUP_PAGES - 1) / GROUP_PAGES;

  /** Open addressing with linear probing: key in the upper, group in the lower half of a long. */
  private long[] index = new long[4 * FIRST_CAPACITY];
  private int groups;

  /** The group found last, which is mostly the one wanted next. */
  private int lastKey = -1;
  private int lastGroup;

  FreeBlocks() {
    for (int list = 0; list < LISTS; list++) {
      next[list] = list;
      previous[list] = list;
    }
  }

  /** First page of the first block of a list, -1 if it is empty. */
  int first(int order, int type) {
    int list = list(order, type);
    return next[list] == list ? -1 : pfn(next[list]);
  }

  /** Whether a block of this order begins at this page. */
  boolean contains(int pfn, int order) {
    return orderAt(pfn) == order;
  }

  /** Order of the block that begins at this page, -1 if none does. */
  int orderAt(int pfn) {
    int group = group(pfn >>> GROUP_SHIFT);
    return group == 0 ? -1 : orderPlusOne[place(group, pfn)] - 1;
  }

  /** Puts a block at the front of a list, or at its end. */
  void add(int pfn, int order, int type, boolean last) {
    int place = occupy(pfn, order);
    int list = list(order, type);
    int before = last ? previous[list] : list;
    int after = last ? list : next[list];
    next[before] = place;
    previous[place] = before;
    next[place] = after;
    previous[after] = place;
  }

  /** Takes the block at pfn out of its list, if it is there with this order. */
  boolean removeIfPresent(int pfn, int order) {
    int group = group(pfn >>> GROUP_SHIFT);
    int place = place(group, pfn);
    if (group == 0 || orderPlusOne[place] != order + 1) {
      return false;
    }
    int before = previous[place];
    int after = next[place];
    next[before] = after;
    previous[after] = before;
    orderPlusOne[place] = 0;
    if (--blocksOf[group] == 0) {
      dropGroup(group);
    }
    return true;
  }

  /** Takes a block out that must be there. */
  void remove(int pfn, int order) {
    if (!removeIfPresent(pfn, order)) {
      throw new IllegalStateException("no free block of order " + order + " at pfn " + pfn);
    }
  }

  /** Folds the lists in order, so that two zones with equal hashes will hand out the same pages. */
  void hashState(StateHash hash) {
    for (int list = 0; list < LISTS; list++) {
      for (int place = next[list]; place != list; place = next[place]) {
        hash.add((long) list << 32 | pfn(place));
      }
    }
  }

  /** Calls {@code visitor} for every block on the lists. */
  void forEach(PerCpuPages.BlockVisitor visitor) {
    for (int list = 0; list < LISTS; list++) {
      for (int place = next[list]; place != list; place = next[place]) {
        visitor.visit(pfn(place), list / MigrateType.COUNT, list % MigrateType.COUNT);
      }
    }
  }

  private static int list(int order, int type) {
    return order * MigrateType.COUNT + type;
  }

  private static int place(int group, int pfn) {
    return group << GROUP_SHIFT | pfn & GROUP_MASK;
  }

  private int pfn(int place) {
    return keyOf[place >>> GROUP_SHIFT] << GROUP_SHIFT | place & GROUP_MASK;
  }

  private int occupy(int pfn, int order) {
    int key = pfn >>> GROUP_SHIFT;
    int group = group(key);
    if (group == 0) {
      group = newGroup(key);
    }
    int place = place(group, pfn);
    orderPlusOne[place] = (byte) (order + 1);
    blocksOf[group]++;
    return place;
  }

  /** The group with a key, 0 if no free block begins in it. */
  private int group(int key) {
    if (key == lastKey) {
      return lastGroup;
    }
    int mask = index.length - 1;
    int slot = slot(key, mask);
    long entry = index[slot];
    while (entry != 0 && (int) (entry >>> 32) != key) {
      slot = (slot + 1) & mask;
      entry = index[slot];
    }
    lastKey = key;
    lastGroup = (int) entry;
    return lastGroup;
  }

  private int newGroup(int key) {
    int group = unusedGroup;
    if (group != 0) {
      unusedGroup = keyOf[group];
    } else {
      group = nextNewGroup++;
      if (group == keyOf.length) {
        growGroups();
      }
    }
    keyOf[group] = key;
    if (++groups * 2 > index.length) {
      growIndex();
    }
    fill((long) key << 32 | group);
    lastKey = key;
    lastGroup = group;
    return group;
  }

  private void dropGroup(int group) {
    int key = keyOf[group];
    clear(key);
    groups--;
    keyOf[group] = unusedGroup;
    unusedGroup = group;
    lastKey = key;
    lastGroup = 0;
  }

  private void growGroups() {
    int capacity = keyOf.length * 2;
    keyOf = Arrays.copyOf(keyOf, capacity);
    blocksOf = Arrays.copyOf(blocksOf, capacity);
    orderPlusOne = Arrays.copyOf(orderPlusOne, capacity * GROUP_PAGES);
    next = Arrays.copyOf(next, capacity * GROUP_PAGES);
    previous = Arrays.copyOf(previous, capacity * GROUP_PAGES);
  }

  private static int slot(int key, int mask) {
    int mixed = key * 0x9E3779B1;
    return (mixed ^ mixed >>> 16) & mask;
  }

  private void fill(long entry) {
    int mask = index.length - 1;
    int slot = slot((int) (entry >>> 32), mask);
    while (index[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    index[slot] = entry;
  }

  /** Removes a key and closes the gap, so that no search stops early. */
  private void clear(int key) {
    int mask = index.length - 1;
    int gap = slot(key, mask);
    while ((int) (index[gap] >>> 32) != key) {
      gap = (gap + 1) & mask;
    }
    for (int slot = (gap + 1) & mask; index[slot] != 0; slot = (slot + 1) & mask) {
      int wanted = slot((int) (index[slot] >>> 32), mask);
      if (((slot - wanted) & mask) >= ((slot - gap) & mask)) {
        index[gap] = index[slot];
        gap = slot;
      }
    }
    index[gap] = 0;
  }

  private void growIndex() {
    long[] old = index;
    index = new long[old.length * 2];
    for (long entry : old) {
      if (entry != 0) {
        fill(entry);
      }
    }
  }
}
