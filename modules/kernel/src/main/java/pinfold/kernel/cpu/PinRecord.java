package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Directory;
import pinfold.kernel.Messages;
import pinfold.kernel.variant.DrainRule.Progress;

/** What happened in one call that pins long-term; told to the observer when the call ends. */
final class PinRecord {
  int rounds;
  int localDrains;
  int ownerDrains;
  int allDrains;
  int collected;
  int leftUnpinnable;
  int migrated;
  int failed;
  /** The first folio that could not be moved, -1 when none; why, as the memory node blames it. */
  int blamedPfn = -1;
  long blame;
  /** Set when the call was given up in a livelock. */
  GupCircle livelock;

  /** Pages of the call that may not be pinned where they are, counted by their zones before anything is collected. */
  int unpinnable;
  /** Those of them that this CPU's own batches, mlock apart, held when the first walk was over. */
  int heldHere;

  /** A collect burst came back with other drains behind it than it was sent with. */
  void noteProgress(Progress before, Progress after) {
    if (before == Progress.NONE && after == Progress.LOCAL) {
      localDrains++;
    }
  }

  void report(Cpu cpu, int space, int firstPage, int pages, long outcome, long startNanos) {
    EventBatch out = cpu.tell(Directory.OBSERVER, Messages.PIN_CALL).add(cpu.number()).add(space).add(firstPage).add(pages).add(outcome)
        .add(startNanos).add(cpu.clockNanos()).add(rounds).add(localDrains).add(ownerDrains).add(allDrains).add(collected)
        .add(leftUnpinnable).add(migrated).add(failed).add(blamedPfn).add(blame).add(unpinnable).add(heldHere);
    if (livelock != null) {
      livelock.writeTo(out, cpu.task());
    }
    out.close();
  }
}
