package pinfold.kernel.swap;

import java.util.Arrays;
import java.util.function.Consumer;
import pinfold.engine.StateHash;

/**
 * A disk's arm and the requests that wait for it, in the order of the deadline elevator (block/deadline-iosched.c, v4.8). It goes upwards
 * through up to 16 requests of one direction. Then reads are next, unless they have been twice while something was to be written. A batch
 * begins where the last one of that direction would have gone on, or with the oldest request if that is half a second old, of writes five,
 * or nothing lies ahead. A page that is written behind a request that waits is merged with it, to 128 pages (BLK_MAX_SEGMENTS). So many
 * requests may be there to be written, and any number to be read.
 *
 * <p>Left out: merges before a request and of two requests, requests that the disk has taken beyond the one that it works on, and that a
 * batch does not see what has come to lie ahead of it since its last request began.
 */
final class DiskQueue {
  private static final int BATCH = 16;
  private static final int WRITES_STARVED = 2;
  private static final long READ_EXPIRE_NANOS = 500_000_000L;
  private static final long WRITE_EXPIRE_NANOS = 5_000_000_000L;
  private static final int MAX_PAGES = 128;

  private final int depth;
  private final long seekNanos;
  private final long readNanos;
  private final long writeNanos;
  /** In order of arrival. */
  private DiskRequest[] queued = new DiskRequest[16];
  private int count;
  private int writes;
  private DiskRequest current;
  /** Where the arm is: behind the page that it was last at. */
  private long arm;
  private boolean lastWrote;
  private int batched = BATCH;
  private int starved;

  DiskQueue(int depth, long seekNanos, long readNanos, long writeNanos) {
    this.depth = depth;
    this.seekNanos = seekNanos;
    this.readNanos = readNanos;
    this.writeNanos = writeNanos;
  }

  /** Reads into pages that nobody knows of yet, for a task. */
  void readSlots(long nowNanos, int origin, long task, long place, int pages) {
    add(DiskRequest.read(origin, task, nowNanos, place, pages));
  }

  /** Reads into page cache: so many pfns, from a position on. */
  void readFile(long nowNanos, int origin, long place, long[] pfns, int from, int pages) {
    DiskRequest request = DiskRequest.read(origin, 0, nowNanos, place, 0);
    for (int i = from; i < from + pages; i++) {
      request.add((int) pfns[i]);
    }
    add(request);
  }

  /**
   * Takes a page to be written, if it can be merged or there is room for a request.
   *
   * @param mayAdd nobody else waits for room
   */
  boolean write(long nowNanos, int origin, int pfn, long place, boolean mayAdd) {
    for (int i = 0; i < count; i++) {
      if (queued[i].write() && queued[i].end() == place && queued[i].pages() < MAX_PAGES) {
        queued[i].add(pfn);
        return true;
      }
    }
    if (!mayAdd || writes == depth) {
      return false;
    }
    writes++;
    DiskRequest request = DiskRequest.write(origin, nowNanos, place);
    request.add(pfn);
    add(request);
    return true;
  }

  private void add(DiskRequest request) {
    queued = count == queued.length ? Arrays.copyOf(queued, 2 * count) : queued;
    queued[count++] = request;
  }

  /** If the disk is idle and has something to do, begins it; returns when it will be done, else -1. */
  long begin(long nowNanos) {
    if (current != null || count == 0) {
      return -1;
    }
    int next = next(nowNanos);
    current = queued[next];
    System.arraycopy(queued, next + 1, queued, next, --count - next);
    queued[count] = null;
    long seek = current.place() == arm ? 0 : seekNanos;
    arm = current.end();
    lastWrote = current.write();
    return nowNanos + seek + current.pages() * (current.write() ? writeNanos : readNanos);
  }

  /** What it works on is done. */
  DiskRequest complete() {
    DiskRequest done = current;
    writes -= done.write() ? 1 : 0;
    current = null;
    return done;
  }

  /** Whether a task, of a CPU, waits for something yet. */
  boolean reads(int origin, long task) {
    for (int i = 0; i < count; i++) {
      if (!queued[i].write() && queued[i].pfns().isEmpty() && queued[i].origin() == origin && queued[i].task() == task) {
        return true;
      }
    }
    return false;
  }

  private int next(long nowNanos) {
    int ahead = ahead(lastWrote);
    if (ahead >= 0 && batched < BATCH) {
      batched++;
      return ahead;
    }
    batched = 1;
    int oldestRead = oldest(false);
    int oldestWrite = oldest(true);
    boolean write = oldestRead < 0 || oldestWrite >= 0 && starved++ >= WRITES_STARVED;
    starved = write ? 0 : starved;
    int oldest = write ? oldestWrite : oldestRead;
    boolean expired = nowNanos - queued[oldest].sinceNanos() >= (write ? WRITE_EXPIRE_NANOS : READ_EXPIRE_NANOS);
    return expired || write != lastWrote || ahead < 0 ? oldest : ahead;
  }

  private int oldest(boolean write) {
    for (int i = 0; i < count; i++) {
      if (queued[i].write() == write) {
        return i;
      }
    }
    return -1;
  }

  /** The next request of a direction from the arm upwards. */
  private int ahead(boolean write) {
    int ahead = -1;
    for (int i = 0; i < count; i++) {
      if (queued[i].write() == write && queued[i].place() >= arm && (ahead < 0 || queued[i].place() < queued[ahead].place())) {
        ahead = i;
      }
    }
    return ahead;
  }

  /** Shows each request that is not done. */
  void forEach(Consumer<DiskRequest> visitor) {
    for (int i = 0; i < count; i++) {
      visitor.accept(queued[i]);
    }
    if (current != null) {
      visitor.accept(current);
    }
  }

  void hashState(StateHash hash) {
    hash.add(arm).add(lastWrote ? 1 : 0).add(batched).add(starved).add(count).add(current == null ? 0 : 1);
    forEach(request -> request.hashState(hash));
  }
}
