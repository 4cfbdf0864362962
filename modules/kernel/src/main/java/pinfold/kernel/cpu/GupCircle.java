package pinfold.kernel.cpu;

import pinfold.engine.EventBatch;
import pinfold.kernel.Directory;
import pinfold.kernel.folio.IntMap;
import pinfold.kernel.folio.LongList;
import pinfold.kernel.mm.Pte;

/**
 * How long __gup_longterm_locked() has been going round over the same pages: as many that may not be pinned where they are, and of
 * them the same ones off the LRU. Each such round has moved all that it had isolated, or it would have ended with -ENOMEM, so
 * pages that come back were moved from one place that will not do to another.
 */
final class GupCircle {
  private long lastSet;
  private int sameRounds;
  private int movingPages;
  private boolean inCma;
  private int fromPfn = -1;
  private int toPfn = -1;

  /**
   * A round has found that pages must move.
   *
   * @param pinned the pages of the call, as entries
   * @param isolated those that will be moved, as {@link MigratePages} wants them
   * @param collected how many may not be pinned where they are
   */
  void nextRound(Directory directory, LongList pinned, LongList isolated, int collected) {
    IntMap moving = new IntMap();
    boolean allInCma = true;
    movingPages = 0;
    for (int i = 0; i < isolated.size(); i++) {
      int pfn = MigratePages.pfn(isolated.get(i));
      moving.put(pfn, i);
      movingPages += MigratePages.pages(isolated.get(i));
      allInCma &= directory.bornInCma(pfn);
    }
    long set = collected;
    for (int i = 0; !isolated.isEmpty() && i < pinned.size(); i++) {
      if (moving.getOrDefault(Pte.pfn(pinned.get(i)), -1) >= 0) {
        set = set * 31 + i + 1;
      }
    }
    boolean same = set == lastSet;
    sameRounds = same ? sameRounds + 1 : 0;
    inCma = allInCma && (inCma || !same);
    lastSet = set;
    fromPfn = toPfn;
    toPfn = isolated.isEmpty() ? -1 : MigratePages.pfn(isolated.get(0));
  }

  /** Rounds that found what the one before had found. */
  int sameRounds() {
    return sameRounds;
  }

  /** Adds what {@link pinfold.kernel.Observer.Livelock} says. */
  void writeTo(EventBatch out, long task) {
    out.add(task).add(sameRounds).add(movingPages).add(inCma ? 1 : 0).add(fromPfn).add(toPfn);
  }
}
