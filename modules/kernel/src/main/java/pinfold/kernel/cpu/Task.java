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
  final List<Frame> stack = new ArrayList<>();
  boolean waiting;
  boolean sleeping;
  /** The OOM killer has taken it; it ends when it is back in its program. */
  boolean killed;
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

  Task(int id, String comm, boolean fifo, boolean awaited, int label) {
    this.id = id;
    this.comm = comm;
    this.fifo = fifo;
    this.awaited = awaited;
    this.label = label;
  }

  Frame top() {
    return stack.get(stack.size() - 1);
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
