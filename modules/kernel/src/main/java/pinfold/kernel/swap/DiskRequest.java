package pinfold.kernel.swap;

import pinfold.engine.StateHash;
import pinfold.kernel.folio.LongList;

/** A request of a disk: neighbouring pages that are read, or that tasks write. */
final class DiskRequest {
  private final boolean write;
  private final int origin;
  private final long task;
  private final long sinceNanos;
  private final long place;
  private int pages;
  /** Of what is written, or read into the page cache. */
  private final LongList pfns = new LongList();

  private DiskRequest(boolean write, int origin, long task, long sinceNanos, long place, int pages) {
    this.write = write;
    this.origin = origin;
    this.task = task;
    this.sinceNanos = sinceNanos;
    this.place = place;
    this.pages = pages;
  }

  static DiskRequest read(int origin, long task, long sinceNanos, long place, int pages) {
    return new DiskRequest(false, origin, task, sinceNanos, place, pages);
  }

  static DiskRequest write(int origin, long sinceNanos, long place) {
    return new DiskRequest(true, origin, 0, sinceNanos, place, 0);
  }

  /** Merges a page behind those that it has. */
  void add(int pfn) {
    pfns.add(pfn);
    pages++;
  }

  boolean write() {
    return write;
  }

  /** The CPU that has submitted it, of merged ones the first. */
  int origin() {
    return origin;
  }

  /** Who waits for a read. */
  long task() {
    return task;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  long place() {
    return place;
  }

  long end() {
    return place + pages;
  }

  int pages() {
    return pages;
  }

  /** What is written, or read into the page cache; empty for what a task reads from swap. */
  LongList pfns() {
    return pfns;
  }

  void hashState(StateHash hash) {
    hash.add(write ? 1 : 0).add(origin).add(task).add(sinceNanos).add(place).add(pages).addAll(pfns.words(), 0, pfns.size());
  }
}
