package pinfold.kernel.cpu;

import java.util.ArrayList;
import java.util.List;
import pinfold.kernel.folio.Holdings;
import pinfold.kernel.folio.HoldsFolios;

/** A task of one CPU: its stack of frames and what it waits for. */
public final class Task {
  final int id;
  final String comm;
  final boolean fifo;
  final boolean awaited;
  final int label;
  /** Its address space, -1 for none. */
  final int space;
  final List<Frame> stack = new ArrayList<>();
  boolean waiting;
  boolean sleeping;
  /** The OOM killer has taken it; it ends when it is back in its program. */
  boolean killed;
  /** It ends. */
  boolean exiting;
  /** When the timer that it sleeps for is over, -1 for none. */
  long timerNanos = -1;
  /** Address space whose mmap_lock it waits for, -1 for none. */
  int mmapLockOfSpace = -1;
  long result;
  long startedNanos;

  /** Who waits for the end: an entity, 0 for nobody, and its task. */
  int joiner;
  int joinerTask;
  /** Tasks that this one waits for. */
  int joins;

  // The answer that woke it: a batch that nobody writes to any more.
  long[] reply;
  int replyOffset;
  int replyLength;

  Task(int id, String comm, boolean fifo, boolean awaited, int label, int space) {
    this.id = id;
    this.comm = comm;
    this.fifo = fifo;
    this.awaited = awaited;
    this.label = label;
    this.space = space;
  }

  Frame top() {
    return stack.get(stack.size() - 1);
  }

  /** SIGKILL; returns whether it sleeps where that wakes it. */
  boolean kill() {
    killed = true;
    return timerNanos >= 0 && stack.size() == 1 && top().mayDie();
  }

  /** Whether it was killed and is where it can end. */
  boolean dies() {
    return killed && !exiting && (stack.isEmpty() || stack.size() == 1 && top().mayDie());
  }

  /** It ends, whatever it was about to do. */
  void die() {
    Frame program = stack.isEmpty() ? null : top();
    stack.clear();
    stack.add(new ExitMm(space, program));
    killed = true;
    exiting = true;
  }

  /** Reports what its frames hold. */
  void report(Holdings to) {
    for (Frame frame : stack) {
      if (frame instanceof HoldsFolios holder) {
        holder.report(to);
      }
    }
  }

  @Override
  public String toString() {
    return comm + "-" + id + (waiting ? sleeping ? " sleeps in " : " waits in " : " in ") + stack
        + (mmapLockOfSpace < 0 ? "" : " for mmap_lock of mm" + mmapLockOfSpace);
  }
}
