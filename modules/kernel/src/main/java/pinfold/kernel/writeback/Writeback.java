package pinfold.kernel.writeback;

import pinfold.engine.Entity;
import pinfold.engine.Event;
import pinfold.engine.StateHash;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.folio.LongList;

/**
 * What is dirty in the page cache of the disk that has the files, and what its flusher is to write next (struct bdi_writeback,
 * fs/fs-writeback.c; balance_dirty_pages(), mm/page-writeback.c, 6.12). The flusher itself is a task of a CPU.
 *
 * <p>Simplified: a writer sleeps while more than the limit is dirty or under writeback, where the kernel slows it down from half-way
 * between the two limits on, by pauses that follow the speed of the disk. Files take turns of so many pages each; there is one list of them.
 *
 * <p>FILE_DIRTIED (sent at, task, file, pages), answered by MAY_WRITE, with 1 if the task slept, and then by TASK_SLEEPS before.
 * WAKE_FLUSHER, unanswered: reclaim meets nothing but dirty files (wakeup_flusher_threads()). FILES_WRITTEN pages, unanswered: from
 * the interrupt. From the flusher: FLUSHER_NEXT (sent at, task, pages that it has begun to write of the file that it was told),
 * answered by a file and how many pages at most, or -1: sleep. To its CPU: FLUSHER_RUN.
 */
public final class Writeback extends Entity {
  /** MAX_WRITEBACK_PAGES, or 4 MiB: what is written of one file before the next has its turn (writeback_chunk_size()). */
  private static final int CHUNK_PAGES = 1024;
  private static final int NONE = -1;

  private final Directory directory;
  private final DirtyLimits limits;
  private final long[] dirtyOf;
  /** When the file became dirty. */
  private final long[] dirtiedAt;
  /** Dirty files, in the order of their turns. */
  private final LongList order = new LongList();
  private long dirty;
  private long underWriteback;
  /** Pages that reclaim has asked for. */
  private long wanted;
  private boolean runs;
  private int current = NONE;
  /** Nothing could be written in this turn of all files, so the flusher waits until something is. */
  private int inVain;
  private boolean timerArmed;
  private long answeredAtNanos;
  /** Who waits to write on: entity &lt;&lt; 32 | task. */
  private final LongList writers = new LongList();

  public Writeback(Directory directory, long seed, DirtyLimits limits, int files) {
    super(directory.writeback(), seed);
    this.directory = directory;
    this.limits = limits;
    this.dirtyOf = new long[files];
    this.dirtiedAt = new long[files];
  }

  @Override
  public String name() {
    return "writeback";
  }

  @Override
  protected void handle(Event event) {
    switch (event.kind()) {
      case Messages.FILE_DIRTIED -> dirtied(event);
      case Messages.WAKE_FLUSHER -> {
        wanted = Math.max(0, dirty);
        wake();
      }
      case Messages.FILES_WRITTEN -> {
        underWriteback -= event.word(0);
        inVain = 0;
        letWrite();
        wake();
      }
      case Messages.FLUSHER_NEXT -> next(event);
      case Messages.WRITEBACK_TIMER -> {
        timerArmed = false;
        inVain = 0;
        arm();
        wake();
      }
      default -> throw new IllegalStateException(name() + " got a message of kind " + event.kind());
    }
  }

  private int placeOf(int file) {
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) == file) {
        return i;
      }
    }
    return -1;
  }

  /** balance_dirty_pages_ratelimited(), once for each call that writes. */
  private void dirtied(Event event) {
    int file = event.intWord(2);
    long pages = event.word(3);
    dirtyOf[file] += pages;
    dirty += pages;
    if (dirtyOf[file] > 0 && placeOf(file) < 0) {
      order.add(file);
      dirtiedAt[file] = nowNanos();
    }
    arm();
    wake();
    if (isOverLimit()) {
      open(event.origin(), nowNanos() + latency(event.origin()), Messages.TASK_SLEEPS).add(event.word(1)).close();
      writers.add((long) event.origin() << 32 | event.word(1));
    } else {
      letWrite(event.origin(), event.intWord(1), false);
    }
  }

  private boolean isOverLimit() {
    return dirty + underWriteback > limits.dirtyPages();
  }

  private void letWrite() {
    if (isOverLimit()) {
      return;
    }
    for (int i = 0; i < writers.size(); i++) {
      letWrite((int) (writers.get(i) >>> 32), (int) writers.get(i), true);
    }
    writers.clear();
  }

  private void letWrite(int cpu, int task, boolean slept) {
    open(cpu, nowNanos() + latency(cpu), Messages.MAY_WRITE).add(task).add(slept ? 1 : 0).close();
  }

  private void arm() {
    if (!timerArmed && dirty > 0) {
      timerArmed = true;
      schedule(nowNanos() + limits.intervalNanos(), Messages.WRITEBACK_TIMER);
    }
  }

  private void wake() {
    if (!runs && choose() != NONE) {
      runs = true;
      int cpu = directory.cpu(directory.flusherCpu());
      open(cpu, Math.max(answeredAtNanos, nowNanos() + latency(cpu)), Messages.FLUSHER_RUN).close();
    }
  }

  /** The file to write from, {@link #NONE} where nothing has to be written: all for reclaim or in the background, else the expired ones. */
  private int choose() {
    boolean any = wanted > 0 || dirty > limits.backgroundPages();
    for (int i = 0; inVain <= order.size() && i < order.size(); i++) {
      int file = (int) order.get(i);
      if (any || dirtiedAt[file] + limits.expireNanos() <= nowNanos()) {
        return file;
      }
    }
    return NONE;
  }

  private void next(Event event) {
    if (current != NONE) {
      began(event.word(2));
    }
    current = choose();
    runs = current != NONE;
    answeredAtNanos = Math.max(event.word(0), nowNanos() + latency(event.origin()));
    open(event.origin(), answeredAtNanos, Messages.FLUSHER_NEXT_IS).add(event.word(1)).add(current).add(CHUNK_PAGES).close();
  }

  /**
   * So many pages of the current file are being written; if it has more, others have their turn first. The flusher may have found pages
   * of which the writer has yet to tell.
   */
  private void began(long pages) {
    dirtyOf[current] -= pages;
    dirty -= pages;
    underWriteback += pages;
    wanted = Math.max(0, Math.min(wanted - pages, dirty));
    inVain = pages == 0 ? inVain + 1 : 0;
    order.remove(placeOf(current));
    if (dirtyOf[current] > 0) {
      order.add(current);
    }
  }

  private long latency(int entity) {
    return directory.links().latencyNanos(id(), entity);
  }

  /** Pages that are dirty, as far as it knows; read it only while no window runs. */
  public long dirty() {
    return dirty;
  }

  /** Pages of files under writeback, as far as it knows; read it only while no window runs. */
  public long underWriteback() {
    return underWriteback;
  }

  /** Tasks that wait to write on; read it only while no window runs. */
  public int writersWaiting() {
    return writers.size();
  }

  @Override
  public void hashState(StateHash hash) {
    hash.addAll(dirtyOf, 0, dirtyOf.length).addAll(dirtiedAt, 0, dirtiedAt.length).addAll(order.words(), 0, order.size())
        .add(dirty).add(underWriteback).add(wanted).add((runs ? 1 : 0) | (timerArmed ? 2 : 0)).add(current).add(inVain).add(answeredAtNanos)
        .addAll(writers.words(), 0, writers.size());
  }
}
