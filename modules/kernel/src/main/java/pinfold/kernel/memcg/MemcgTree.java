package pinfold.kernel.memcg;

import java.util.ArrayList;
import java.util.List;

/**
 * Which memory cgroup is below which; 0 is the root, and a cgroup has a higher number than its parent. Descendants are visited as
 * css_for_each_descendant_pre() does (kernel/cgroup/cgroup.c, 6.12): a cgroup before its children, those by number, each with all below it.
 */
public final class MemcgTree {
  /** Levels below the root at most. */
  public static final int MOST_LEVELS = 15;

  private final int[] parents;
  private final List<Integer> order = new ArrayList<>();
  private final int[] position;
  private final int[] end;
  private final List<Integer> topLevel = new ArrayList<>();
  /** By cgroup: position of the one below the root that it is, or is below. */
  private final int[] topLevelIndex;

  /** @param parentOf parent of cgroup 1, 2 and so on */
  public MemcgTree(List<Integer> parentOf) {
    this.parents = new int[1 + parentOf.size()];
    this.position = new int[parents.length];
    this.end = new int[parents.length];
    this.topLevelIndex = new int[parents.length];
    for (int memcg = 1; memcg < parents.length; memcg++) {
      parents[memcg] = parentOf.get(memcg - 1);
      if (parents[memcg] < 0 || parents[memcg] >= memcg) {
        throw new IllegalArgumentException("memory cgroup " + memcg + " below " + parents[memcg] + ": the parent must have a lower number");
      }
      topLevelIndex[memcg] = parents[memcg] == 0 ? topLevel.size() : topLevelIndex[parents[memcg]];
      if (parents[memcg] == 0) {
        topLevel.add(memcg);
      }
    }
    visit(0, 0);
  }

  private void visit(int memcg, int level) {
    if (level > MOST_LEVELS) {
      throw new IllegalArgumentException("memory cgroup " + memcg + " is more than " + MOST_LEVELS + " levels below the root");
    }
    position[memcg] = order.size();
    order.add(memcg);
    for (int child = memcg + 1; child < parents.length; child++) {
      if (parents[child] == memcg) {
        visit(child, level + 1);
      }
    }
    end[memcg] = order.size();
  }

  /** Cgroups beside the root. */
  public int size() {
    return parents.length - 1;
  }

  /** Of the root itself too, 0. */
  public int parent(int memcg) {
    return parents[memcg];
  }

  /** The one whose parent is the root and that a cgroup is, or is below. */
  public int topLevelOf(int memcg) {
    return topLevel.get(topLevelIndex[memcg]);
  }

  /** Position of that one in {@link #topLevel}. */
  public int topLevelIndex(int memcg) {
    return topLevelIndex[memcg];
  }

  /** Those whose parent is the root, by number. */
  public List<Integer> topLevel() {
    return topLevel;
  }

  /** How many levels a cgroup is below another one, 0 if it is that one. */
  public int levelsBelow(int memcg, int above) {
    int levels = 0;
    for (int at = memcg; at != above; at = parents[at]) {
      assert at != 0 : "memory cgroup " + memcg + " is not below " + above;
      levels++;
    }
    return levels;
  }

  /** The cgroup so many levels above another one. */
  public int above(int memcg, int levels) {
    int at = memcg;
    for (int i = 0; i < levels; i++) {
      at = parents[at];
    }
    return at;
  }

  /** The cgroup after {@code memcg} of those below {@code top}, -1 at the end. */
  public int next(int top, int memcg) {
    int next = position[memcg] + 1;
    return next < end[top] ? order.get(next) : -1;
  }

  /** A cgroup and all below it, in order. */
  public List<Integer> subtree(int top) {
    return order.subList(position[top], end[top]);
  }
}
