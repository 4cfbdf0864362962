package pinfold.kernel.zone;

import java.util.ArrayList;
import java.util.List;

/** The rules of the buddy, one block at a time over an array of pages; slow, and short enough to be believed. */
final class NaiveBuddy {
  private static final int[][] FALLBACKS = {{2, 1}, {2, 0}, {0, 1}};

  final int startPfn;
  final int endPfn;
  /** Order of the free block that begins at a page, -1 if none does; pages from 0 on, so that aligned buddies exist. */
  final int[] headOrder;
  final int[] typeOfBlock;
  final MovablePages movable;
  final boolean merged;
  final boolean cmaHalfRule;
  final List<List<List<Integer>>> lists = new ArrayList<>();
  private int step;

  NaiveBuddy(int startPfn, int pages, boolean merged, boolean cmaHalfRule, MovablePages movable) {
    this.startPfn = startPfn;
    this.endPfn = startPfn + pages;
    this.merged = merged;
    this.cmaHalfRule = cmaHalfRule;
    this.movable = movable;
    headOrder = new int[(endPfn + 1023) / 1024 * 1024];
    java.util.Arrays.fill(headOrder, -1);
    typeOfBlock = new int[headOrder.length / 512];
    java.util.Arrays.fill(typeOfBlock, 1);
    for (int order = 0; order <= 10; order++) {
      List<List<Integer>> byType = new ArrayList<>();
      for (int type = 0; type < 6; type++) {
        byType.add(new ArrayList<>());
      }
      lists.add(byType);
    }
  }

  int type(int pfn) {
    return typeOfBlock[pfn / 512];
  }

  void boot() {
    for (int pfn = startPfn; pfn < endPfn; ) {
      int order = 10;
      while (pfn % (1 << order) != 0 || pfn + (1 << order) > endPfn
          || order == 10 && type(pfn) != type(pfn + 512)) {
        order--;
      }
      add(pfn, order, true);
      pfn += 1 << order;
    }
  }

  void add(int pfn, int order, boolean last) {
    headOrder[pfn] = order;
    List<Integer> list = lists.get(order).get(type(pfn));
    list.add(last ? list.size() : 0, pfn);
  }

  void remove(int pfn) {
    boolean there = lists.get(headOrder[pfn]).get(type(pfn)).remove((Integer) pfn);
    if (!there) {
      throw new AssertionError("pfn " + pfn + " is not on its list");
    }
    headOrder[pfn] = -1;
  }

  long free(int type) {
    long pages = 0;
    for (int order = 0; order <= 10; order++) {
      pages += (long) lists.get(order).get(type).size() << order;
    }
    return pages;
  }

  long freePages() {
    return free(0) + free(1) + free(2) + free(3) + free(4);
  }

  void free(int pfn, int order) {
    if (order == 10) {
      free(pfn, 9);
      free(pfn + 512, 9);
      return;
    }
    int type = type(pfn);
    int at = pfn;
    int o = order;
    while (o < 10) {
      int buddy = at ^ 1 << o;
      if (headOrder[buddy] != o) {
        break;
      }
      int buddyType = type(buddy);
      if (o == 9 && buddyType != type && (type > 2 || buddyType > 2)) {
        break;
      }
      remove(buddy);
      typeOfBlock[buddy / 512] = type;
      at = Math.min(at, buddy);
      o++;
    }
    boolean likely = o < 9 && headOrder[(at & ~(1 << o)) ^ 2 << o] == o + 1;
    add(at, o, likely);
  }

  int allocate(int order, int type, int flags) {
    step = 0;
    return take(order, type, flags);
  }

  int bulk(int order, int count, int type, int flags, int[] out) {
    step = 0;
    for (int i = 0; i < count; i++) {
      out[i] = take(order, type, flags);
      if (out[i] < 0) {
        return i;
      }
    }
    return count;
  }

  private int take(int order, int type, int flags) {
    boolean cma = (flags & AllocFlags.CMA) != 0;
    if (cmaHalfRule && cma && free(4) > freePages() / 2) {
      int pfn = smallest(order, 4);
      if (pfn >= 0) {
        return pfn;
      }
    }
    if (step <= 0) {
      int pfn = smallest(order, type);
      if (pfn >= 0) {
        return pfn;
      }
    }
    if (step <= 1 && cma) {
      int pfn = smallest(order, 4);
      if (pfn >= 0) {
        step = merged ? 0 : 1;
        return pfn;
      }
    }
    boolean whole = (flags & AllocFlags.NOFRAGMENT) != 0;
    if (step <= 2) {
      for (int o = 10; o >= (whole ? Math.max(order, 9) : order); o--) {
        for (int other : FALLBACKS[type]) {
          List<Integer> list = lists.get(o).get(other);
          if (list.isEmpty()) {
            continue;
          }
          boolean claimable = o >= 4 || type != 1;
          if (merged && !claimable && o > order) {
            return steal(order, type);
          }
          int pfn = claimable ? claim(list.get(0), o, order, type, other) : -1;
          if (pfn >= 0) {
            step = 0;
            return pfn;
          }
          if (merged) {
            return split(list.get(0), order);
          }
          break;
        }
      }
    }
    if (!merged && !whole) {
      step = 3;
      return steal(order, type);
    }
    return -1;
  }

  private int steal(int order, int type) {
    for (int o = order; o <= 10; o++) {
      for (int other : FALLBACKS[type]) {
        if (!lists.get(o).get(other).isEmpty()) {
          return split(lists.get(o).get(other).get(0), order);
        }
      }
    }
    return -1;
  }

  private int claim(int pfn, int blockOrder, int order, int type, int other) {
    if (blockOrder >= 9) {
      remove(pfn);
      for (int at = pfn; at < pfn + (1 << blockOrder); at += 512) {
        typeOfBlock[at / 512] = type;
      }
      add(pfn, blockOrder, false);
      return split(pfn, order);
    }
    int block = pfn / 512 * 512;
    if (block < startPfn || block + 512 > endPfn) {
      return -1;
    }
    List<Integer> heads = new ArrayList<>();
    int free = 0;
    for (int at = block; at < block + 512; at++) {
      if (headOrder[at] >= 0) {
        heads.add(at);
        free += 1 << headOrder[at];
      }
    }
    int inUse = 512 - free;
    int alike = type == 1 ? movable.count(block, other, inUse) : other == 1 ? inUse - movable.count(block, other, inUse) : 0;
    if (free + alike < 256) {
      return -1;
    }
    retype(block, heads, type);
    return smallest(order, type);
  }

  private void retype(int block, List<Integer> heads, int type) {
    List<Integer> orders = new ArrayList<>();
    for (int at : heads) {
      orders.add(headOrder[at]);
      remove(at);
    }
    typeOfBlock[block / 512] = type;
    for (int i = 0; i < heads.size(); i++) {
      add(heads.get(i), orders.get(i), true);
    }
  }

  /** Only for pageblocks that are not part of a larger free block. */
  void setType(int block, int type) {
    if (headOrder[block] == 9) {
      remove(block);
      typeOfBlock[block / 512] = type;
      free(block, 9);
      return;
    }
    List<Integer> heads = new ArrayList<>();
    for (int at = block; at < block + 512; at++) {
      if (headOrder[at] >= 0) {
        heads.add(at);
      }
    }
    retype(block, heads, type);
  }

  /** First page of [from, end) that no free block covers, -1 if there is none. */
  int firstBusy(int from, int end) {
    for (int pfn = from; pfn < end; pfn++) {
      if (headOf(pfn) < 0) {
        return pfn;
      }
    }
    return -1;
  }

  private int headOf(int pfn) {
    for (int order = 0; order <= 10; order++) {
      if (headOrder[pfn & -(1 << order)] == order) {
        return pfn & -(1 << order);
      }
    }
    return -1;
  }

  /** Takes free pages out; what is left of a block that is cut goes back in the largest aligned blocks, lowest first. */
  void take(int from, int end) {
    for (int pfn = from; pfn < end; ) {
      int head = headOf(pfn);
      int blockEnd = head + (1 << headOrder[head]);
      remove(head);
      addPieces(head, pfn);
      pfn = Math.min(blockEnd, end);
      addPieces(pfn, blockEnd);
    }
  }

  private void addPieces(int from, int end) {
    for (int pfn = from; pfn < end; ) {
      int order = 10;
      while (pfn % (1 << order) != 0 || pfn + (1 << order) > end) {
        order--;
      }
      add(pfn, order, false);
      pfn += 1 << order;
    }
  }

  private int smallest(int order, int type) {
    for (int o = order; o <= 10; o++) {
      if (!lists.get(o).get(type).isEmpty()) {
        return split(lists.get(o).get(type).get(0), order);
      }
    }
    return -1;
  }

  private int split(int pfn, int order) {
    int high = headOrder[pfn];
    remove(pfn);
    for (int o = high - 1; o >= order; o--) {
      add(pfn + (1 << o), o, false);
    }
    return pfn;
  }
}
