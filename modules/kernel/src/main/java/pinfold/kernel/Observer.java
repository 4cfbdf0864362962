package pinfold.kernel;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.EventBatch;
import pinfold.engine.StateHash;

/**
 * Hears what became of tasks and pins, and ends the run when everybody it waits for has told, a load among them was killed, or the machine
 * panics.
 */
public final class Observer extends Entity {
  /** A task that ended; {@code label} as its program said. */
  public record TaskEnd(int cpu, int task, long result, long startNanos, long endNanos, int label) {}

  /**
   * A call that went round and round in __gup_longterm_locked() and was given up.
   *
   * @param sameRounds rounds at the end that found the same pages as the one before
   * @param movedPages pages that each of them moved; 0 when they could isolate nothing
   * @param inCma every one of these pages was in CMA, before and after
   * @param fromPfn where the first of them came from in the last move, -1 when nothing moved
   * @param toPfn where it went
   */
  public record Livelock(int task, int sameRounds, int movedPages, boolean inCma, int fromPfn, int toPfn) {}

  /**
   * One call that pinned long-term.
   *
   * @param outcome 0 or a negative errno
   * @param rounds rounds of __gup_longterm_locked()
   * @param leftUnpinnable pages of a successful call that may not be pinned there and are
   * @param blamedPfn the first folio that could not be moved, -1 when none
   * @param unpinnable pages that may not be pinned where they are, counted before anything was collected; small pages only
   * @param heldHere those of them that the pinning CPU's own batches, mlock apart, held when the first walk was over
   * @param blame why: (CPU &lt;&lt; 3 | batch kind) + 1 of who queued it last &lt;&lt; 1, unaccounted references &lt;&lt; 32
   * @param livelock what it went round over when it was given up, else null
   */
  public record PinCall(int cpu, int space, int firstPage, int pages, long outcome, long startNanos, long endNanos, int rounds,
      int localDrains, int ownerDrains, int allDrains, int collected, int leftUnpinnable, int migrated, int failed,
      int blamedPfn, long blame, int unpinnable, int heldHere, Livelock livelock) {
    private static final int WORDS = 19;

    /** CPU that queued the blamed folio last, -1 when no batch is known to hold it. */
    public int blamedCpu() {
      int holder = (int) (blame & 0xFFFFFFFFL) >>> 1;
      return blame == 0 || holder == 0 ? -1 : holder - 1 >>> 3;
    }

    /** Ordinal of the {@link pinfold.kernel.folio.BatchKind} that held it, -1 when none is known. */
    public int blamedKind() {
      int holder = (int) (blame & 0xFFFFFFFFL) >>> 1;
      return blame == 0 || holder == 0 ? -1 : holder - 1 & 7;
    }

    /** References to it that nothing accounted for. */
    public int unexpectedReferences() {
      return (int) (blame >> 32);
    }
  }

  /**
   * How bad a task is, by its address space: a line of what the kernel dumps when it is out of memory.
   *
   * @param mappedPages its rss
   * @param pageTables of the lowest level
   * @param points what oom_badness() says
   */
  public record Badness(int space, long mappedPages, long swapEntries, long pageTables, int oomScoreAdj, long points) {
    private static final int WORDS = 6;

    /**
     * oom_badness() (mm/oom_kill.c, 6.12).
     *
     * @param totalPages memory and swap that there are for those among whom one is chosen
     */
    public static Badness of(int space, long mappedPages, long swapEntries, long pageTables, int oomScoreAdj, long totalPages) {
      long points = mappedPages + swapEntries + pageTables + oomScoreAdj * (totalPages / 1000);
      return new Badness(space, mappedPages, swapEntries, pageTables, oomScoreAdj, points);
    }

    /** Whether nothing of the task is there. */
    public boolean isEmpty() {
      return mappedPages + swapEntries + pageTables == 0;
    }

    public void addTo(EventBatch out) {
      out.add(space).add(mappedPages).add(swapEntries).add(pageTables).add(oomScoreAdj).add(points);
    }

    private static Badness read(Event event, int at) {
      return new Badness(event.intWord(at), event.word(at + 1), event.word(at + 2), event.word(at + 3), event.intWord(at + 4),
          event.word(at + 5));
    }
  }

  /**
   * An allocation, or a charge to a memory cgroup, that reclaim could not make room for.
   *
   * @param cpu where the task ran that asked for it
   * @param task that one
   * @param memcg the memory cgroup at its limit, 0 if the machine had no page
   * @param victim address space whose tasks were killed, -1 if there was none that may be: then the kernel panics, if it is the machine
   * @param victimCpu where the first of these tasks was
   * @param victimTask and which it was
   * @param totalPages what an oom_score_adj of 1000 stands for
   * @param worst those with most points, most first
   * @param generations of anonymous memory, with MGLRU; 0 otherwise
   * @param oldestFolios folios linked in the oldest of them
   * @param clearFolios those of them whose PG_lru is clear, so that no scan can take them
   * @param holders which batches held those: (CPU &lt;&lt; 3 | batch kind) &lt;&lt; 32 | how many
   */
  public record OomKill(int cpu, int task, int memcg, long atNanos, int victim, int victimCpu, int victimTask, long totalPages,
      List<Badness> worst, int generations, long oldestFolios, long clearFolios, List<Long> holders) {
    private static final int WORDS = 10;

    /** Whether the machine is deadlocked on memory. */
    public boolean panics() {
      return victim < 0 && memcg == 0;
    }
  }

  private final List<TaskEnd> taskEnds = new ArrayList<>();
  private final List<PinCall> pinCalls = new ArrayList<>();
  private final List<OomKill> oomKills = new ArrayList<>();
  private final long stopDelayNanos;
  private int awaited;

  /**
   * @param awaited tasks after whose end the run stops; 0 never stops it
   * @param stopDelayNanos time between the last end and the stop, at least the longest link
   */
  public Observer(long seed, int awaited, long stopDelayNanos) {
    super(Directory.OBSERVER, seed);
    this.awaited = awaited;
    this.stopDelayNanos = stopDelayNanos;
  }

  @Override
  public String name() {
    return "observer";
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.TASK_DONE -> {
        taskEnds.add(new TaskEnd(event.intWord(0), event.intWord(1), event.word(2), event.word(3), event.word(4),
            event.intWord(5)));
        if (awaited > 0 && --awaited == 0) {
          stopAt(nowNanos() + stopDelayNanos);
        }
      }
      case Messages.PIN_CALL -> pinCalls.add(new PinCall(event.intWord(0), event.intWord(1), event.intWord(2), event.intWord(3),
          event.word(4), event.word(5), event.word(6), event.intWord(7), event.intWord(8), event.intWord(9), event.intWord(10),
          event.intWord(11), event.intWord(12), event.intWord(13), event.intWord(14), event.intWord(15), event.word(16),
          event.intWord(17), event.intWord(18), livelock(event)));
      case Messages.OOM_KILL -> {
        oomKills.add(oomKill(event));
        if (awaited > 0 && event.word(4) != 0 || oomKills.getLast().panics()) {
          stopAt(nowNanos() + stopDelayNanos);
        }
      }
      default -> throw new IllegalStateException("the observer got a message of kind " + event.kind());
    }
  }

  private static Livelock livelock(Event event) {
    int at = PinCall.WORDS;
    return event.length() == at ? null : new Livelock(event.intWord(at), event.intWord(at + 1), event.intWord(at + 2),
        event.word(at + 3) != 0, event.intWord(at + 4), event.intWord(at + 5));
  }

  private static OomKill oomKill(Event event) {
    List<Badness> worst = new ArrayList<>();
    for (int i = 0; i < event.intWord(9); i++) {
      worst.add(Badness.read(event, OomKill.WORDS + i * Badness.WORDS));
    }
    int at = OomKill.WORDS + worst.size() * Badness.WORDS;
    List<Long> holders = new ArrayList<>();
    for (int i = at + 3; i < event.length(); i++) {
      holders.add(event.word(i));
    }
    boolean generational = event.length() > at;
    return new OomKill(event.intWord(0), event.intWord(1), event.intWord(2), event.word(3), event.intWord(5), event.intWord(6),
        event.intWord(7), event.word(8), worst, generational ? event.intWord(at) : 0, generational ? event.word(at + 1) : 0,
        generational ? event.word(at + 2) : 0, holders);
  }

  /** OOM kills, in the order in which the observer heard. */
  public List<OomKill> oomKills() {
    return List.copyOf(oomKills);
  }

  /** Ended tasks, in the order in which the observer heard. */
  public List<TaskEnd> taskEnds() {
    return List.copyOf(taskEnds);
  }

  /** Pin calls from this one on, counted from 0; for who follows a run. */
  public List<PinCall> pinCallsFrom(int first) {
    return List.copyOf(pinCalls.subList(first, pinCalls.size()));
  }

  /** Pin calls, in the order in which the observer heard. */
  public List<PinCall> pinCalls() {
    return List.copyOf(pinCalls);
  }

  @Override
  public void hashState(StateHash hash) {
    for (OomKill kill : oomKills) {
      hash.add(kill.cpu).add(kill.memcg).add(kill.victim).add(kill.atNanos).add(kill.clearFolios);
    }
    for (TaskEnd end : taskEnds) {
      hash.add(end.cpu).add(end.task).add(end.result).add(end.endNanos);
    }
    for (PinCall call : pinCalls) {
      hash.add(call.firstPage).add(call.outcome).add(call.endNanos).add(call.allDrains).add(call.migrated).add(call.blame);
    }
  }
}
