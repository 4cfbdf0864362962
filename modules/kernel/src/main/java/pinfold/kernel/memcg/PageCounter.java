package pinfold.kernel.memcg;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.VmCounter;

/**
 * The memory counters of a cgroup below the root and of all cgroups below it, with their limits (mm/page_counter.c, memory.max;
 * mm/memcontrol.c, 6.12). A charge goes to a cgroup and to all above it, or to none; in the kernel one after the other, here at once. CPUs
 * charge 64 pages and keep what they do not use as a stock.
 *
 * <p>Requests: MEMCG_CHARGE (after sent-at and task) pages, pages at least, cgroup: charges the first if that stays within every limit,
 * else the second, else nothing; answered by what was charged and, if it is nothing, the lowest cgroup whose limit stood in the way.
 * MEMCG_UNCHARGE pages, cgroup, unanswered. The cgroup is left out where it is the one that the counter is called by.
 */
public final class PageCounter extends Entity implements Counting {
  private final Directory directory;
  private final int top;
  /** By cgroup. */
  private final long[] usedPages;
  private final long[] mostPages;

  /** @param top the cgroup whose parent is the root; the limits are those that the directory knows */
  public PageCounter(Directory directory, int top, long seed) {
    super(directory.memcg(top), seed);
    this.directory = directory;
    this.top = top;
    this.usedPages = new long[1 + directory.memcgTree().size()];
    this.mostPages = new long[usedPages.length];
  }

  @Override
  public String name() {
    return "memcg" + top;
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.MEMCG_CHARGE -> {
        int memcg = event.length() > 4 ? event.intWord(4) : top;
        long charged = event.word(2);
        int limiting = limiting(memcg, charged);
        if (limiting != 0) {
          long least = event.word(3);
          limiting = limiting(memcg, least);
          charged = limiting == 0 ? least : 0;
        }
        add(memcg, charged);
        long at = nowNanos() + directory.links().latencyNanos(id(), event.origin());
        EventBatch out = open(event.origin(), at, Messages.MEMCG_CHARGED).add(event.word(1)).add(charged);
        (limiting == 0 || limiting == memcg ? out : out.add(limiting)).close();
      }
      case Messages.MEMCG_UNCHARGE -> add(event.length() > 1 ? event.intWord(1) : top, -event.word(0));
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  /** The first on the way up that has no room for so many pages more, 0 if all have. */
  private int limiting(int memcg, long pages) {
    for (int at = memcg; at != 0; at = directory.memcgTree().parent(at)) {
      if (usedPages[at] + pages > directory.reclaimSpec().limitPages().get(at - 1)) {
        return at;
      }
    }
    return 0;
  }

  private void add(int memcg, long pages) {
    for (int at = memcg; at != 0; at = directory.memcgTree().parent(at)) {
      usedPages[at] += pages;
      mostPages[at] = Math.max(mostPages[at], usedPages[at]);
      assert usedPages[at] >= 0 : "memcg" + at + ": more pages uncharged than charged";
    }
  }

  /**
   * Pages charged to one of its cgroups, those below it and those in the stocks of CPUs included; read it only while no window
   * runs.
   */
  public long usedPages(int memcg) {
    return usedPages[memcg];
  }

  /** The most that ever were. */
  public long mostPages(int memcg) {
    return mostPages[memcg];
  }

  @Override
  public Counters counters() {
    Counters counters = new Counters();
    counters.add(VmCounter.NR_MEMCG_CHARGED, usedPages[top]);
    return counters;
  }

  @Override
  public void hashState(StateHash hash) {
    for (int memcg : directory.memcgTree().subtree(top)) {
      hash.add(usedPages[memcg]).add(mostPages[memcg]);
    }
  }
}
