package pinfold.kernel.mm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.LongFunction;
import pinfold.engine.StateHash;
import pinfold.kernel.folio.LongList;

/**
 * mmap_lock: many readers or one writer, served as an rwsem serves them (kernel/locking/rwsem.c: rwsem_mark_wake(), 6.12).
 * Whoever finds a queue joins its end, so a waiting writer stops later readers. A reader at the head takes every reader of the
 * queue along, past the writers between them. Optimistic spinning and stealing are not modelled.
 *
 * <p>An owner is a task: its CPU's entity in the upper half, its number there in the lower.
 *
 * @param <W> what waits, handed back when its turn comes
 */
final class MmapLock<W> {
  /** How somebody wants it. */
  enum Mode {
    READ,
    WRITE,
    /** For write, and downgraded at once to read, as munmap() does it (mmap_write_downgrade(), since v4.20). */
    WRITE_DOWNGRADED
  }

  private record Waiter<W>(long owner, Mode mode, W what) {}

  private final LongList readers = new LongList();
  private final Deque<Waiter<W>> queue = new ArrayDeque<>();
  private boolean written;
  private long writer;

  /** Takes it for an owner that does not hold it and returns true, or puts {@code what} into the queue. */
  boolean acquire(long owner, Mode mode, W what) {
    assert !holds(owner) : "task " + (int) owner + " of entity " + (owner >>> 32) + " takes mmap_lock twice";
    if (queue.isEmpty() && free(mode)) {
      grant(owner, mode);
      return true;
    }
    queue.add(new Waiter<>(owner, mode, what));
    return false;
  }

  private boolean free(Mode mode) {
    return !written && (mode == Mode.READ || readers.isEmpty());
  }

  private void grant(long owner, Mode mode) {
    if (mode == Mode.WRITE) {
      written = true;
      writer = owner;
    } else {
      readers.add(owner);
    }
  }

  /** Gives it back; returns whose turn it is now, in order, all of whom hold it. */
  List<W> release(long owner) {
    if (written && writer == owner) {
      written = false;
    } else {
      int index = indexOf(owner);
      assert index >= 0 : "task " + (int) owner + " of entity " + (owner >>> 32)
          + " gives back an mmap_lock that it does not hold";
      readers.remove(index);
    }
    List<W> granted = List.of();
    while (!queue.isEmpty() && free(queue.peek().mode)) {
      granted = granted.isEmpty() ? new ArrayList<>() : granted;
      if (queue.peek().mode == Mode.READ) {
        grantReaders(granted);
      } else {
        Waiter<W> next = queue.poll();
        grant(next.owner, next.mode);
        granted.add(next.what);
      }
    }
    return granted;
  }

  private void grantReaders(List<W> granted) {
    for (Iterator<Waiter<W>> all = queue.iterator(); all.hasNext(); ) {
      Waiter<W> waiter = all.next();
      if (waiter.mode == Mode.READ) {
        all.remove();
        readers.add(waiter.owner);
        granted.add(waiter.what);
      }
    }
  }

  boolean holds(long owner) {
    return written && writer == owner || indexOf(owner) >= 0;
  }

  boolean heldForWrite() {
    return written;
  }

  boolean isFree() {
    return !written && readers.isEmpty();
  }

  private int indexOf(long owner) {
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i) == owner) {
        return i;
      }
    }
    return -1;
  }

  /** Who holds it and who waits, for a report; {@code name} says who an owner is. */
  String describe(LongFunction<String> name) {
    StringJoiner text = new StringJoiner(", ");
    if (written) {
      text.add("held for write by " + name.apply(writer));
    }
    for (int i = 0; i < readers.size(); i++) {
      text.add("held for read by " + name.apply(readers.get(i)));
    }
    for (Waiter<W> waiter : queue) {
      text.add(name.apply(waiter.owner) + " waits for " + (waiter.mode == Mode.READ ? "read" : "write"));
    }
    return text.toString();
  }

  void hashState(StateHash hash) {
    hash.add(written ? writer : -1);
    for (int i = 0; i < readers.size(); i++) {
      hash.add(readers.get(i));
    }
    for (Waiter<W> waiter : queue) {
      hash.add(waiter.owner).add(waiter.mode.ordinal());
    }
  }
}
