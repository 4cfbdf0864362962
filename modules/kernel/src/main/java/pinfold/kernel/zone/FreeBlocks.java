package pinfold.kernel.zone;

import java.util.Arrays;
import pinfold.engine.StateHash;

/**
 * The free blocks that have been touched: doubly linked lists by (order, type), and an index that finds a block by its first
 * page, which is how a freed page finds its buddy. Costs 32 to 48 bytes per free block, nothing per page.
 *
 * <p>The index is an open-addressing table of longs (pfn 30 bits, order 4, node 30). Eight neighbouring pfns share a cache line,
 * because buddies of small order are neighbours.
 */
final class FreeBlocks {
  private static final int LISTS = BuddyOrders.ORDERS * MigrateType.COUNT;
  private static final int NODE_BITS = 30;
  private static final int ORDER_BITS = 4;
  private static final long NODE_MASK = (1L << NODE_BITS) - 1;
  private static final int ORDER_MASK = (1 << ORDER_BITS) - 1;
  private static final int PFN_SHIFT = NODE_BITS + ORDER_BITS;

  /** Fields of a node, four ints: one cache line holds four nodes. */
  private static final int PFN = 0;
  private static final int NEXT = 1;
  private static final int PREVIOUS = 2;
  private static final int STRIDE = 4;

  /** 0 is no node. */
  private final int[] head = new int[LISTS];
  private final int[] tail = new int[LISTS];
  private int[] nodes = new int[64 * STRIDE];
  private int unusedNode;
  private int nextNewNode = 1;

  private long[] index = new long[256];
  private int used;

  /** First page of the first block of a list, -1 if it is empty. */
  int first(int order, int type) {
    int node = head[list(order, type)];
    return node == 0 ? -1 : nodes[node * STRIDE + PFN];
  }

  /** Whether a block of this order begins at this page. */
  boolean contains(int pfn, int order) {
    return orderAt(pfn) == order;
  }

  /** Order of the block that begins at this page, -1 if none does. */
  int orderAt(int pfn) {
    int slot = find(pfn);
    return slot < 0 ? -1 : (int) (index[slot] >>> NODE_BITS) & ORDER_MASK;
  }

  void addFirst(int pfn, int order, int type) {
    int list = list(order, type);
    int node = newNode(pfn, order);
    int next = head[list];
    nodes[node * STRIDE + NEXT] = next;
    nodes[node * STRIDE + PREVIOUS] = 0;
    head[list] = node;
    if (next == 0) {
      tail[list] = node;
    } else {
      nodes[next * STRIDE + PREVIOUS] = node;
    }
  }

  void addLast(int pfn, int order, int type) {
    int list = list(order, type);
    int node = newNode(pfn, order);
    int previous = tail[list];
    nodes[node * STRIDE + NEXT] = 0;
    nodes[node * STRIDE + PREVIOUS] = previous;
    tail[list] = node;
    if (previous == 0) {
      head[list] = node;
    } else {
      nodes[previous * STRIDE + NEXT] = node;
    }
  }

  /** Takes the block at pfn out, if it is there with this order; the type is that of its pageblock. */
  boolean removeIfPresent(int pfn, int order, int type) {
    int slot = find(pfn);
    if (slot < 0 || ((int) (index[slot] >>> NODE_BITS) & ORDER_MASK) != order) {
      return false;
    }
    removeSlot(slot, list(order, type));
    return true;
  }

  /** Takes a block out that must be there. */
  void remove(int pfn, int order, int type) {
    if (!removeIfPresent(pfn, order, type)) {
      throw new IllegalStateException("no free block of order " + order + " at pfn " + pfn);
    }
  }

  private void removeSlot(int slot, int list) {
    int node = (int) (index[slot] & NODE_MASK);
    int next = nodes[node * STRIDE + NEXT];
    int previous = nodes[node * STRIDE + PREVIOUS];
    if (previous == 0) {
      assert head[list] == node : "free block at pfn " + nodes[node * STRIDE + PFN] + " is not on its pageblock's list";
      head[list] = next;
    } else {
      nodes[previous * STRIDE + NEXT] = next;
    }
    if (next == 0) {
      assert tail[list] == node : "free block at pfn " + nodes[node * STRIDE + PFN] + " is not on its pageblock's list";
      tail[list] = previous;
    } else {
      nodes[next * STRIDE + PREVIOUS] = previous;
    }
    nodes[node * STRIDE + NEXT] = unusedNode;
    unusedNode = node;
    clearSlot(slot);
  }

  /** Folds the lists in order, so that two zones with equal hashes will hand out the same pages. */
  void hashState(StateHash hash) {
    for (int list = 0; list < LISTS; list++) {
      for (int node = head[list]; node != 0; node = nodes[node * STRIDE + NEXT]) {
        hash.add((long) list << 32 | nodes[node * STRIDE + PFN]);
      }
    }
  }

  private static int list(int order, int type) {
    return order * MigrateType.COUNT + type;
  }

  private int newNode(int pfn, int order) {
    int node = unusedNode;
    if (node != 0) {
      unusedNode = nodes[node * STRIDE + NEXT];
    } else {
      node = nextNewNode++;
      if (node * STRIDE >= nodes.length) {
        nodes = Arrays.copyOf(nodes, nodes.length * 2);
      }
    }
    nodes[node * STRIDE + PFN] = pfn;
    if (++used * 2 > index.length) {
      growIndex();
    }
    fill((long) pfn << PFN_SHIFT | (long) order << NODE_BITS | node);
    return node;
  }

  private int find(int pfn) {
    int mask = index.length - 1;
    for (int slot = slot(pfn); index[slot] != 0; slot = (slot + 1) & mask) {
      if (index[slot] >>> PFN_SHIFT == pfn) {
        return slot;
      }
    }
    return -1;
  }

  private int slot(int pfn) {
    int line = ((pfn >>> 3) * 0x9E3779B1) >>> 4;
    return (line << 3 | pfn & 7) & (index.length - 1);
  }

  private void fill(long entry) {
    int slot = slot((int) (entry >>> PFN_SHIFT));
    while (index[slot] != 0) {
      slot = (slot + 1) & (index.length - 1);
    }
    index[slot] = entry;
  }

  /** Closes the gap, so that no search stops early. */
  private void clearSlot(int slot) {
    used--;
    int mask = index.length - 1;
    int gap = slot;
    for (int next = (gap + 1) & mask; index[next] != 0; next = (next + 1) & mask) {
      int wanted = slot((int) (index[next] >>> PFN_SHIFT));
      if (((next - wanted) & mask) >= ((next - gap) & mask)) {
        index[gap] = index[next];
        gap = next;
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
