package pinfold.kernel.memcg;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.count.Counters;
import pinfold.kernel.count.Counting;
import pinfold.kernel.count.VmCounter;

/**
 * The memory counter of one cgroup and its limit (mm/page_counter.c, memory.max; mm/memcontrol.c, 6.12). CPUs charge 64 pages at once
 * and keep what they do not use as a stock.
 *
 * <p>Requests: MEMCG_CHARGE (after sent-at and task) pages, pages at least: charges the first if that stays within the limit, else the
 * second, else nothing; answered by what was charged. MEMCG_UNCHARGE pages, unanswered.
 */
public final class PageCounter extends Entity implements Counting {
  private final Directory directory;
  private final int memcg;
  private final long limitPages;
  private long usedPages;
  private long mostPages;

  /** @param limitPages memory.max in pages */
  public PageCounter(Directory directory, int memcg, long seed, long limitPages) {
    super(directory.memcg(memcg), seed);
    this.directory = directory;
    this.memcg = memcg;
    this.limitPages = limitPages;
  }

  @Override
  public String name() {
    return "memcg" + memcg;
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.MEMCG_CHARGE -> {
        long wanted = event.word(2);
        long least = event.word(3);
        long charged = usedPages + wanted <= limitPages ? wanted : usedPages + least <= limitPages ? least : 0;
        usedPages += charged;
        mostPages = Math.max(mostPages, usedPages);
        long at = nowNanos() + directory.links().latencyNanos(id(), event.origin());
        open(event.origin(), at, Messages.MEMCG_CHARGED).add(event.word(1)).add(charged).close();
      }
      case Messages.MEMCG_UNCHARGE -> {
        usedPages -= event.word(0);
        assert usedPages >= 0 : name() + ": more pages uncharged than charged";
      }
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  /** Pages charged, those in the stocks of CPUs included; read it only while no window runs. */
  public long usedPages() {
    return usedPages;
  }

  /** The most that ever were. */
  public long mostPages() {
    return mostPages;
  }

  @Override
  public Counters counters() {
    Counters counters = new Counters();
    counters.add(VmCounter.NR_MEMCG_CHARGED, usedPages);
    return counters;
  }

  @Override
  public void hashState(StateHash hash) {
    hash.add(usedPages).add(mostPages);
  }
}
