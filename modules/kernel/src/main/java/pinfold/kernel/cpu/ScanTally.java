package pinfold.kernel.cpu;

import pinfold.kernel.Messages;
import pinfold.kernel.node.Verdict;
import pinfold.kernel.node.WritebackMarks;

/**
 * Pages that a scan met (struct reclaim_stat, and what struct scan_control has in {@code nr}, mm/vmscan.c, 6.12): dirty ones of files, and
 * those under writeback.
 */
final class ScanTally {
  int dirty;
  int unqueuedDirty;
  int congested;
  int writeback;
  int immediate;
  int taken;
  int fileTaken;

  /** One folio, with the result word of CHECK_REFERENCES. */
  void add(long word, int pages) {
    taken += pages;
    dirty += (word & Verdict.COUNTS_DIRTY) != 0 ? pages : 0;
    unqueuedDirty += (word & Verdict.COUNTS_UNQUEUED) != 0 ? pages : 0;
    congested += (word & Verdict.COUNTS_CONGESTED) != 0 ? pages : 0;
    writeback += (word & Verdict.COUNTS_WRITEBACK) != 0 ? pages : 0;
    immediate += (word & Verdict.COUNTS_IMMEDIATE) != 0 ? pages : 0;
  }

  /** Those of one list. */
  void add(ScanTally other, boolean file) {
    dirty += other.dirty;
    unqueuedDirty += other.unqueuedDirty;
    congested += other.congested;
    writeback += other.writeback;
    immediate += other.immediate;
    taken += other.taken;
    fileTaken += file ? other.taken : 0;
  }

  /** What MGLRU took, and what it passed on to the next generation instead. */
  void passed(int takenOfFiles, int unqueued) {
    fileTaken += takenOfFiles + unqueued;
    unqueuedDirty += unqueued;
  }

  /** wakeup_flusher_threads(), where all files that were met were dirty and nobody had begun to write them. */
  void wakeFlusher(Cpu cpu) {
    if (unqueuedDirty > 0 && unqueuedDirty == fileTaken && cpu.directory().hasWriteback()) {
      cpu.tell(cpu.directory().writeback(), Messages.WAKE_FLUSHER).close();
    }
  }

  void clear() {
    dirty = 0;
    unqueuedDirty = 0;
    congested = 0;
    writeback = 0;
    immediate = 0;
    taken = 0;
    fileTaken = 0;
  }

  /** {@link WritebackMarks} that it gives reason for. */
  int marks() {
    return (writeback > 0 && writeback == taken ? WritebackMarks.WRITEBACK : 0)
        | (unqueuedDirty > 0 && unqueuedDirty == fileTaken ? WritebackMarks.DIRTY : 0)
        | (dirty > 0 && dirty == congested ? WritebackMarks.CONGESTED : 0);
  }
}
